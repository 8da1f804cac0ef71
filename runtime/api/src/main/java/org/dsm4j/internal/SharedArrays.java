package org.dsm4j.internal;

import java.lang.reflect.Array;
import org.dsm4j.Consistency;
import org.dsm4j.NotShareableException;

/**
 * Shared arrays in shared memory. Just before element 0 stands a header of 16 bytes:
 *
 * <pre>
 *   -16 length   -12 kind   -8 reserved
 * </pre>
 *
 * Elements of less than a page are aligned to 16 bytes; of a page or more, element 0 begins a page
 * and the header ends the page before, so that nodes that work on different pages of an array never
 * share one with a stranger.
 *
 * <p>Also what rewritten code calls to create arrays. Thread-safe.
 */
public final class SharedArrays {
  static final int HEADER_BYTES = 16;
  static final int PAGE_BYTES = 4096;

  private SharedArrays() {}

  /** {@code new T[length]} in shared memory. */
  public static Object create(int length, Class<?> array) {
    return Tokens.at(allocate(Kinds.of(array), length));
  }

  /** {@code new T[length][columns]} in shared memory. */
  public static Object create(int length, int columns, Class<?> array) {
    if (length < 0 || columns < 0) {
      throw new NegativeArraySizeException(String.valueOf(length < 0 ? length : columns));
    }
    int kind = Kinds.of(array);
    long outer = allocate(kind, length);
    for (int row = 0; row < length; row++) {
      long inner = allocate(kind - 16, columns);
      Memory.U.putLong(outer + ((long) row << Kinds.REFERENCE_SHIFT), SharedSpace.reference(inner));
    }
    return Tokens.at(outer);
  }

  /** A shared copy of an array, heap or shared. */
  static Object copyOf(Object array) {
    int kind = Kinds.of(array.getClass());
    if (kind == 0) {
      throw new NotShareableException(
          "an array of type "
              + array.getClass().getTypeName()
              + " cannot be shared; this version shares one- and"
              + " two-dimensional arrays of primitives");
    }
    int length = ArrayCalls.lengthOf(array);
    Object copy = Tokens.at(allocate(kind, length));
    if (Kinds.dimensions(kind) == 1) {
      ArrayCalls.arraycopy(array, 0, copy, 0, length);
      return copy;
    }
    for (int row = 0; row < length; row++) {
      Object source = Rows.load((Object[]) array, row);
      Rows.store((Object[]) copy, row, source == null ? null : copyOf(source));
    }
    return copy;
  }

  /**
   * A shared array of the same length and elements (the rows themselves, of an array of arrays,
   * which must be shared).
   */
  static Object shallowCopyOf(Object array) {
    int length = ArrayCalls.lengthOf(array);
    Object copy = create(length, array.getClass());
    ArrayCalls.arraycopy(array, 0, copy, 0, length);
    return copy;
  }

  /** Frees the array; once. */
  static void free(Object holder) {
    long address = Tokens.address(holder);
    int length = Tokens.length(holder);
    if (length == Tokens.FREED || !Kinds.valid(kind(address))) {
      throw Failures.freed();
    }
    int kind = Tokens.kind(holder);
    Memory.U.putInt(address - 12, 0);
    Tokens.markFreed(holder);
    long bytes = (long) length << Kinds.shift(kind);
    int lead = lead(bytes);
    Runtimes.current().freeHeap(address - lead, bytes + lead);
  }

  /**
   * Makes every further use of an array on this node fail: some node has freed it.
   *
   * @param block the address that its memory was allocated at
   */
  public static void markFreed(long block) {
    for (int lead : new int[] {HEADER_BYTES, PAGE_BYTES}) {
      Object token = Tokens.known(block + lead);
      if (token != null) {
        Tokens.markFreed(Tokens.holder(token));
      }
    }
  }

  static int length(long address) {
    return Memory.U.getInt(address - 16);
  }

  static int kind(long address) {
    return Memory.U.getInt(address - 12);
  }

  private static long allocate(int kind, int length) {
    if (length < 0) {
      throw new NegativeArraySizeException(String.valueOf(length));
    }
    long bytes = (long) length << Kinds.shift(kind);
    int lead = lead(bytes);
    long address =
        Runtimes.current().allocateHeap(bytes + lead, lead, Consistency.RELEASE) + lead;
    Memory.U.putInt(address - 16, length);
    Memory.U.putInt(address - 12, kind);
    return address;
  }

  private static int lead(long bytes) {
    return bytes >= PAGE_BYTES ? PAGE_BYTES : HEADER_BYTES;
  }

  /** The same length and contents on the heap. */
  static Object heapCopy(Object holder) {
    int kind = Tokens.kind(holder);
    int length = Failures.checkLive(Tokens.length(holder));
    Object copy = Array.newInstance(Kinds.primitive(kind), length);
    ArrayCalls.arraycopy(holder, 0, copy, 0, length);
    return copy;
  }
}
