package org.dsm4j.internal;

import java.lang.reflect.Array;

/**
 * Heap copies of shared arrays for methods of the JDK that read or fill an array while they run,
 * and keep it no longer. Of an array and a range of it (offset and length), only the range is
 * copied. What such a method changes is written back, and nothing else: what other threads write
 * meanwhile stays. Heap arrays are handed on as they are.
 */
public final class Borrowed {
  private Borrowed() {}

  /** A copy of the range; of the whole array if it has no such range, which the callee will say. */
  public static Object range(Object array, int offset, int length) {
    if (!Tokens.isToken(array)) {
      return array;
    }
    if (!hasRange(array, offset, length)) {
      return ArrayCalls.cloneOf(array);
    }
    Object copy = Array.newInstance(array.getClass().getComponentType(), length);
    ArrayCalls.arraycopy(array, offset, copy, 0, length);
    return copy;
  }

  /** Where the range begins in what {@link #range} gave. */
  public static int offset(Object array, int offset, int length) {
    return Tokens.isToken(array) && hasRange(array, offset, length) ? 0 : offset;
  }

  /** Where what {@link #range} gave begins in the array. */
  public static int start(Object array, int offset, int length) {
    return offset - offset(array, offset, length);
  }

  private static boolean hasRange(Object array, int offset, int length) {
    return (offset | length) >= 0 && length <= ArrayCalls.lengthOf(array) - offset;
  }

  /** What the copy is like before the call; null for a heap array. */
  public static Object before(Object array, Object copy) {
    return array == copy ? null : ArrayCalls.cloneOf(copy);
  }

  /**
   * After the call: writes what it has changed in the copy to the array.
   *
   * @param before see {@link #before}
   * @param start the index in the array of the copy's first element
   */
  public static void writeBack(Object before, Object copy, Object array, int start) {
    if (before == null) {
      return;
    }
    int length = Array.getLength(copy);
    for (int from = 0; from < length; from++) {
      int to = from;
      while (to < length && differs(before, copy, to)) {
        to++;
      }
      if (to > from) {
        ArrayCalls.arraycopy(copy, from, array, start + from, to - from);
        from = to;
      }
    }
  }

  private static boolean differs(Object one, Object other, int index) {
    if (one instanceof byte[] bytes) {
      return bytes[index] != ((byte[]) other)[index];
    } else if (one instanceof char[] chars) {
      return chars[index] != ((char[]) other)[index];
    } else if (one instanceof int[] ints) {
      return ints[index] != ((int[]) other)[index];
    } else if (one instanceof long[] longs) {
      return longs[index] != ((long[]) other)[index];
    } else if (one instanceof double[] doubles) {
      return Double.doubleToRawLongBits(doubles[index])
          != Double.doubleToRawLongBits(((double[]) other)[index]);
    } else if (one instanceof float[] floats) {
      return Float.floatToRawIntBits(floats[index])
          != Float.floatToRawIntBits(((float[]) other)[index]);
    } else if (one instanceof short[] shorts) {
      return shorts[index] != ((short[]) other)[index];
    } else if (one instanceof boolean[] booleans) {
      return booleans[index] != ((boolean[]) other)[index];
    }
    return ((Object[]) one)[index] != ((Object[]) other)[index];
  }
}
