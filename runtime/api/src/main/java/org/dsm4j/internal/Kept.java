package org.dsm4j.internal;

/**
 * A reference that a field held last and what it names, for fields whose values hold no other
 * shared instance: strings, boxed values, constants, classes and arrays.
 */
public final class Kept {
  final long reference;
  final Object value;

  Kept(long reference, Object value) {
    this.reference = reference;
    this.value = value;
  }
}
