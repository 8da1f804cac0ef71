package org.dsm4j.internal;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntFunction;
import java.util.function.IntToDoubleFunction;
import java.util.function.IntToLongFunction;
import java.util.function.IntUnaryOperator;

/**
 * The methods of {@link Arrays} that change their argument, for arrays that may be shared; the same
 * names and parameters. They write nothing outside the given range.
 */
public final class ArraysCalls {
  private ArraysCalls() {}

  private static void checkRange(int length, int from, int to) {
    if (from > to) {
      throw new IllegalArgumentException("fromIndex(" + from + ") > toIndex(" + to + ")");
    }
    if (from < 0) {
      throw new ArrayIndexOutOfBoundsException("Array index out of range: " + from);
    }
    if (to > length) {
      throw new ArrayIndexOutOfBoundsException("Array index out of range: " + to);
    }
  }

  // ---- boolean[]

  public static void fill(boolean[] array, boolean value) {
    fill(array, 0, Elements.length(array), value);
  }

  public static void fill(boolean[] array, int from, int to, boolean value) {
    checkRange(Elements.length(array), from, to);
    for (int i = from; i < to; i++) {
      Elements.store(array, i, value);
    }
  }

  // ---- byte[]

  public static void fill(byte[] array, byte value) {
    fill(array, 0, Elements.length(array), value);
  }

  public static void fill(byte[] array, int from, int to, byte value) {
    checkRange(Elements.length(array), from, to);
    for (int i = from; i < to; i++) {
      Elements.store(array, i, value);
    }
  }

  public static void sort(byte[] array) {
    sort(array, 0, Elements.length(array));
  }

  public static void sort(byte[] array, int from, int to) {
    if (!Tokens.isToken(array)) {
      Arrays.sort(array, from, to);
      return;
    }
    checkRange(Elements.length(array), from, to);
    byte[] copy = new byte[to - from];
    ArrayCalls.arraycopy(array, from, copy, 0, copy.length);
    Arrays.sort(copy);
    ArrayCalls.arraycopy(copy, 0, array, from, copy.length);
  }

  // ---- char[]

  public static void fill(char[] array, char value) {
    fill(array, 0, Elements.length(array), value);
  }

  public static void fill(char[] array, int from, int to, char value) {
    checkRange(Elements.length(array), from, to);
    for (int i = from; i < to; i++) {
      Elements.store(array, i, value);
    }
  }

  public static void sort(char[] array) {
    sort(array, 0, Elements.length(array));
  }

  public static void sort(char[] array, int from, int to) {
    if (!Tokens.isToken(array)) {
      Arrays.sort(array, from, to);
      return;
    }
    checkRange(Elements.length(array), from, to);
    char[] copy = new char[to - from];
    ArrayCalls.arraycopy(array, from, copy, 0, copy.length);
    Arrays.sort(copy);
    ArrayCalls.arraycopy(copy, 0, array, from, copy.length);
  }

  // ---- short[]

  public static void fill(short[] array, short value) {
    fill(array, 0, Elements.length(array), value);
  }

  public static void fill(short[] array, int from, int to, short value) {
    checkRange(Elements.length(array), from, to);
    for (int i = from; i < to; i++) {
      Elements.store(array, i, value);
    }
  }

  public static void sort(short[] array) {
    sort(array, 0, Elements.length(array));
  }

  public static void sort(short[] array, int from, int to) {
    if (!Tokens.isToken(array)) {
      Arrays.sort(array, from, to);
      return;
    }
    checkRange(Elements.length(array), from, to);
    short[] copy = new short[to - from];
    ArrayCalls.arraycopy(array, from, copy, 0, copy.length);
    Arrays.sort(copy);
    ArrayCalls.arraycopy(copy, 0, array, from, copy.length);
  }

  // ---- int[]

  public static void fill(int[] array, int value) {
    fill(array, 0, Elements.length(array), value);
  }

  public static void fill(int[] array, int from, int to, int value) {
    checkRange(Elements.length(array), from, to);
    for (int i = from; i < to; i++) {
      Elements.store(array, i, value);
    }
  }

  public static void sort(int[] array) {
    sort(array, 0, Elements.length(array));
  }

  public static void sort(int[] array, int from, int to) {
    if (!Tokens.isToken(array)) {
      Arrays.sort(array, from, to);
      return;
    }
    checkRange(Elements.length(array), from, to);
    int[] copy = new int[to - from];
    ArrayCalls.arraycopy(array, from, copy, 0, copy.length);
    Arrays.sort(copy);
    ArrayCalls.arraycopy(copy, 0, array, from, copy.length);
  }

  public static void setAll(int[] array, IntUnaryOperator generator) {
    Objects.requireNonNull(generator);
    int length = Elements.length(array);
    for (int i = 0; i < length; i++) {
      Elements.store(array, i, generator.applyAsInt(i));
    }
  }

  // ---- float[]

  public static void fill(float[] array, float value) {
    fill(array, 0, Elements.length(array), value);
  }

  public static void fill(float[] array, int from, int to, float value) {
    checkRange(Elements.length(array), from, to);
    for (int i = from; i < to; i++) {
      Elements.store(array, i, value);
    }
  }

  public static void sort(float[] array) {
    sort(array, 0, Elements.length(array));
  }

  public static void sort(float[] array, int from, int to) {
    if (!Tokens.isToken(array)) {
      Arrays.sort(array, from, to);
      return;
    }
    checkRange(Elements.length(array), from, to);
    float[] copy = new float[to - from];
    ArrayCalls.arraycopy(array, from, copy, 0, copy.length);
    Arrays.sort(copy);
    ArrayCalls.arraycopy(copy, 0, array, from, copy.length);
  }

  // ---- long[]

  public static void fill(long[] array, long value) {
    fill(array, 0, Elements.length(array), value);
  }

  public static void fill(long[] array, int from, int to, long value) {
    checkRange(Elements.length(array), from, to);
    for (int i = from; i < to; i++) {
      Elements.store(array, i, value);
    }
  }

  public static void sort(long[] array) {
    sort(array, 0, Elements.length(array));
  }

  public static void sort(long[] array, int from, int to) {
    if (!Tokens.isToken(array)) {
      Arrays.sort(array, from, to);
      return;
    }
    checkRange(Elements.length(array), from, to);
    long[] copy = new long[to - from];
    ArrayCalls.arraycopy(array, from, copy, 0, copy.length);
    Arrays.sort(copy);
    ArrayCalls.arraycopy(copy, 0, array, from, copy.length);
  }

  public static void setAll(long[] array, IntToLongFunction generator) {
    Objects.requireNonNull(generator);
    int length = Elements.length(array);
    for (int i = 0; i < length; i++) {
      Elements.store(array, i, generator.applyAsLong(i));
    }
  }

  // ---- double[]

  public static void fill(double[] array, double value) {
    fill(array, 0, Elements.length(array), value);
  }

  public static void fill(double[] array, int from, int to, double value) {
    checkRange(Elements.length(array), from, to);
    for (int i = from; i < to; i++) {
      Elements.store(array, i, value);
    }
  }

  public static void sort(double[] array) {
    sort(array, 0, Elements.length(array));
  }

  public static void sort(double[] array, int from, int to) {
    if (!Tokens.isToken(array)) {
      Arrays.sort(array, from, to);
      return;
    }
    checkRange(Elements.length(array), from, to);
    double[] copy = new double[to - from];
    ArrayCalls.arraycopy(array, from, copy, 0, copy.length);
    Arrays.sort(copy);
    ArrayCalls.arraycopy(copy, 0, array, from, copy.length);
  }

  public static void setAll(double[] array, IntToDoubleFunction generator) {
    Objects.requireNonNull(generator);
    int length = Elements.length(array);
    for (int i = 0; i < length; i++) {
      Elements.store(array, i, generator.applyAsDouble(i));
    }
  }

  // ---- arrays of references

  /** See {@link Arrays#fill(Object[], Object)}. */
  public static void fill(Object[] array, Object value) {
    fill(array, 0, Rows.length(array), value);
  }

  /** See {@link Arrays#fill(Object[], int, int, Object)}. */
  public static void fill(Object[] array, int from, int to, Object value) {
    checkRange(Rows.length(array), from, to);
    for (int i = from; i < to; i++) {
      Rows.store(array, i, value);
    }
  }

  /** See {@link Arrays#sort(Object[])}. */
  public static void sort(Object[] array) {
    sort(array, null);
  }

  /** See {@link Arrays#sort(Object[], int, int)}. */
  public static void sort(Object[] array, int from, int to) {
    sort(array, from, to, null);
  }

  /** See {@link Arrays#sort(Object[], Comparator)}. */
  public static <T> void sort(T[] array, Comparator<? super T> order) {
    sort(array, 0, Rows.length(array), order);
  }

  /** See {@link Arrays#sort(Object[], int, int, Comparator)}. */
  public static <T> void sort(T[] array, int from, int to, Comparator<? super T> order) {
    Object holder = Tokens.holder(array);
    if (holder == null) {
      Arrays.sort(array, from, to, order);
      return;
    }
    checkRange(Rows.length(array), from, to);
    @SuppressWarnings("unchecked")
    T[] copy = (T[]) Array.newInstance(array.getClass().getComponentType(), to - from);
    long start = Tokens.address(holder) + ((long) from << Kinds.REFERENCE_SHIFT);
    Map<Object, Long> references = new IdentityHashMap<>();
    for (int i = 0; i < copy.length; i++) {
      long reference = Memory.U.getLong(start + ((long) i << Kinds.REFERENCE_SHIFT));
      copy[i] = (T) References.decode(reference, holder);
      references.put(copy[i], reference);
    }
    Arrays.sort(copy, order);
    for (int i = 0; i < copy.length; i++) {
      Memory.U.putLong(start + ((long) i << Kinds.REFERENCE_SHIFT), references.get(copy[i]));
    }
  }

  /** See {@link Arrays#setAll(Object[], IntFunction)}. */
  public static <T> void setAll(T[] array, IntFunction<? extends T> generator) {
    Objects.requireNonNull(generator);
    int length = Rows.length(array);
    for (int i = 0; i < length; i++) {
      Rows.store(array, i, generator.apply(i));
    }
  }

  /** See {@link Arrays#asList}: of a shared array, a view of it. */
  public static List<Object> asList(Object[] array) {
    return Tokens.isToken(array) ? new ArrayView<>(array) : Arrays.asList(array);
  }
}
