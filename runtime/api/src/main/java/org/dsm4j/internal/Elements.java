package org.dsm4j.internal;

/**
 * Element access to arrays that may be shared: what the array instructions of rewritten code
 * became. Each does exactly what the instruction does, on the token's memory if the array is a
 * token. Small, so that the JIT inlines them and hoists test, address and length out of loops.
 */
public final class Elements {
  private Elements() {}

  private static long address(Object token, long base) {
    return Memory.U.getLong(token, base + Tokens.ADDRESS);
  }

  private static int checked(Object token, long base, int index) {
    int length = Memory.U.getInt(token, base + Tokens.LENGTH);
    if (index < 0 || index >= length) {
      throw Failures.index(index, length);
    }
    return index;
  }

  // ---- boolean[]

  private static boolean shared(boolean[] array) {
    return array.length == 32 && Tokens.marked(array, Memory.BOOLEAN_BASE);
  }

  public static boolean load(boolean[] array, int index) {
    return shared(array) ? Memory.U.getBoolean(null, at(array, index)) : array[index];
  }

  public static void store(boolean[] array, int index, boolean value) {
    if (shared(array)) {
      Memory.U.putBoolean(null, at(array, index), value);
    } else {
      array[index] = value;
    }
  }

  public static int length(boolean[] array) {
    return shared(array)
        ? Failures.checkLive(Memory.U.getInt(array, Memory.BOOLEAN_BASE + (long) Tokens.LENGTH))
        : array.length;
  }

  private static long at(boolean[] array, int index) {
    return address(array, Memory.BOOLEAN_BASE) + checked(array, Memory.BOOLEAN_BASE, index);
  }

  // ---- byte[]

  private static boolean shared(byte[] array) {
    return array.length == 32 && Tokens.marked(array, Memory.BYTE_BASE);
  }

  public static byte load(byte[] array, int index) {
    return shared(array) ? Memory.U.getByte(null, at(array, index)) : array[index];
  }

  public static void store(byte[] array, int index, byte value) {
    if (shared(array)) {
      Memory.U.putByte(null, at(array, index), value);
    } else {
      array[index] = value;
    }
  }

  public static int length(byte[] array) {
    return shared(array)
        ? Failures.checkLive(Memory.U.getInt(array, Memory.BYTE_BASE + (long) Tokens.LENGTH))
        : array.length;
  }

  private static long at(byte[] array, int index) {
    return address(array, Memory.BYTE_BASE) + checked(array, Memory.BYTE_BASE, index);
  }

  // ---- char[]

  private static boolean shared(char[] array) {
    return array.length == 16 && Tokens.marked(array, Memory.CHAR_BASE);
  }

  public static char load(char[] array, int index) {
    return shared(array) ? Memory.U.getChar(null, at(array, index)) : array[index];
  }

  public static void store(char[] array, int index, char value) {
    if (shared(array)) {
      Memory.U.putChar(null, at(array, index), value);
    } else {
      array[index] = value;
    }
  }

  public static int length(char[] array) {
    return shared(array)
        ? Failures.checkLive(Memory.U.getInt(array, Memory.CHAR_BASE + (long) Tokens.LENGTH))
        : array.length;
  }

  private static long at(char[] array, int index) {
    return address(array, Memory.CHAR_BASE) + ((long) checked(array, Memory.CHAR_BASE, index) << 1);
  }

  // ---- short[]

  private static boolean shared(short[] array) {
    return array.length == 16 && Tokens.marked(array, Memory.SHORT_BASE);
  }

  public static short load(short[] array, int index) {
    return shared(array) ? Memory.U.getShort(null, at(array, index)) : array[index];
  }

  public static void store(short[] array, int index, short value) {
    if (shared(array)) {
      Memory.U.putShort(null, at(array, index), value);
    } else {
      array[index] = value;
    }
  }

  public static int length(short[] array) {
    return shared(array)
        ? Failures.checkLive(Memory.U.getInt(array, Memory.SHORT_BASE + (long) Tokens.LENGTH))
        : array.length;
  }

  private static long at(short[] array, int index) {
    return address(array, Memory.SHORT_BASE)
        + ((long) checked(array, Memory.SHORT_BASE, index) << 1);
  }

  // ---- int[]

  private static boolean shared(int[] array) {
    return array.length == 8 && Tokens.marked(array, Memory.INT_BASE);
  }

  public static int load(int[] array, int index) {
    return shared(array) ? Memory.U.getInt(null, at(array, index)) : array[index];
  }

  public static void store(int[] array, int index, int value) {
    if (shared(array)) {
      Memory.U.putInt(null, at(array, index), value);
    } else {
      array[index] = value;
    }
  }

  public static int length(int[] array) {
    return shared(array)
        ? Failures.checkLive(Memory.U.getInt(array, Memory.INT_BASE + (long) Tokens.LENGTH))
        : array.length;
  }

  private static long at(int[] array, int index) {
    return address(array, Memory.INT_BASE) + ((long) checked(array, Memory.INT_BASE, index) << 2);
  }

  // ---- float[]

  private static boolean shared(float[] array) {
    return array.length == 8 && Tokens.marked(array, Memory.FLOAT_BASE);
  }

  public static float load(float[] array, int index) {
    return shared(array) ? Memory.U.getFloat(null, at(array, index)) : array[index];
  }

  public static void store(float[] array, int index, float value) {
    if (shared(array)) {
      Memory.U.putFloat(null, at(array, index), value);
    } else {
      array[index] = value;
    }
  }

  public static int length(float[] array) {
    return shared(array)
        ? Failures.checkLive(Memory.U.getInt(array, Memory.FLOAT_BASE + (long) Tokens.LENGTH))
        : array.length;
  }

  private static long at(float[] array, int index) {
    return address(array, Memory.FLOAT_BASE)
        + ((long) checked(array, Memory.FLOAT_BASE, index) << 2);
  }

  // ---- long[]

  private static boolean shared(long[] array) {
    return array.length == 4 && Tokens.marked(array, Memory.LONG_BASE);
  }

  public static long load(long[] array, int index) {
    return shared(array) ? Memory.U.getLong(null, at(array, index)) : array[index];
  }

  public static void store(long[] array, int index, long value) {
    if (shared(array)) {
      Memory.U.putLong(null, at(array, index), value);
    } else {
      array[index] = value;
    }
  }

  public static int length(long[] array) {
    return shared(array)
        ? Failures.checkLive(Memory.U.getInt(array, Memory.LONG_BASE + (long) Tokens.LENGTH))
        : array.length;
  }

  private static long at(long[] array, int index) {
    return address(array, Memory.LONG_BASE) + ((long) checked(array, Memory.LONG_BASE, index) << 3);
  }

  // ---- double[]

  private static boolean shared(double[] array) {
    return array.length == 4 && Tokens.marked(array, Memory.DOUBLE_BASE);
  }

  public static double load(double[] array, int index) {
    return shared(array) ? Memory.U.getDouble(null, at(array, index)) : array[index];
  }

  public static void store(double[] array, int index, double value) {
    if (shared(array)) {
      Memory.U.putDouble(null, at(array, index), value);
    } else {
      array[index] = value;
    }
  }

  public static int length(double[] array) {
    return shared(array)
        ? Failures.checkLive(Memory.U.getInt(array, Memory.DOUBLE_BASE + (long) Tokens.LENGTH))
        : array.length;
  }

  private static long at(double[] array, int index) {
    return address(array, Memory.DOUBLE_BASE)
        + ((long) checked(array, Memory.DOUBLE_BASE, index) << 3);
  }
}
