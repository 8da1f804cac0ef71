package org.dsm4j.internal;

/** The exceptions of array accesses, out of line so that the accesses stay small. */
final class Failures {
  private Failures() {}

  /** What an index out of bounds throws in Java; or, for a freed array, that it is freed. */
  static RuntimeException index(int index, int length) {
    return length == Tokens.FREED
        ? freed()
        : new ArrayIndexOutOfBoundsException(
            "Index " + index + " out of bounds for length " + length);
  }

  static IllegalStateException freed() {
    return new IllegalStateException("this shared array was freed; do not use it after Dsm.free");
  }

  /** The length, unless the array was freed. */
  static int checkLive(int length) {
    if (length == Tokens.FREED) {
      throw freed();
    }
    return length;
  }
}
