package org.dsm4j.internal;

/**
 * Element access to arrays that may be shared: what the array instructions of rewritten code
 * became. Each does exactly what the instruction does, on the token's memory if the array is a
 * token. Small, so that the JIT inlines them.
 *
 * <p>In loops, rewritten code keeps beside a variable of array type two of its own, its
 * <em>hoisted</em> address and length: {@link #address(double[])} (0 for null and heap arrays) and
 * {@link #fastLength(double[])}, set where the variable is set, and reads the length anew after
 * each call, which may have freed the array. The JIT then has both in registers, where it cannot
 * prove by itself that a raw store leaves the token alone. An address that is not 0 with a length
 * of 0 says that nothing is known of the array.
 *
 * <p>The hoisted length is bounded such that an element's offset fits in an int: the JIT folds the
 * address only then into a form it vectorizes (measured on JDK 17 and 25: twice as fast). Elements
 * beyond that go the ordinary way.
 */
public final class Elements {
  private Elements() {}

  private static long address(Object token, long base) {
    return Memory.U.getLong(token, base + Tokens.ADDRESS);
  }

  private static int length(Object token, long base) {
    return Memory.U.getInt(token, base + Tokens.LENGTH);
  }

  private static int checked(Object token, long base, int index) {
    int length = length(token, base);
    if (index < 0 || index >= length) {
      throw Failures.index(index, length);
    }
    return index;
  }

  private static boolean isWithin(int index, int length) {
    return index >= 0 && index < length;
  }

  // ---- boolean[]

  private static final int BOOLEAN_FAST = Integer.MAX_VALUE >> 0;

  private static boolean shared(boolean[] a) {
    return a.length == 32 && Tokens.marked(a, Memory.BOOLEAN_BASE);
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
    return shared(array) ? Failures.checkLive(length(array, Memory.BOOLEAN_BASE)) : array.length;
  }

  private static long at(boolean[] array, int index) {
    return address(array, Memory.BOOLEAN_BASE) + checked(array, Memory.BOOLEAN_BASE, index);
  }

  public static long address(boolean[] array) {
    return array != null && shared(array) ? address(array, Memory.BOOLEAN_BASE) : 0;
  }

  public static int fastLength(boolean[] array) {
    return array != null && shared(array)
        ? Math.min(length(array, Memory.BOOLEAN_BASE), BOOLEAN_FAST)
        : 0;
  }

  public static int fastLength(boolean[] array, long address) {
    return address == 0 ? 0 : Math.min(length(array, Memory.BOOLEAN_BASE), BOOLEAN_FAST);
  }

  public static boolean load(boolean[] array, int index, long address, int length) {
    if (address == 0) {
      return array[index];
    }
    return index >= 0 && index < length
        ? Memory.U.getBoolean(null, address + index)
        : load(array, index);
  }

  public static void store(boolean[] array, int index, boolean value, long address, int length) {
    if (address == 0) {
      array[index] = value;
    } else if (index >= 0 && index < length) {
      Memory.U.putBoolean(null, address + index, value);
    } else {
      store(array, index, value);
    }
  }

  public static int length(boolean[] array, long address, int length) {
    if (address == 0) {
      return array.length;
    }
    return length > 0 && length < BOOLEAN_FAST ? length : length(array);
  }

  public static boolean loadOfRow(boolean[] row, int index, long rows) {
    return rows > 1 && row != null && isWithin(index, length(row, Memory.BOOLEAN_BASE))
        ? Memory.U.getBoolean(null, address(row, Memory.BOOLEAN_BASE) + index)
        : load(row, index);
  }

  public static void storeOfRow(boolean[] row, int index, boolean value, long rows) {
    if (rows > 1 && row != null && isWithin(index, length(row, Memory.BOOLEAN_BASE))) {
      Memory.U.putBoolean(null, address(row, Memory.BOOLEAN_BASE) + index, value);
    } else {
      store(row, index, value);
    }
  }

  // ---- byte[]

  private static final int BYTE_FAST = Integer.MAX_VALUE >> 0;

  private static boolean shared(byte[] a) {
    return a.length == 32 && Tokens.marked(a, Memory.BYTE_BASE);
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
    return shared(array) ? Failures.checkLive(length(array, Memory.BYTE_BASE)) : array.length;
  }

  private static long at(byte[] array, int index) {
    return address(array, Memory.BYTE_BASE) + checked(array, Memory.BYTE_BASE, index);
  }

  public static long address(byte[] array) {
    return array != null && shared(array) ? address(array, Memory.BYTE_BASE) : 0;
  }

  public static int fastLength(byte[] array) {
    return array != null && shared(array)
        ? Math.min(length(array, Memory.BYTE_BASE), BYTE_FAST)
        : 0;
  }

  public static int fastLength(byte[] array, long address) {
    return address == 0 ? 0 : Math.min(length(array, Memory.BYTE_BASE), BYTE_FAST);
  }

  public static byte load(byte[] array, int index, long address, int length) {
    if (address == 0) {
      return array[index];
    }
    return index >= 0 && index < length
        ? Memory.U.getByte(null, address + index)
        : load(array, index);
  }

  public static void store(byte[] array, int index, byte value, long address, int length) {
    if (address == 0) {
      array[index] = value;
    } else if (index >= 0 && index < length) {
      Memory.U.putByte(null, address + index, value);
    } else {
      store(array, index, value);
    }
  }

  public static int length(byte[] array, long address, int length) {
    if (address == 0) {
      return array.length;
    }
    return length > 0 && length < BYTE_FAST ? length : length(array);
  }

  public static byte loadOfRow(byte[] row, int index, long rows) {
    return rows > 1 && row != null && isWithin(index, length(row, Memory.BYTE_BASE))
        ? Memory.U.getByte(null, address(row, Memory.BYTE_BASE) + index)
        : load(row, index);
  }

  public static void storeOfRow(byte[] row, int index, byte value, long rows) {
    if (rows > 1 && row != null && isWithin(index, length(row, Memory.BYTE_BASE))) {
      Memory.U.putByte(null, address(row, Memory.BYTE_BASE) + index, value);
    } else {
      store(row, index, value);
    }
  }

  // ---- char[]

  private static final int CHAR_FAST = Integer.MAX_VALUE >> 1;

  private static boolean shared(char[] a) {
    return a.length == 16 && Tokens.marked(a, Memory.CHAR_BASE);
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
    return shared(array) ? Failures.checkLive(length(array, Memory.CHAR_BASE)) : array.length;
  }

  private static long at(char[] array, int index) {
    return address(array, Memory.CHAR_BASE) + ((long) checked(array, Memory.CHAR_BASE, index) << 1);
  }

  public static long address(char[] array) {
    return array != null && shared(array) ? address(array, Memory.CHAR_BASE) : 0;
  }

  public static int fastLength(char[] array) {
    return array != null && shared(array)
        ? Math.min(length(array, Memory.CHAR_BASE), CHAR_FAST)
        : 0;
  }

  public static int fastLength(char[] array, long address) {
    return address == 0 ? 0 : Math.min(length(array, Memory.CHAR_BASE), CHAR_FAST);
  }

  public static char load(char[] array, int index, long address, int length) {
    if (address == 0) {
      return array[index];
    }
    return index >= 0 && index < length
        ? Memory.U.getChar(null, address + ((long) index << 1))
        : load(array, index);
  }

  public static void store(char[] array, int index, char value, long address, int length) {
    if (address == 0) {
      array[index] = value;
    } else if (index >= 0 && index < length) {
      Memory.U.putChar(null, address + ((long) index << 1), value);
    } else {
      store(array, index, value);
    }
  }

  public static int length(char[] array, long address, int length) {
    if (address == 0) {
      return array.length;
    }
    return length > 0 && length < CHAR_FAST ? length : length(array);
  }

  public static char loadOfRow(char[] row, int index, long rows) {
    return rows > 1 && row != null && isWithin(index, length(row, Memory.CHAR_BASE))
        ? Memory.U.getChar(null, address(row, Memory.CHAR_BASE) + ((long) index << 1))
        : load(row, index);
  }

  public static void storeOfRow(char[] row, int index, char value, long rows) {
    if (rows > 1 && row != null && isWithin(index, length(row, Memory.CHAR_BASE))) {
      Memory.U.putChar(null, address(row, Memory.CHAR_BASE) + ((long) index << 1), value);
    } else {
      store(row, index, value);
    }
  }

  // ---- short[]

  private static final int SHORT_FAST = Integer.MAX_VALUE >> 1;

  private static boolean shared(short[] a) {
    return a.length == 16 && Tokens.marked(a, Memory.SHORT_BASE);
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
    return shared(array) ? Failures.checkLive(length(array, Memory.SHORT_BASE)) : array.length;
  }

  private static long at(short[] array, int index) {
    return address(array, Memory.SHORT_BASE)
        + ((long) checked(array, Memory.SHORT_BASE, index) << 1);
  }

  public static long address(short[] array) {
    return array != null && shared(array) ? address(array, Memory.SHORT_BASE) : 0;
  }

  public static int fastLength(short[] array) {
    return array != null && shared(array)
        ? Math.min(length(array, Memory.SHORT_BASE), SHORT_FAST)
        : 0;
  }

  public static int fastLength(short[] array, long address) {
    return address == 0 ? 0 : Math.min(length(array, Memory.SHORT_BASE), SHORT_FAST);
  }

  public static short load(short[] array, int index, long address, int length) {
    if (address == 0) {
      return array[index];
    }
    return index >= 0 && index < length
        ? Memory.U.getShort(null, address + ((long) index << 1))
        : load(array, index);
  }

  public static void store(short[] array, int index, short value, long address, int length) {
    if (address == 0) {
      array[index] = value;
    } else if (index >= 0 && index < length) {
      Memory.U.putShort(null, address + ((long) index << 1), value);
    } else {
      store(array, index, value);
    }
  }

  public static int length(short[] array, long address, int length) {
    if (address == 0) {
      return array.length;
    }
    return length > 0 && length < SHORT_FAST ? length : length(array);
  }

  public static short loadOfRow(short[] row, int index, long rows) {
    return rows > 1 && row != null && isWithin(index, length(row, Memory.SHORT_BASE))
        ? Memory.U.getShort(null, address(row, Memory.SHORT_BASE) + ((long) index << 1))
        : load(row, index);
  }

  public static void storeOfRow(short[] row, int index, short value, long rows) {
    if (rows > 1 && row != null && isWithin(index, length(row, Memory.SHORT_BASE))) {
      Memory.U.putShort(null, address(row, Memory.SHORT_BASE) + ((long) index << 1), value);
    } else {
      store(row, index, value);
    }
  }

  // ---- int[]

  private static final int INT_FAST = Integer.MAX_VALUE >> 2;

  private static boolean shared(int[] a) {
    return a.length == 8 && Tokens.marked(a, Memory.INT_BASE);
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
    return shared(array) ? Failures.checkLive(length(array, Memory.INT_BASE)) : array.length;
  }

  private static long at(int[] array, int index) {
    return address(array, Memory.INT_BASE) + ((long) checked(array, Memory.INT_BASE, index) << 2);
  }

  public static long address(int[] array) {
    return array != null && shared(array) ? address(array, Memory.INT_BASE) : 0;
  }

  public static int fastLength(int[] array) {
    return array != null && shared(array) ? Math.min(length(array, Memory.INT_BASE), INT_FAST) : 0;
  }

  public static int fastLength(int[] array, long address) {
    return address == 0 ? 0 : Math.min(length(array, Memory.INT_BASE), INT_FAST);
  }

  public static int load(int[] array, int index, long address, int length) {
    if (address == 0) {
      return array[index];
    }
    return index >= 0 && index < length
        ? Memory.U.getInt(null, address + ((long) index << 2))
        : load(array, index);
  }

  public static void store(int[] array, int index, int value, long address, int length) {
    if (address == 0) {
      array[index] = value;
    } else if (index >= 0 && index < length) {
      Memory.U.putInt(null, address + ((long) index << 2), value);
    } else {
      store(array, index, value);
    }
  }

  public static int length(int[] array, long address, int length) {
    if (address == 0) {
      return array.length;
    }
    return length > 0 && length < INT_FAST ? length : length(array);
  }

  public static int loadOfRow(int[] row, int index, long rows) {
    return rows > 1 && row != null && isWithin(index, length(row, Memory.INT_BASE))
        ? Memory.U.getInt(null, address(row, Memory.INT_BASE) + ((long) index << 2))
        : load(row, index);
  }

  public static void storeOfRow(int[] row, int index, int value, long rows) {
    if (rows > 1 && row != null && isWithin(index, length(row, Memory.INT_BASE))) {
      Memory.U.putInt(null, address(row, Memory.INT_BASE) + ((long) index << 2), value);
    } else {
      store(row, index, value);
    }
  }

  // ---- float[]

  private static final int FLOAT_FAST = Integer.MAX_VALUE >> 2;

  private static boolean shared(float[] a) {
    return a.length == 8 && Tokens.marked(a, Memory.FLOAT_BASE);
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
    return shared(array) ? Failures.checkLive(length(array, Memory.FLOAT_BASE)) : array.length;
  }

  private static long at(float[] array, int index) {
    return address(array, Memory.FLOAT_BASE)
        + ((long) checked(array, Memory.FLOAT_BASE, index) << 2);
  }

  public static long address(float[] array) {
    return array != null && shared(array) ? address(array, Memory.FLOAT_BASE) : 0;
  }

  public static int fastLength(float[] array) {
    return array != null && shared(array)
        ? Math.min(length(array, Memory.FLOAT_BASE), FLOAT_FAST)
        : 0;
  }

  public static int fastLength(float[] array, long address) {
    return address == 0 ? 0 : Math.min(length(array, Memory.FLOAT_BASE), FLOAT_FAST);
  }

  public static float load(float[] array, int index, long address, int length) {
    if (address == 0) {
      return array[index];
    }
    return index >= 0 && index < length
        ? Memory.U.getFloat(null, address + ((long) index << 2))
        : load(array, index);
  }

  public static void store(float[] array, int index, float value, long address, int length) {
    if (address == 0) {
      array[index] = value;
    } else if (index >= 0 && index < length) {
      Memory.U.putFloat(null, address + ((long) index << 2), value);
    } else {
      store(array, index, value);
    }
  }

  public static int length(float[] array, long address, int length) {
    if (address == 0) {
      return array.length;
    }
    return length > 0 && length < FLOAT_FAST ? length : length(array);
  }

  public static float loadOfRow(float[] row, int index, long rows) {
    return rows > 1 && row != null && isWithin(index, length(row, Memory.FLOAT_BASE))
        ? Memory.U.getFloat(null, address(row, Memory.FLOAT_BASE) + ((long) index << 2))
        : load(row, index);
  }

  public static void storeOfRow(float[] row, int index, float value, long rows) {
    if (rows > 1 && row != null && isWithin(index, length(row, Memory.FLOAT_BASE))) {
      Memory.U.putFloat(null, address(row, Memory.FLOAT_BASE) + ((long) index << 2), value);
    } else {
      store(row, index, value);
    }
  }

  // ---- long[]

  private static final int LONG_FAST = Integer.MAX_VALUE >> 3;

  private static boolean shared(long[] a) {
    return a.length == 4 && Tokens.marked(a, Memory.LONG_BASE);
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
    return shared(array) ? Failures.checkLive(length(array, Memory.LONG_BASE)) : array.length;
  }

  private static long at(long[] array, int index) {
    return address(array, Memory.LONG_BASE) + ((long) checked(array, Memory.LONG_BASE, index) << 3);
  }

  public static long address(long[] array) {
    return array != null && shared(array) ? address(array, Memory.LONG_BASE) : 0;
  }

  public static int fastLength(long[] array) {
    return array != null && shared(array)
        ? Math.min(length(array, Memory.LONG_BASE), LONG_FAST)
        : 0;
  }

  public static int fastLength(long[] array, long address) {
    return address == 0 ? 0 : Math.min(length(array, Memory.LONG_BASE), LONG_FAST);
  }

  public static long load(long[] array, int index, long address, int length) {
    if (address == 0) {
      return array[index];
    }
    return index >= 0 && index < length
        ? Memory.U.getLong(null, address + ((long) index << 3))
        : load(array, index);
  }

  public static void store(long[] array, int index, long value, long address, int length) {
    if (address == 0) {
      array[index] = value;
    } else if (index >= 0 && index < length) {
      Memory.U.putLong(null, address + ((long) index << 3), value);
    } else {
      store(array, index, value);
    }
  }

  public static int length(long[] array, long address, int length) {
    if (address == 0) {
      return array.length;
    }
    return length > 0 && length < LONG_FAST ? length : length(array);
  }

  public static long loadOfRow(long[] row, int index, long rows) {
    return rows > 1 && row != null && isWithin(index, length(row, Memory.LONG_BASE))
        ? Memory.U.getLong(null, address(row, Memory.LONG_BASE) + ((long) index << 3))
        : load(row, index);
  }

  public static void storeOfRow(long[] row, int index, long value, long rows) {
    if (rows > 1 && row != null && isWithin(index, length(row, Memory.LONG_BASE))) {
      Memory.U.putLong(null, address(row, Memory.LONG_BASE) + ((long) index << 3), value);
    } else {
      store(row, index, value);
    }
  }

  // ---- double[]

  private static final int DOUBLE_FAST = Integer.MAX_VALUE >> 3;

  private static boolean shared(double[] a) {
    return a.length == 4 && Tokens.marked(a, Memory.DOUBLE_BASE);
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
    return shared(array) ? Failures.checkLive(length(array, Memory.DOUBLE_BASE)) : array.length;
  }

  private static long at(double[] array, int index) {
    return address(array, Memory.DOUBLE_BASE)
        + ((long) checked(array, Memory.DOUBLE_BASE, index) << 3);
  }

  public static long address(double[] array) {
    return array != null && shared(array) ? address(array, Memory.DOUBLE_BASE) : 0;
  }

  public static int fastLength(double[] array) {
    return array != null && shared(array)
        ? Math.min(length(array, Memory.DOUBLE_BASE), DOUBLE_FAST)
        : 0;
  }

  public static int fastLength(double[] array, long address) {
    return address == 0 ? 0 : Math.min(length(array, Memory.DOUBLE_BASE), DOUBLE_FAST);
  }

  public static double load(double[] array, int index, long address, int length) {
    if (address == 0) {
      return array[index];
    }
    return index >= 0 && index < length
        ? Memory.U.getDouble(null, address + ((long) index << 3))
        : load(array, index);
  }

  public static void store(double[] array, int index, double value, long address, int length) {
    if (address == 0) {
      array[index] = value;
    } else if (index >= 0 && index < length) {
      Memory.U.putDouble(null, address + ((long) index << 3), value);
    } else {
      store(array, index, value);
    }
  }

  public static int length(double[] array, long address, int length) {
    if (address == 0) {
      return array.length;
    }
    return length > 0 && length < DOUBLE_FAST ? length : length(array);
  }

  public static double loadOfRow(double[] row, int index, long rows) {
    return rows > 1 && row != null && isWithin(index, length(row, Memory.DOUBLE_BASE))
        ? Memory.U.getDouble(null, address(row, Memory.DOUBLE_BASE) + ((long) index << 3))
        : load(row, index);
  }

  public static void storeOfRow(double[] row, int index, double value, long rows) {
    if (rows > 1 && row != null && isWithin(index, length(row, Memory.DOUBLE_BASE))) {
      Memory.U.putDouble(null, address(row, Memory.DOUBLE_BASE) + ((long) index << 3), value);
    } else {
      store(row, index, value);
    }
  }
}
