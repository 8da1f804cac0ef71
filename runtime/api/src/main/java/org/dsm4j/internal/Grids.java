package org.dsm4j.internal;

/**
 * Loads of rows from arrays of arrays that may be shared, by type: {@code g[i]} of rewritten code.
 * As in {@link Elements}, with and without hoisted address and length. The outer token remembers
 * the tokens of its rows; since other nodes may replace a row, its reference in shared memory is
 * read each time and compared. Arrays of four dimensions and more: {@link Rows}.
 */
public final class Grids {
  private Grids() {}

  private static long reference(int index, long address, int length) {
    if (index < 0 || index >= length) {
      throw Failures.index(index, length);
    }
    return Memory.U.getLong(null, address + ((long) index << Kinds.REFERENCE_SHIFT));
  }

  private static Object fetch(Object[] rows, int index, long reference) {
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

  private static long address(boolean[] marker) {
    return Memory.U.getLong(marker, Memory.BOOLEAN_BASE + Tokens.ADDRESS);
  }

  private static int length(boolean[] marker) {
    return Memory.U.getInt(marker, Memory.BOOLEAN_BASE + Tokens.LENGTH);
  }

  public static boolean[] load(boolean[][] rows, int index) {
    boolean[] marker = marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, address(marker), length(marker)));
  }

  public static boolean[] load(boolean[][] rows, int index, long address, int length) {
    return address == 0 ? rows[index] : row(rows, index, reference(index, address, length));
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

  // ---- boolean[][][]

  private static boolean[] marker(boolean[][][] planes) {
    if (planes.length == 0) {
      return null;
    }
    boolean[][] first = planes[0];
    if (first == null || first.length != 1) {
      return null;
    }
    boolean[] marker = first[0];
    return marker != null
            && marker.length == 32
            && Tokens.marked(marker, Memory.BOOLEAN_BASE)
            && Memory.U.getInt(marker, Memory.BOOLEAN_BASE + Tokens.KIND) == 48 + Kinds.BOOLEAN
        ? marker
        : null;
  }

  public static boolean[][] load(boolean[][][] planes, int index) {
    boolean[] marker = marker(planes);
    return marker == null
        ? planes[index]
        : plane(planes, index, reference(index, address(marker), length(marker)));
  }

  public static boolean[][] load(boolean[][][] planes, int index, long address, int length) {
    return address == 0 ? planes[index] : plane(planes, index, reference(index, address, length));
  }

  private static boolean[][] plane(boolean[][][] planes, int index, long reference) {
    boolean[][] known = planes[index + 1];
    return known != null && SharedSpace.isOf(reference, address(known[0]))
        ? known
        : (boolean[][]) fetch(planes, index, reference);
  }

  public static int length(boolean[][][] planes) {
    boolean[] marker = marker(planes);
    return marker == null ? planes.length : Failures.checkLive(length(marker));
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

  private static long address(byte[] marker) {
    return Memory.U.getLong(marker, Memory.BYTE_BASE + Tokens.ADDRESS);
  }

  private static int length(byte[] marker) {
    return Memory.U.getInt(marker, Memory.BYTE_BASE + Tokens.LENGTH);
  }

  public static byte[] load(byte[][] rows, int index) {
    byte[] marker = marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, address(marker), length(marker)));
  }

  public static byte[] load(byte[][] rows, int index, long address, int length) {
    return address == 0 ? rows[index] : row(rows, index, reference(index, address, length));
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

  // ---- byte[][][]

  private static byte[] marker(byte[][][] planes) {
    if (planes.length == 0) {
      return null;
    }
    byte[][] first = planes[0];
    if (first == null || first.length != 1) {
      return null;
    }
    byte[] marker = first[0];
    return marker != null
            && marker.length == 32
            && Tokens.marked(marker, Memory.BYTE_BASE)
            && Memory.U.getInt(marker, Memory.BYTE_BASE + Tokens.KIND) == 48 + Kinds.BYTE
        ? marker
        : null;
  }

  public static byte[][] load(byte[][][] planes, int index) {
    byte[] marker = marker(planes);
    return marker == null
        ? planes[index]
        : plane(planes, index, reference(index, address(marker), length(marker)));
  }

  public static byte[][] load(byte[][][] planes, int index, long address, int length) {
    return address == 0 ? planes[index] : plane(planes, index, reference(index, address, length));
  }

  private static byte[][] plane(byte[][][] planes, int index, long reference) {
    byte[][] known = planes[index + 1];
    return known != null && SharedSpace.isOf(reference, address(known[0]))
        ? known
        : (byte[][]) fetch(planes, index, reference);
  }

  public static int length(byte[][][] planes) {
    byte[] marker = marker(planes);
    return marker == null ? planes.length : Failures.checkLive(length(marker));
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

  private static long address(char[] marker) {
    return Memory.U.getLong(marker, Memory.CHAR_BASE + Tokens.ADDRESS);
  }

  private static int length(char[] marker) {
    return Memory.U.getInt(marker, Memory.CHAR_BASE + Tokens.LENGTH);
  }

  public static char[] load(char[][] rows, int index) {
    char[] marker = marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, address(marker), length(marker)));
  }

  public static char[] load(char[][] rows, int index, long address, int length) {
    return address == 0 ? rows[index] : row(rows, index, reference(index, address, length));
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

  // ---- char[][][]

  private static char[] marker(char[][][] planes) {
    if (planes.length == 0) {
      return null;
    }
    char[][] first = planes[0];
    if (first == null || first.length != 1) {
      return null;
    }
    char[] marker = first[0];
    return marker != null
            && marker.length == 16
            && Tokens.marked(marker, Memory.CHAR_BASE)
            && Memory.U.getInt(marker, Memory.CHAR_BASE + Tokens.KIND) == 48 + Kinds.CHAR
        ? marker
        : null;
  }

  public static char[][] load(char[][][] planes, int index) {
    char[] marker = marker(planes);
    return marker == null
        ? planes[index]
        : plane(planes, index, reference(index, address(marker), length(marker)));
  }

  public static char[][] load(char[][][] planes, int index, long address, int length) {
    return address == 0 ? planes[index] : plane(planes, index, reference(index, address, length));
  }

  private static char[][] plane(char[][][] planes, int index, long reference) {
    char[][] known = planes[index + 1];
    return known != null && SharedSpace.isOf(reference, address(known[0]))
        ? known
        : (char[][]) fetch(planes, index, reference);
  }

  public static int length(char[][][] planes) {
    char[] marker = marker(planes);
    return marker == null ? planes.length : Failures.checkLive(length(marker));
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

  private static long address(short[] marker) {
    return Memory.U.getLong(marker, Memory.SHORT_BASE + Tokens.ADDRESS);
  }

  private static int length(short[] marker) {
    return Memory.U.getInt(marker, Memory.SHORT_BASE + Tokens.LENGTH);
  }

  public static short[] load(short[][] rows, int index) {
    short[] marker = marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, address(marker), length(marker)));
  }

  public static short[] load(short[][] rows, int index, long address, int length) {
    return address == 0 ? rows[index] : row(rows, index, reference(index, address, length));
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

  // ---- short[][][]

  private static short[] marker(short[][][] planes) {
    if (planes.length == 0) {
      return null;
    }
    short[][] first = planes[0];
    if (first == null || first.length != 1) {
      return null;
    }
    short[] marker = first[0];
    return marker != null
            && marker.length == 16
            && Tokens.marked(marker, Memory.SHORT_BASE)
            && Memory.U.getInt(marker, Memory.SHORT_BASE + Tokens.KIND) == 48 + Kinds.SHORT
        ? marker
        : null;
  }

  public static short[][] load(short[][][] planes, int index) {
    short[] marker = marker(planes);
    return marker == null
        ? planes[index]
        : plane(planes, index, reference(index, address(marker), length(marker)));
  }

  public static short[][] load(short[][][] planes, int index, long address, int length) {
    return address == 0 ? planes[index] : plane(planes, index, reference(index, address, length));
  }

  private static short[][] plane(short[][][] planes, int index, long reference) {
    short[][] known = planes[index + 1];
    return known != null && SharedSpace.isOf(reference, address(known[0]))
        ? known
        : (short[][]) fetch(planes, index, reference);
  }

  public static int length(short[][][] planes) {
    short[] marker = marker(planes);
    return marker == null ? planes.length : Failures.checkLive(length(marker));
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

  private static long address(int[] marker) {
    return Memory.U.getLong(marker, Memory.INT_BASE + Tokens.ADDRESS);
  }

  private static int length(int[] marker) {
    return Memory.U.getInt(marker, Memory.INT_BASE + Tokens.LENGTH);
  }

  public static int[] load(int[][] rows, int index) {
    int[] marker = marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, address(marker), length(marker)));
  }

  public static int[] load(int[][] rows, int index, long address, int length) {
    return address == 0 ? rows[index] : row(rows, index, reference(index, address, length));
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

  // ---- int[][][]

  private static int[] marker(int[][][] planes) {
    if (planes.length == 0) {
      return null;
    }
    int[][] first = planes[0];
    if (first == null || first.length != 1) {
      return null;
    }
    int[] marker = first[0];
    return marker != null
            && marker.length == 8
            && Tokens.marked(marker, Memory.INT_BASE)
            && Memory.U.getInt(marker, Memory.INT_BASE + Tokens.KIND) == 48 + Kinds.INT
        ? marker
        : null;
  }

  public static int[][] load(int[][][] planes, int index) {
    int[] marker = marker(planes);
    return marker == null
        ? planes[index]
        : plane(planes, index, reference(index, address(marker), length(marker)));
  }

  public static int[][] load(int[][][] planes, int index, long address, int length) {
    return address == 0 ? planes[index] : plane(planes, index, reference(index, address, length));
  }

  private static int[][] plane(int[][][] planes, int index, long reference) {
    int[][] known = planes[index + 1];
    return known != null && SharedSpace.isOf(reference, address(known[0]))
        ? known
        : (int[][]) fetch(planes, index, reference);
  }

  public static int length(int[][][] planes) {
    int[] marker = marker(planes);
    return marker == null ? planes.length : Failures.checkLive(length(marker));
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

  private static long address(float[] marker) {
    return Memory.U.getLong(marker, Memory.FLOAT_BASE + Tokens.ADDRESS);
  }

  private static int length(float[] marker) {
    return Memory.U.getInt(marker, Memory.FLOAT_BASE + Tokens.LENGTH);
  }

  public static float[] load(float[][] rows, int index) {
    float[] marker = marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, address(marker), length(marker)));
  }

  public static float[] load(float[][] rows, int index, long address, int length) {
    return address == 0 ? rows[index] : row(rows, index, reference(index, address, length));
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

  // ---- float[][][]

  private static float[] marker(float[][][] planes) {
    if (planes.length == 0) {
      return null;
    }
    float[][] first = planes[0];
    if (first == null || first.length != 1) {
      return null;
    }
    float[] marker = first[0];
    return marker != null
            && marker.length == 8
            && Tokens.marked(marker, Memory.FLOAT_BASE)
            && Memory.U.getInt(marker, Memory.FLOAT_BASE + Tokens.KIND) == 48 + Kinds.FLOAT
        ? marker
        : null;
  }

  public static float[][] load(float[][][] planes, int index) {
    float[] marker = marker(planes);
    return marker == null
        ? planes[index]
        : plane(planes, index, reference(index, address(marker), length(marker)));
  }

  public static float[][] load(float[][][] planes, int index, long address, int length) {
    return address == 0 ? planes[index] : plane(planes, index, reference(index, address, length));
  }

  private static float[][] plane(float[][][] planes, int index, long reference) {
    float[][] known = planes[index + 1];
    return known != null && SharedSpace.isOf(reference, address(known[0]))
        ? known
        : (float[][]) fetch(planes, index, reference);
  }

  public static int length(float[][][] planes) {
    float[] marker = marker(planes);
    return marker == null ? planes.length : Failures.checkLive(length(marker));
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

  private static long address(long[] marker) {
    return Memory.U.getLong(marker, Memory.LONG_BASE + Tokens.ADDRESS);
  }

  private static int length(long[] marker) {
    return Memory.U.getInt(marker, Memory.LONG_BASE + Tokens.LENGTH);
  }

  public static long[] load(long[][] rows, int index) {
    long[] marker = marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, address(marker), length(marker)));
  }

  public static long[] load(long[][] rows, int index, long address, int length) {
    return address == 0 ? rows[index] : row(rows, index, reference(index, address, length));
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

  // ---- long[][][]

  private static long[] marker(long[][][] planes) {
    if (planes.length == 0) {
      return null;
    }
    long[][] first = planes[0];
    if (first == null || first.length != 1) {
      return null;
    }
    long[] marker = first[0];
    return marker != null
            && marker.length == 4
            && Tokens.marked(marker, Memory.LONG_BASE)
            && Memory.U.getInt(marker, Memory.LONG_BASE + Tokens.KIND) == 48 + Kinds.LONG
        ? marker
        : null;
  }

  public static long[][] load(long[][][] planes, int index) {
    long[] marker = marker(planes);
    return marker == null
        ? planes[index]
        : plane(planes, index, reference(index, address(marker), length(marker)));
  }

  public static long[][] load(long[][][] planes, int index, long address, int length) {
    return address == 0 ? planes[index] : plane(planes, index, reference(index, address, length));
  }

  private static long[][] plane(long[][][] planes, int index, long reference) {
    long[][] known = planes[index + 1];
    return known != null && SharedSpace.isOf(reference, address(known[0]))
        ? known
        : (long[][]) fetch(planes, index, reference);
  }

  public static int length(long[][][] planes) {
    long[] marker = marker(planes);
    return marker == null ? planes.length : Failures.checkLive(length(marker));
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

  private static long address(double[] marker) {
    return Memory.U.getLong(marker, Memory.DOUBLE_BASE + Tokens.ADDRESS);
  }

  private static int length(double[] marker) {
    return Memory.U.getInt(marker, Memory.DOUBLE_BASE + Tokens.LENGTH);
  }

  public static double[] load(double[][] rows, int index) {
    double[] marker = marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, address(marker), length(marker)));
  }

  public static double[] load(double[][] rows, int index, long address, int length) {
    return address == 0 ? rows[index] : row(rows, index, reference(index, address, length));
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

  // ---- double[][][]

  private static double[] marker(double[][][] planes) {
    if (planes.length == 0) {
      return null;
    }
    double[][] first = planes[0];
    if (first == null || first.length != 1) {
      return null;
    }
    double[] marker = first[0];
    return marker != null
            && marker.length == 4
            && Tokens.marked(marker, Memory.DOUBLE_BASE)
            && Memory.U.getInt(marker, Memory.DOUBLE_BASE + Tokens.KIND) == 48 + Kinds.DOUBLE
        ? marker
        : null;
  }

  public static double[][] load(double[][][] planes, int index) {
    double[] marker = marker(planes);
    return marker == null
        ? planes[index]
        : plane(planes, index, reference(index, address(marker), length(marker)));
  }

  public static double[][] load(double[][][] planes, int index, long address, int length) {
    return address == 0 ? planes[index] : plane(planes, index, reference(index, address, length));
  }

  private static double[][] plane(double[][][] planes, int index, long reference) {
    double[][] known = planes[index + 1];
    return known != null && SharedSpace.isOf(reference, address(known[0]))
        ? known
        : (double[][]) fetch(planes, index, reference);
  }

  public static int length(double[][][] planes) {
    double[] marker = marker(planes);
    return marker == null ? planes.length : Failures.checkLive(length(marker));
  }
}
