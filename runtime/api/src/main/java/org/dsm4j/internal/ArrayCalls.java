package org.dsm4j.internal;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.Collection;

/**
 * What calls on arrays became in rewritten code where the array may be shared: {@code clone},
 * {@code System.arraycopy} and the methods of {@link Arrays} that change their argument. (Those
 * that only read are handed a heap copy, {@link #readable}.)
 */
public final class ArrayCalls {
  /** How deep arrays of arrays are looked into; one that contains itself ends there. */
  private static final int NESTING_MAX = 32;

  private ArrayCalls() {}

  /** {@code array.clone()}: a heap array, of shared rows where the array has shared rows. */
  public static Object cloneOf(Object array) {
    Object holder = Tokens.holder(array);
    if (holder == null) {
      return heapClone(array);
    }
    int length = Failures.checkLive(Tokens.length(holder));
    Object copy = Array.newInstance(array.getClass().getComponentType(), length);
    arraycopy(array, 0, copy, 0, length);
    return copy;
  }

  /** {@code array.clone()} whose result flows into a shared place: a shared array. */
  public static Object sharedCloneOf(Object array) {
    return SharedArrays.shallowCopyOf(array);
  }

  /**
   * The array itself, or a heap copy of it (of shared rows, if it has rows) if it is shared: for
   * code that only reads its elements.
   */
  public static Object readable(Object array) {
    return Tokens.isToken(array) ? cloneOf(array) : array;
  }

  /**
   * The same for code that reads into arrays that are elements, too: a copy of whatever contains a
   * shared array.
   */
  public static Object deepReadable(Object array) {
    return deepReadable(array, NESTING_MAX);
  }

  private static Object deepReadable(Object array, int depth) {
    if (!(array instanceof Object[]) || depth == 0) {
      return readable(array);
    }
    Object[] elements = (Object[]) readable(array);
    Object[] copy = elements == array ? null : elements;
    for (int i = 0; i < elements.length; i++) {
      Object element = deepReadable(elements[i], depth - 1);
      if (element != elements[i]) {
        copy = copy == null ? elements.clone() : copy;
        copy[i] = element;
      }
    }
    return copy == null ? array : copy;
  }

  /**
   * A heap array that flows into a shared place, as a shared one. Arrays in it are shared already.
   */
  public static Object shared(Object fresh) {
    return fresh == null || Tokens.isToken(fresh) || !fresh.getClass().isArray()
        ? fresh
        : SharedArrays.shallowCopyOf(fresh);
  }

  /**
   * The same where the arrays in it are as new as it is: they are made shared, too. The same row in
   * two places stays the same row.
   */
  public static Object sharedRows(Object fresh) {
    return fresh == null || Tokens.isToken(fresh) || !fresh.getClass().isArray()
        ? fresh
        : SharedArrays.copyOfRows(fresh);
  }

  /** {@link Collection#toArray(Object[])}: what it makes for a shared array is shared, too. */
  public static Object[] toArray(Collection<?> elements, Object[] array) {
    if (!Tokens.isToken(array)) {
      return elements.toArray(array);
    }
    Object[] copy = (Object[]) cloneOf(array);
    Object[] filled = elements.toArray(copy);
    if (filled != copy) {
      return (Object[]) shared(filled);
    }
    int end = Math.min(elements.size() + 1, copy.length);
    arraycopy(copy, 0, array, 0, end);
    return array;
  }

  /** {@link System#arraycopy}. */
  public static void arraycopy(Object from, int fromIndex, Object to, int toIndex, int length) {
    Object fromToken = Tokens.holder(from);
    Object toToken = Tokens.holder(to);
    if (fromToken == null && toToken == null) {
      System.arraycopy(from, fromIndex, to, toIndex, length);
      return;
    }
    checkCopy(from, fromIndex, to, toIndex, length);
    if (from instanceof Object[] rows) {
      copyRows(rows, fromIndex, fromToken, (Object[]) to, toIndex, toToken, length);
      return;
    }
    int kind = Tokens.kind(fromToken == null ? toToken : fromToken);
    int shift = Kinds.shift(kind);
    long bytes = (long) length << shift;
    long fromOffset = (long) fromIndex << shift;
    long toOffset = (long) toIndex << shift;
    if (fromToken != null) {
      fromOffset += Tokens.address(fromToken);
    } else {
      fromOffset += Kinds.heapBase(kind);
    }
    if (toToken != null) {
      toOffset += Tokens.address(toToken);
    } else {
      toOffset += Kinds.heapBase(kind);
    }
    Memory.copy(
        fromToken == null ? from : null, fromOffset, toToken == null ? to : null, toOffset, bytes);
  }

  /** The length of any array. */
  static int lengthOf(Object array) {
    Object holder = Tokens.holder(array);
    return holder == null ? Array.getLength(array) : Failures.checkLive(Tokens.length(holder));
  }

  private static Object heapClone(Object array) {
    int length = Array.getLength(array);
    Object copy = Array.newInstance(array.getClass().getComponentType(), length);
    System.arraycopy(array, 0, copy, 0, length);
    return copy;
  }

  private static void copyRows(
      Object[] from,
      int fromIndex,
      Object fromToken,
      Object[] to,
      int toIndex,
      Object toToken,
      int length) {
    Class<?> source = from.getClass().getComponentType();
    Class<?> target = to.getClass().getComponentType();
    if (fromToken != null && toToken != null && target.isAssignableFrom(source)) {
      copyReferences(fromToken, fromIndex, toToken, toIndex, length);
      return;
    }
    for (int at = 0; at < length; at++) {
      Object element = Rows.load(from, fromIndex + at);
      if (element != null && !target.isInstance(element)) {
        throw new ArrayStoreException(
            source.isAssignableFrom(target)
                ? "arraycopy: element type mismatch: can not cast one of the elements of "
                    + source.getName()
                    + "[] to the type of the destination array, "
                    + target.getName()
                : "arraycopy: type mismatch: can not copy "
                    + source.getName()
                    + "[] into "
                    + target.getName()
                    + "[]");
      }
      Rows.store(to, toIndex + at, element);
    }
  }

  /** Word by word, so that nobody sees a reference half written. */
  private static void copyReferences(
      Object fromToken, int fromIndex, Object toToken, int toIndex, int length) {
    long source = Tokens.address(fromToken) + ((long) fromIndex << Kinds.REFERENCE_SHIFT);
    long target = Tokens.address(toToken) + ((long) toIndex << Kinds.REFERENCE_SHIFT);
    boolean down = source < target;
    for (int done = 0; done < length; done++) {
      long at = (long) (down ? length - 1 - done : done) << Kinds.REFERENCE_SHIFT;
      Memory.U.putLong(target + at, Memory.U.getLong(source + at));
    }
  }

  /** Throws what System.arraycopy throws, with its messages. */
  private static void checkCopy(Object from, int fromIndex, Object to, int toIndex, int length) {
    if (from == null || to == null) {
      throw new NullPointerException();
    }
    boolean nested = from instanceof Object[] && to instanceof Object[];
    if (!nested && from.getClass() != to.getClass()) {
      System.arraycopy(from, 0, to, 0, 0); // throws, with the JVM's message
    }
    int fromLength = lengthOf(from);
    int toLength = lengthOf(to);
    checkIndex("source", fromIndex, fromLength, from);
    checkIndex("destination", toIndex, toLength, to);
    if (length < 0) {
      throw new ArrayIndexOutOfBoundsException("arraycopy: length " + length + " is negative");
    }
    checkEnd("source", fromIndex, length, fromLength, from);
    checkEnd("destination", toIndex, length, toLength, to);
  }

  private static void checkIndex(String place, int index, int bound, Object array) {
    if (index < 0) {
      throw new ArrayIndexOutOfBoundsException(
          "arraycopy: "
              + place
              + " index "
              + index
              + " out of bounds for "
              + elements(array)
              + "["
              + bound
              + "]");
    }
  }

  private static void checkEnd(String place, int index, int length, int bound, Object array) {
    if ((long) index + length > bound) {
      throw new ArrayIndexOutOfBoundsException(
          "arraycopy: last "
              + place
              + " index "
              + (index + (long) length)
              + " out of bounds for "
              + elements(array)
              + "["
              + bound
              + "]");
    }
  }

  private static String elements(Object array) {
    return array instanceof Object[]
        ? "object array"
        : array.getClass().getComponentType().getName();
  }
}
