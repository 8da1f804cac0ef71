package org.dsm4j.internal;

import org.dsm4j.DsmException;

/** A reference that nobody stored: what is left where nodes stored several at once. */
final class TornReference extends DsmException {
  private static final long serialVersionUID = 1;

  private final transient long reference;

  TornReference(long reference) {
    this(reference, "a shared reference");
  }

  private TornReference(long reference, Object place) {
    super(
        place
            + " holds 0x"
            + Long.toHexString(reference)
            + ", which no node stored: two nodes wrote it at once, and each sent the bytes that it changed; write it under"
            + " a lock, or make it volatile");
    this.reference = reference;
  }

  /** The same, of a place that is known: "the shared field a.B.c". */
  TornReference at(Object place) {
    return new TornReference(reference, place);
  }
}
