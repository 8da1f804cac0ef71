package org.dsm4j.samples.litmus;

/**
 * One variable of a shape, in as many instances as a batch has. Values are the small numbers of
 * outcomes; wider variables hold them in each of their bytes, so that a value made of parts of two
 * others is known for what it is.
 */
interface Variable {
  /** Reads; {@link Outcome#TORN} for what nobody can have written. */
  int get(int instance);

  void put(int instance, int value);

  /** Adds 1; a read and a write unless the variant has something better. */
  default void add(int instance) {
    put(instance, get(instance) + 1);
  }

  /** What an int or long holds for a value. */
  static long spread(int value) {
    return value * 0x0101010101010101L;
  }

  /** The value of a long. */
  static int value(long spread) {
    int value = (int) (spread & 0xFF);
    return value < Outcome.TORN && spread == spread(value) ? value : Outcome.TORN;
  }

  /** The value of an int. */
  static int value(int spread) {
    int value = spread & 0xFF;
    return value < Outcome.TORN && spread == (int) spread(value) ? value : Outcome.TORN;
  }
}
