package org.dsm4j.core.message;

/** What all nodes can be asked for. */
public enum Subject {
  /** Their engine's counters, 8 bytes each, little-endian. */
  COUNTERS,
  /**
   * One bit a page of a range: whether the node owns it exclusively; lowest bit of a byte first.
   */
  OWNED_PAGES
}
