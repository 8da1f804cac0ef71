package org.dsm4j.samples.litmus;

/**
 * The outcome of one run of a shape: a small number for each place, 4 bits each, the first place
 * lowest. Immutable.
 *
 * @param bits the numbers
 */
record Outcome(long bits) {
  /** A value that nobody wrote. */
  static final int TORN = 14;

  /** A read that was not done. */
  static final int NONE = 15;

  private static final int BITS = 4;
  private static final int MASK = (1 << BITS) - 1;

  /** The most places that fit. */
  static final int PLACES = Long.SIZE / BITS;

  int at(int place) {
    return (int) (bits >>> (place * BITS)) & MASK;
  }

  String text(int place) {
    int value = at(place);
    return value == NONE ? "-" : value == TORN ? "torn" : Integer.toString(value);
  }

  /** {@code bits} with a number put into a place that is 0. */
  static long with(long bits, int place, int value) {
    return bits | (long) value << (place * BITS);
  }
}
