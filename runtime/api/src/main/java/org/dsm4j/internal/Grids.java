package org.dsm4j.internal;

/**
 * Loads of rows from arrays of arrays that may be shared, by type: {@code g[i]} of rewritten code.
 * As in {@link Elements}, with and without hoisted address and length. The outer token remembers
 * the tokens of its rows; since other nodes may replace a row, its reference in shared memory is
 * read each time and compared.
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
    Object token = Tokens.at(SharedSpace.address(reference));
    rows[index + 1] = token;
    return token;
  }

  // ---- boolean[][]

  public static boolean[] load(boolean[][] rows, int index) {
    Object marker = Tokens.marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, Tokens.address(marker), Tokens.length(marker)));
  }

  public static boolean[] load(boolean[][] rows, int index, long address, int length) {
    return address == 0 ? rows[index] : row(rows, index, reference(index, address, length));
  }

  private static boolean[] row(boolean[][] rows, int index, long reference) {
    boolean[] known = rows[index + 1];
    if (known != null
        && Memory.U.getLong(known, Memory.BOOLEAN_BASE + Tokens.ADDRESS) - SharedSpace.BASE
            == reference) {
      return known;
    }
    return (boolean[]) fetch(rows, index, reference);
  }

  // ---- byte[][]

  public static byte[] load(byte[][] rows, int index) {
    Object marker = Tokens.marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, Tokens.address(marker), Tokens.length(marker)));
  }

  public static byte[] load(byte[][] rows, int index, long address, int length) {
    return address == 0 ? rows[index] : row(rows, index, reference(index, address, length));
  }

  private static byte[] row(byte[][] rows, int index, long reference) {
    byte[] known = rows[index + 1];
    if (known != null
        && Memory.U.getLong(known, Memory.BYTE_BASE + Tokens.ADDRESS) - SharedSpace.BASE
            == reference) {
      return known;
    }
    return (byte[]) fetch(rows, index, reference);
  }

  // ---- char[][]

  public static char[] load(char[][] rows, int index) {
    Object marker = Tokens.marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, Tokens.address(marker), Tokens.length(marker)));
  }

  public static char[] load(char[][] rows, int index, long address, int length) {
    return address == 0 ? rows[index] : row(rows, index, reference(index, address, length));
  }

  private static char[] row(char[][] rows, int index, long reference) {
    char[] known = rows[index + 1];
    if (known != null
        && Memory.U.getLong(known, Memory.CHAR_BASE + Tokens.ADDRESS) - SharedSpace.BASE
            == reference) {
      return known;
    }
    return (char[]) fetch(rows, index, reference);
  }

  // ---- short[][]

  public static short[] load(short[][] rows, int index) {
    Object marker = Tokens.marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, Tokens.address(marker), Tokens.length(marker)));
  }

  public static short[] load(short[][] rows, int index, long address, int length) {
    return address == 0 ? rows[index] : row(rows, index, reference(index, address, length));
  }

  private static short[] row(short[][] rows, int index, long reference) {
    short[] known = rows[index + 1];
    if (known != null
        && Memory.U.getLong(known, Memory.SHORT_BASE + Tokens.ADDRESS) - SharedSpace.BASE
            == reference) {
      return known;
    }
    return (short[]) fetch(rows, index, reference);
  }

  // ---- int[][]

  public static int[] load(int[][] rows, int index) {
    Object marker = Tokens.marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, Tokens.address(marker), Tokens.length(marker)));
  }

  public static int[] load(int[][] rows, int index, long address, int length) {
    return address == 0 ? rows[index] : row(rows, index, reference(index, address, length));
  }

  private static int[] row(int[][] rows, int index, long reference) {
    int[] known = rows[index + 1];
    if (known != null
        && Memory.U.getLong(known, Memory.INT_BASE + Tokens.ADDRESS) - SharedSpace.BASE
            == reference) {
      return known;
    }
    return (int[]) fetch(rows, index, reference);
  }

  // ---- float[][]

  public static float[] load(float[][] rows, int index) {
    Object marker = Tokens.marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, Tokens.address(marker), Tokens.length(marker)));
  }

  public static float[] load(float[][] rows, int index, long address, int length) {
    return address == 0 ? rows[index] : row(rows, index, reference(index, address, length));
  }

  private static float[] row(float[][] rows, int index, long reference) {
    float[] known = rows[index + 1];
    if (known != null
        && Memory.U.getLong(known, Memory.FLOAT_BASE + Tokens.ADDRESS) - SharedSpace.BASE
            == reference) {
      return known;
    }
    return (float[]) fetch(rows, index, reference);
  }

  // ---- long[][]

  public static long[] load(long[][] rows, int index) {
    Object marker = Tokens.marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, Tokens.address(marker), Tokens.length(marker)));
  }

  public static long[] load(long[][] rows, int index, long address, int length) {
    return address == 0 ? rows[index] : row(rows, index, reference(index, address, length));
  }

  private static long[] row(long[][] rows, int index, long reference) {
    long[] known = rows[index + 1];
    if (known != null
        && Memory.U.getLong(known, Memory.LONG_BASE + Tokens.ADDRESS) - SharedSpace.BASE
            == reference) {
      return known;
    }
    return (long[]) fetch(rows, index, reference);
  }

  // ---- double[][]

  public static double[] load(double[][] rows, int index) {
    Object marker = Tokens.marker(rows);
    return marker == null
        ? rows[index]
        : row(rows, index, reference(index, Tokens.address(marker), Tokens.length(marker)));
  }

  public static double[] load(double[][] rows, int index, long address, int length) {
    return address == 0 ? rows[index] : row(rows, index, reference(index, address, length));
  }

  private static double[] row(double[][] rows, int index, long reference) {
    double[] known = rows[index + 1];
    if (known != null
        && Memory.U.getLong(known, Memory.DOUBLE_BASE + Tokens.ADDRESS) - SharedSpace.BASE
            == reference) {
      return known;
    }
    return (double[]) fetch(rows, index, reference);
  }
}
