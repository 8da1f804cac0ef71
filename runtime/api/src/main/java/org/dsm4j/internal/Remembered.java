package org.dsm4j.internal;

/** A reference that an element of a {@link ReferenceArray} held last, and what it names. */
public final class Remembered {
  final long reference;
  final Object value;

  Remembered(long reference, Object value) {
    this.reference = reference;
    this.value = value;
  }
}
