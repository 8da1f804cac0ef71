package org.dsm4j.internal;

/**
 * Loads of planes from arrays of three dimensions that may be shared, by type: {@code c[i]} of
 * rewritten code. As {@link Grids}, whose methods read the token within the token.
 */
public final class Planes {
  private Planes() {}

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
        : plane(planes, index, Grids.reference(index, Grids.address(marker), Grids.length(marker)));
  }

  public static boolean[][] load(boolean[][][] planes, int index, long address, int length) {
    if (address == 0) {
      return planes[index];
    }
    return index >= 0 && index < length
        ? plane(planes, index, Grids.reference(index, address))
        : load(planes, index);
  }

  private static boolean[][] plane(boolean[][][] planes, int index, long reference) {
    boolean[][] known = planes[index + 1];
    return known != null && SharedSpace.isOf(reference, Grids.address(known[0]))
        ? known
        : (boolean[][]) Grids.fetch(planes, index, reference);
  }

  public static int length(boolean[][][] planes) {
    boolean[] marker = marker(planes);
    return marker == null ? planes.length : Failures.checkLive(Grids.length(marker));
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
        : plane(planes, index, Grids.reference(index, Grids.address(marker), Grids.length(marker)));
  }

  public static byte[][] load(byte[][][] planes, int index, long address, int length) {
    if (address == 0) {
      return planes[index];
    }
    return index >= 0 && index < length
        ? plane(planes, index, Grids.reference(index, address))
        : load(planes, index);
  }

  private static byte[][] plane(byte[][][] planes, int index, long reference) {
    byte[][] known = planes[index + 1];
    return known != null && SharedSpace.isOf(reference, Grids.address(known[0]))
        ? known
        : (byte[][]) Grids.fetch(planes, index, reference);
  }

  public static int length(byte[][][] planes) {
    byte[] marker = marker(planes);
    return marker == null ? planes.length : Failures.checkLive(Grids.length(marker));
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
        : plane(planes, index, Grids.reference(index, Grids.address(marker), Grids.length(marker)));
  }

  public static char[][] load(char[][][] planes, int index, long address, int length) {
    if (address == 0) {
      return planes[index];
    }
    return index >= 0 && index < length
        ? plane(planes, index, Grids.reference(index, address))
        : load(planes, index);
  }

  private static char[][] plane(char[][][] planes, int index, long reference) {
    char[][] known = planes[index + 1];
    return known != null && SharedSpace.isOf(reference, Grids.address(known[0]))
        ? known
        : (char[][]) Grids.fetch(planes, index, reference);
  }

  public static int length(char[][][] planes) {
    char[] marker = marker(planes);
    return marker == null ? planes.length : Failures.checkLive(Grids.length(marker));
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
        : plane(planes, index, Grids.reference(index, Grids.address(marker), Grids.length(marker)));
  }

  public static short[][] load(short[][][] planes, int index, long address, int length) {
    if (address == 0) {
      return planes[index];
    }
    return index >= 0 && index < length
        ? plane(planes, index, Grids.reference(index, address))
        : load(planes, index);
  }

  private static short[][] plane(short[][][] planes, int index, long reference) {
    short[][] known = planes[index + 1];
    return known != null && SharedSpace.isOf(reference, Grids.address(known[0]))
        ? known
        : (short[][]) Grids.fetch(planes, index, reference);
  }

  public static int length(short[][][] planes) {
    short[] marker = marker(planes);
    return marker == null ? planes.length : Failures.checkLive(Grids.length(marker));
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
        : plane(planes, index, Grids.reference(index, Grids.address(marker), Grids.length(marker)));
  }

  public static int[][] load(int[][][] planes, int index, long address, int length) {
    if (address == 0) {
      return planes[index];
    }
    return index >= 0 && index < length
        ? plane(planes, index, Grids.reference(index, address))
        : load(planes, index);
  }

  private static int[][] plane(int[][][] planes, int index, long reference) {
    int[][] known = planes[index + 1];
    return known != null && SharedSpace.isOf(reference, Grids.address(known[0]))
        ? known
        : (int[][]) Grids.fetch(planes, index, reference);
  }

  public static int length(int[][][] planes) {
    int[] marker = marker(planes);
    return marker == null ? planes.length : Failures.checkLive(Grids.length(marker));
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
        : plane(planes, index, Grids.reference(index, Grids.address(marker), Grids.length(marker)));
  }

  public static float[][] load(float[][][] planes, int index, long address, int length) {
    if (address == 0) {
      return planes[index];
    }
    return index >= 0 && index < length
        ? plane(planes, index, Grids.reference(index, address))
        : load(planes, index);
  }

  private static float[][] plane(float[][][] planes, int index, long reference) {
    float[][] known = planes[index + 1];
    return known != null && SharedSpace.isOf(reference, Grids.address(known[0]))
        ? known
        : (float[][]) Grids.fetch(planes, index, reference);
  }

  public static int length(float[][][] planes) {
    float[] marker = marker(planes);
    return marker == null ? planes.length : Failures.checkLive(Grids.length(marker));
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
        : plane(planes, index, Grids.reference(index, Grids.address(marker), Grids.length(marker)));
  }

  public static long[][] load(long[][][] planes, int index, long address, int length) {
    if (address == 0) {
      return planes[index];
    }
    return index >= 0 && index < length
        ? plane(planes, index, Grids.reference(index, address))
        : load(planes, index);
  }

  private static long[][] plane(long[][][] planes, int index, long reference) {
    long[][] known = planes[index + 1];
    return known != null && SharedSpace.isOf(reference, Grids.address(known[0]))
        ? known
        : (long[][]) Grids.fetch(planes, index, reference);
  }

  public static int length(long[][][] planes) {
    long[] marker = marker(planes);
    return marker == null ? planes.length : Failures.checkLive(Grids.length(marker));
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
        : plane(planes, index, Grids.reference(index, Grids.address(marker), Grids.length(marker)));
  }

  public static double[][] load(double[][][] planes, int index, long address, int length) {
    if (address == 0) {
      return planes[index];
    }
    return index >= 0 && index < length
        ? plane(planes, index, Grids.reference(index, address))
        : load(planes, index);
  }

  private static double[][] plane(double[][][] planes, int index, long reference) {
    double[][] known = planes[index + 1];
    return known != null && SharedSpace.isOf(reference, Grids.address(known[0]))
        ? known
        : (double[][]) Grids.fetch(planes, index, reference);
  }

  public static int length(double[][][] planes) {
    double[] marker = marker(planes);
    return marker == null ? planes.length : Failures.checkLive(Grids.length(marker));
  }
}
