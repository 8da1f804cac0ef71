package org.dsm4j.internal;

/**
 * Loads of rows from arrays of arrays that may be shared, by type: {@code g[i]} of rewritten code,
 * of two dimensions. As in {@link Elements}, with and without hoisted address and length. The outer
 * token remembers the tokens of its rows; since other nodes may replace a row, its reference in
 * shared memory is read each time and compared. Of three dimensions: {@link Planes}; of four and
 * more: {@link Rows}.
 */
public final class Grids {
  private Grids() {}

  /** The reference at an index of an array of arrays; fails as Java does. */
  static long reference(int index, long address, int length) {
    if (index < 0 || index >= length) {
      throw Failures.index(index, length);
    }
    return reference(index, address);
  }

  /** The same, of an index that is within. */
  static long reference(int index, long address) {
    return Memory.U.getLong(null, address + ((long) index << Kinds.REFERENCE_SHIFT));
  }

  /** The token of what a reference names, which the outer token remembers from now on. */
  static Object fetch(Object[] rows, int index, long reference) {
    if (reference == 0) {
      return null;
    }
    Object token = Rows.at(reference, rows);
    rows[index + 1] = token;
    return token;
  }

  // ---- boolean[][]

  /** The token's first element, or null if the array is none: kind boolean[][]. */
  private static boolean[] marker(boolean[][] rows) {
    if (rows.length == 0) {
      return null;
    }
    boolean[] first = rows[0];
    return first != null
            && first.length == 32
            && Tokens.marked(first, Memory.BOOLEAN_BASE)
            && Memory.U.getInt(first, Memory.BOOLEAN_BASE + Tokens.KIND) == 32 + Kinds.BOOLEAN
        ? first
        : null;
  }

  static long address(boolean[] marker) {
    return Memory.U.getLong(marker, Memory.BOOLEAN_BASE + Tokens.ADDRESS);
  }

  static int length(boolean[] marker) {
    return Memory.U.getInt(marker, Memory.BOOLEAN_BASE + Tokens.LENGTH);
  }

  public static boolean[] load(boolean[][] rows, int index) {
    boolean[] marker = marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, address(marker), length(marker)));
  }

  public static boolean[] load(boolean[][] rows, int index, long address, int length) {
    if (address == 0) {
      return rows[index];
    }
    return index >= 0 && index < length
        ? row(rows, index, reference(index, address))
        : load(rows, index);
  }

  private static boolean[] row(boolean[][] rows, int index, long reference) {
    boolean[] known = rows[index + 1];
    return known != null && SharedSpace.isOf(reference, address(known))
        ? known
        : (boolean[]) fetch(rows, index, reference);
  }

  public static int length(boolean[][] rows) {
    boolean[] marker = marker(rows);
    return marker == null ? rows.length : Failures.checkLive(length(marker));
  }

  // ---- byte[][]

  /** The token's first element, or null if the array is none: kind byte[][]. */
  private static byte[] marker(byte[][] rows) {
    if (rows.length == 0) {
      return null;
    }
    byte[] first = rows[0];
    return first != null
            && first.length == 32
            && Tokens.marked(first, Memory.BYTE_BASE)
            && Memory.U.getInt(first, Memory.BYTE_BASE + Tokens.KIND) == 32 + Kinds.BYTE
        ? first
        : null;
  }

  static long address(byte[] marker) {
    return Memory.U.getLong(marker, Memory.BYTE_BASE + Tokens.ADDRESS);
  }

  static int length(byte[] marker) {
    return Memory.U.getInt(marker, Memory.BYTE_BASE + Tokens.LENGTH);
  }

  public static byte[] load(byte[][] rows, int index) {
    byte[] marker = marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, address(marker), length(marker)));
  }

  public static byte[] load(byte[][] rows, int index, long address, int length) {
    if (address == 0) {
      return rows[index];
    }
    return index >= 0 && index < length
        ? row(rows, index, reference(index, address))
        : load(rows, index);
  }

  private static byte[] row(byte[][] rows, int index, long reference) {
    byte[] known = rows[index + 1];
    return known != null && SharedSpace.isOf(reference, address(known))
        ? known
        : (byte[]) fetch(rows, index, reference);
  }

  public static int length(byte[][] rows) {
    byte[] marker = marker(rows);
    return marker == null ? rows.length : Failures.checkLive(length(marker));
  }

  // ---- char[][]

  /** The token's first element, or null if the array is none: kind char[][]. */
  private static char[] marker(char[][] rows) {
    if (rows.length == 0) {
      return null;
    }
    char[] first = rows[0];
    return first != null
            && first.length == 16
            && Tokens.marked(first, Memory.CHAR_BASE)
            && Memory.U.getInt(first, Memory.CHAR_BASE + Tokens.KIND) == 32 + Kinds.CHAR
        ? first
        : null;
  }

  static long address(char[] marker) {
    return Memory.U.getLong(marker, Memory.CHAR_BASE + Tokens.ADDRESS);
  }

  static int length(char[] marker) {
    return Memory.U.getInt(marker, Memory.CHAR_BASE + Tokens.LENGTH);
  }

  public static char[] load(char[][] rows, int index) {
    char[] marker = marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, address(marker), length(marker)));
  }

  public static char[] load(char[][] rows, int index, long address, int length) {
    if (address == 0) {
      return rows[index];
    }
    return index >= 0 && index < length
        ? row(rows, index, reference(index, address))
        : load(rows, index);
  }

  private static char[] row(char[][] rows, int index, long reference) {
    char[] known = rows[index + 1];
    return known != null && SharedSpace.isOf(reference, address(known))
        ? known
        : (char[]) fetch(rows, index, reference);
  }

  public static int length(char[][] rows) {
    char[] marker = marker(rows);
    return marker == null ? rows.length : Failures.checkLive(length(marker));
  }

  // ---- short[][]

  /** The token's first element, or null if the array is none: kind short[][]. */
  private static short[] marker(short[][] rows) {
    if (rows.length == 0) {
      return null;
    }
    short[] first = rows[0];
    return first != null
            && first.length == 16
            && Tokens.marked(first, Memory.SHORT_BASE)
            && Memory.U.getInt(first, Memory.SHORT_BASE + Tokens.KIND) == 32 + Kinds.SHORT
        ? first
        : null;
  }

  static long address(short[] marker) {
    return Memory.U.getLong(marker, Memory.SHORT_BASE + Tokens.ADDRESS);
  }

  static int length(short[] marker) {
    return Memory.U.getInt(marker, Memory.SHORT_BASE + Tokens.LENGTH);
  }

  public static short[] load(short[][] rows, int index) {
    short[] marker = marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, address(marker), length(marker)));
  }

  public static short[] load(short[][] rows, int index, long address, int length) {
    if (address == 0) {
      return rows[index];
    }
    return index >= 0 && index < length
        ? row(rows, index, reference(index, address))
        : load(rows, index);
  }

  private static short[] row(short[][] rows, int index, long reference) {
    short[] known = rows[index + 1];
    return known != null && SharedSpace.isOf(reference, address(known))
        ? known
        : (short[]) fetch(rows, index, reference);
  }

  public static int length(short[][] rows) {
    short[] marker = marker(rows);
    return marker == null ? rows.length : Failures.checkLive(length(marker));
  }

  // ---- int[][]

  /** The token's first element, or null if the array is none: kind int[][]. */
  private static int[] marker(int[][] rows) {
    if (rows.length == 0) {
      return null;
    }
    int[] first = rows[0];
    return first != null
            && first.length == 8
            && Tokens.marked(first, Memory.INT_BASE)
            && Memory.U.getInt(first, Memory.INT_BASE + Tokens.KIND) == 32 + Kinds.INT
        ? first
        : null;
  }

  static long address(int[] marker) {
    return Memory.U.getLong(marker, Memory.INT_BASE + Tokens.ADDRESS);
  }

  static int length(int[] marker) {
    return Memory.U.getInt(marker, Memory.INT_BASE + Tokens.LENGTH);
  }

  public static int[] load(int[][] rows, int index) {
    int[] marker = marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, address(marker), length(marker)));
  }

  public static int[] load(int[][] rows, int index, long address, int length) {
    if (address == 0) {
      return rows[index];
    }
    return index >= 0 && index < length
        ? row(rows, index, reference(index, address))
        : load(rows, index);
  }

  private static int[] row(int[][] rows, int index, long reference) {
    int[] known = rows[index + 1];
    return known != null && SharedSpace.isOf(reference, address(known))
        ? known
        : (int[]) fetch(rows, index, reference);
  }

  public static int length(int[][] rows) {
    int[] marker = marker(rows);
    return marker == null ? rows.length : Failures.checkLive(length(marker));
  }

  // ---- float[][]

  /** The token's first element, or null if the array is none: kind float[][]. */
  private static float[] marker(float[][] rows) {
    if (rows.length == 0) {
      return null;
    }
    float[] first = rows[0];
    return first != null
            && first.length == 8
            && Tokens.marked(first, Memory.FLOAT_BASE)
            && Memory.U.getInt(first, Memory.FLOAT_BASE + Tokens.KIND) == 32 + Kinds.FLOAT
        ? first
        : null;
  }

  static long address(float[] marker) {
    return Memory.U.getLong(marker, Memory.FLOAT_BASE + Tokens.ADDRESS);
  }

  static int length(float[] marker) {
    return Memory.U.getInt(marker, Memory.FLOAT_BASE + Tokens.LENGTH);
  }

  public static float[] load(float[][] rows, int index) {
    float[] marker = marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, address(marker), length(marker)));
  }

  public static float[] load(float[][] rows, int index, long address, int length) {
    if (address == 0) {
      return rows[index];
    }
    return index >= 0 && index < length
        ? row(rows, index, reference(index, address))
        : load(rows, index);
  }

  private static float[] row(float[][] rows, int index, long reference) {
    float[] known = rows[index + 1];
    return known != null && SharedSpace.isOf(reference, address(known))
        ? known
        : (float[]) fetch(rows, index, reference);
  }

  public static int length(float[][] rows) {
    float[] marker = marker(rows);
    return marker == null ? rows.length : Failures.checkLive(length(marker));
  }

  // ---- long[][]

  /** The token's first element, or null if the array is none: kind long[][]. */
  private static long[] marker(long[][] rows) {
    if (rows.length == 0) {
      return null;
    }
    long[] first = rows[0];
    return first != null
            && first.length == 4
            && Tokens.marked(first, Memory.LONG_BASE)
            && Memory.U.getInt(first, Memory.LONG_BASE + Tokens.KIND) == 32 + Kinds.LONG
        ? first
        : null;
  }

  static long address(long[] marker) {
    return Memory.U.getLong(marker, Memory.LONG_BASE + Tokens.ADDRESS);
  }

  static int length(long[] marker) {
    return Memory.U.getInt(marker, Memory.LONG_BASE + Tokens.LENGTH);
  }

  public static long[] load(long[][] rows, int index) {
    long[] marker = marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, address(marker), length(marker)));
  }

  public static long[] load(long[][] rows, int index, long address, int length) {
    if (address == 0) {
      return rows[index];
    }
    return index >= 0 && index < length
        ? row(rows, index, reference(index, address))
        : load(rows, index);
  }

  private static long[] row(long[][] rows, int index, long reference) {
    long[] known = rows[index + 1];
    return known != null && SharedSpace.isOf(reference, address(known))
        ? known
        : (long[]) fetch(rows, index, reference);
  }

  public static int length(long[][] rows) {
    long[] marker = marker(rows);
    return marker == null ? rows.length : Failures.checkLive(length(marker));
  }

  // ---- double[][]

  /** The token's first element, or null if the array is none: kind double[][]. */
  private static double[] marker(double[][] rows) {
    if (rows.length == 0) {
      return null;
    }
    double[] first = rows[0];
    return first != null
            && first.length == 4
            && Tokens.marked(first, Memory.DOUBLE_BASE)
            && Memory.U.getInt(first, Memory.DOUBLE_BASE + Tokens.KIND) == 32 + Kinds.DOUBLE
        ? first
        : null;
  }

  static long address(double[] marker) {
    return Memory.U.getLong(marker, Memory.DOUBLE_BASE + Tokens.ADDRESS);
  }

  static int length(double[] marker) {
    return Memory.U.getInt(marker, Memory.DOUBLE_BASE + Tokens.LENGTH);
  }

  public static double[] load(double[][] rows, int index) {
    double[] marker = marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, address(marker), length(marker)));
  }

  public static double[] load(double[][] rows, int index, long address, int length) {
    if (address == 0) {
      return rows[index];
    }
    return index >= 0 && index < length
        ? row(rows, index, reference(index, address))
        : load(rows, index);
  }

  private static double[] row(double[][] rows, int index, long reference) {
    double[] known = rows[index + 1];
    return known != null && SharedSpace.isOf(reference, address(known))
        ? known
        : (double[]) fetch(rows, index, reference);
  }

  public static int length(double[][] rows) {
    double[] marker = marker(rows);
    return marker == null ? rows.length : Failures.checkLive(length(marker));
  }
}
