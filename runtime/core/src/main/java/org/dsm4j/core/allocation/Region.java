package org.dsm4j.core.allocation;

import org.dsm4j.Consistency;

/**
 * A block of the cyclic part of the space.
 *
 * @param kind what it is for
 * @param name its name within its kind; empty for heap blocks
 * @param offset its start, page-aligned
 * @param bytes its size as asked for; it occupies whole pages
 * @param mode the protocol that keeps it
 * @param traits what all who ask for the name must agree on: the layout's fingerprint of a statics
 *     block
 */
public record Region(
    Kind kind, String name, long offset, long bytes, Consistency mode, String traits) {
  /** What a region is for. */
  public enum Kind {
    /** {@code Dsm.allocate}. */
    MEMORY("shared memory"),
    /** The static fields of a class: plain ones (RELEASE), or volatile ones (SEQUENTIAL). */
    STATICS("class"),
    /** A large array or object of the heap; has no name. */
    HEAP("heap block"),
    /** {@code Dsm.region}: a name and a number beyond the space; what lies in it is elsewhere. */
    REGION("shared region");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** How messages to people call it. */
    public String word() {
      return word;
    }
  }
}
