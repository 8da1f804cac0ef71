package org.dsm4j.samples.litmus;

import org.dsm4j.Shared;

/**
 * Shared arrays, a small and a large one of each kind: small ones lie in the arena of the node that
 * made them, large ones are spread over all nodes. Payload has arrays of its own.
 */
final class ArrayBanks {
  private static final int SMALL_BYTES = 48 * Bank.PAGE_BYTES;
  private static final int LARGE_BYTES = 256 * Bank.PAGE_BYTES;

  @Shared private static byte[] smallBytes = new byte[SMALL_BYTES];
  @Shared private static byte[] largeBytes = new byte[LARGE_BYTES];
  @Shared private static int[] smallInts = new int[SMALL_BYTES / Integer.BYTES];
  @Shared private static int[] largeInts = new int[LARGE_BYTES / Integer.BYTES];
  @Shared private static long[] smallLongs = new long[SMALL_BYTES / Long.BYTES];
  @Shared private static long[] largeLongs = new long[LARGE_BYTES / Long.BYTES];
  @Shared private static int[] smallPayload = new int[SMALL_BYTES / Integer.BYTES];
  @Shared private static int[] largePayload = new int[LARGE_BYTES / Integer.BYTES];

  private ArrayBanks() {}

  static Bank of(Shape.Kind kind, boolean large) {
    return switch (kind) {
      case BYTE -> bytes(large ? largeBytes : smallBytes);
      case INT -> ints(large ? largeInts : smallInts);
      case LONG -> longs(large ? largeLongs : smallLongs);
    };
  }

  static Bank payload(boolean large) {
    return ints(large ? largePayload : smallPayload);
  }

  private static Bank bytes(@Shared byte[] array) {
    return new Bank(
        array.length, Byte.BYTES, (number, spread) -> new ByteElements(array, number, spread));
  }

  private static Bank ints(@Shared int[] array) {
    return new Bank(
        array.length, Integer.BYTES, (number, spread) -> new IntElements(array, number, spread));
  }

  private static Bank longs(@Shared long[] array) {
    return new Bank(
        array.length, Long.BYTES, (number, spread) -> new LongElements(array, number, spread));
  }

  private static final class ByteElements implements Variable {
    private final byte[] array;
    private final int number;
    private final Spread spread;

    ByteElements(@Shared byte[] array, int number, Spread spread) {
      this.array = array;
      this.number = number;
      this.spread = spread;
    }

    @Override
    public int get(int instance) {
      return array[spread.index(number, instance)];
    }

    @Override
    public void put(int instance, int value) {
      array[spread.index(number, instance)] = (byte) value;
    }
  }

  private static final class IntElements implements Variable {
    private final int[] array;
    private final int number;
    private final Spread spread;

    IntElements(@Shared int[] array, int number, Spread spread) {
      this.array = array;
      this.number = number;
      this.spread = spread;
    }

    @Override
    public int get(int instance) {
      return Variable.value(array[spread.index(number, instance)]);
    }

    @Override
    public void put(int instance, int value) {
      array[spread.index(number, instance)] = (int) Variable.spread(value);
    }
  }

  private static final class LongElements implements Variable {
    private final long[] array;
    private final int number;
    private final Spread spread;

    LongElements(@Shared long[] array, int number, Spread spread) {
      this.array = array;
      this.number = number;
      this.spread = spread;
    }

    @Override
    public int get(int instance) {
      return Variable.value(array[spread.index(number, instance)]);
    }

    @Override
    public void put(int instance, int value) {
      array[spread.index(number, instance)] = Variable.spread(value);
    }
  }
}
