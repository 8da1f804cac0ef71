package org.dsm4j.samples.litmus;

import java.util.Locale;
import java.util.stream.Stream;

/** What the variables of a shape are; its payload is plain always. */
enum Variant {
  /** Elements of shared arrays. */
  PLAIN(true, false),
  /** Typed accesses to memory of RELEASE consistency, with its atomic addition. */
  RELEASE(true, true),
  /** {@code volatile} shared statics. */
  VOLATILE(false, false),
  /** Typed accesses to memory of SEQUENTIAL consistency, with its atomic addition. */
  SEQUENTIAL(false, true),
  /** Elements of shared arrays, each access under the {@code DsmLock} of its variable. */
  LOCKED(false, true),
  /** The same under {@code synchronized} on a shared array. */
  MONITOR(false, true);

  private final boolean racy;
  private final boolean atomic;

  Variant(boolean racy, boolean atomic) {
    this.racy = racy;
    this.atomic = atomic;
  }

  /** Whether nothing orders the accesses of different threads. */
  boolean isRacy() {
    return racy;
  }

  /** Whether an addition is one step. */
  boolean isAtomic() {
    return atomic;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The one of a word.
   *
   * @throws IllegalArgumentException if there is none, naming them all
   */
  static Variant named(String word) {
    for (Variant variant : values()) {
      if (variant.word().equalsIgnoreCase(word)) {
        return variant;
      }
    }
    throw new IllegalArgumentException(
        "there is no variant '"
            + word
            + "'; there are "
            + String.join(", ", Stream.of(values()).map(Variant::word).toList()));
  }
}
