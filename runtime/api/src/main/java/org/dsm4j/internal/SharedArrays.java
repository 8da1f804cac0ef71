package org.dsm4j.internal;

import java.util.IdentityHashMap;
import java.util.Map;
import org.dsm4j.Consistency;
import org.dsm4j.NotShareableException;

/**
 * Shared arrays in shared memory: a {@link Headers header}, then the elements.
 *
 * <p>Elements of less than a page are aligned to 16 bytes; of a page or more, element 0 begins a
 * page and the header ends the page before, so that nodes that work on different pages of an array
 * never share one with a stranger.
 *
 * <p>Also what rewritten code calls to create arrays. Thread-safe.
 */
public final class SharedArrays {
  static final int PAGE_BYTES = 4096;

  /** How deep {@code Dsm.share} copies arrays of arrays; deeper ones are refused. */
  private static final int NESTING_MAX = 255;

  private static final FreedBlocks FREED = new FreedBlocks();
  private static final FreedPages FREED_PAGES = new FreedPages();

  private SharedArrays() {}

  /** {@code new T[length]} in shared memory. */
  public static Object create(int length, Class<?> array) {
    int kind = Kinds.of(array);
    return made(allocate(array, kind, length), kind, length);
  }

  /** The token of an array that was just made; unless its region was freed in the meantime. */
  private static Object made(long address, int kind, int length) {
    HeapRegion region = ThreadHeap.current().region();
    Object token = Tokens.made(address, length, kind, Headers.type(address), region != null);
    if (region != null && region.isFreed()) {
      Tokens.markFreed(Tokens.holder(token));
      region.checkLive();
    }
    return token;
  }

  /** {@code new T[length][columns]} in shared memory. */
  public static Object create(int length, int columns, Class<?> array) {
    return create(new int[] {length, columns}, array);
  }

  /** {@code new T[a][b]...} in shared memory, of at most as many sizes as dimensions. */
  public static Object create(int[] sizes, Class<?> array) {
    for (int size : sizes) {
      if (size < 0) {
        throw new NegativeArraySizeException(String.valueOf(size));
      }
    }
    return made(create(sizes, 0, array), Kinds.of(array), sizes[0]);
  }

  private static long create(int[] sizes, int dimension, Class<?> array) {
    int length = sizes[dimension];
    long address = allocate(array, Kinds.of(array), length);
    if (dimension + 1 < sizes.length) {
      for (int row = 0; row < length; row++) {
        long inner = create(sizes, dimension + 1, array.getComponentType());
        Memory.U.putLong(
            address + ((long) row << Kinds.REFERENCE_SHIFT), SharedSpace.reference(inner));
      }
    }
    return address;
  }

  /**
   * A shared copy of an array, heap or shared; heap arrays in it are copied, too, each once: the
   * same array in two places is the same in the copy.
   */
  static Object copyOf(Object array) {
    return copyOf(array, NESTING_MAX, new IdentityHashMap<>(), true);
  }

  /** The same, but that of an array of objects, those that are heap arrays are refused. */
  static Object copyOfRows(Object array) {
    return copyOf(array, NESTING_MAX, new IdentityHashMap<>(), false);
  }

  private static Object copyOf(
      Object array, int depth, Map<Object, Object> copies, boolean ofObjects) {
    if (depth == 0) {
      throw new NotShareableException(
          "an array contains itself; share a copy that does not, and store the reference after");
    }
    int length = ArrayCalls.lengthOf(array);
    Object copy = create(length, array.getClass());
    if (!(array instanceof Object[] elements)) {
      ArrayCalls.arraycopy(array, 0, copy, 0, length);
      return copy;
    }
    boolean inner = ofObjects || array.getClass().getComponentType().isArray();
    for (int i = 0; i < length; i++) {
      Object element = Rows.load(elements, i);
      boolean heapArray =
          element != null && element.getClass().isArray() && !Tokens.isToken(element);
      if (heapArray && inner) {
        Object known = copies.get(element);
        Object row = known == null ? copyOf(element, depth - 1, copies, ofObjects) : known;
        copies.put(element, row);
        element = row;
      }
      Rows.store((Object[]) copy, i, element);
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
    if (length == Tokens.FREED || !Kinds.isArray(Headers.kind(address))) {
      throw Failures.freed();
    }
    int kind = Tokens.kind(holder);
    boolean isPrivate = Tokens.isPrivate(holder);
    Headers.free(address);
    Tokens.markFreed(holder);
    long bytes = (long) length << Kinds.shift(kind);
    int lead = lead(bytes);
    long size = ThreadHeap.size(bytes + lead);
    if (isPrivate && size <= ThreadHeap.CUT_MAX_BYTES) {
      ThreadHeap.freed(address - lead, size, true); // no other node has heard of it
    } else {
      ThreadHeap.free(address - lead, size);
    }
  }

  /**
   * Makes every further use of an array or instance on this node fail: some node has freed it.
   *
   * @param block the address that its memory was allocated at
   * @param bytes its size
   */
  public static void markFreed(long block, long bytes) {
    if (bytes >= PAGE_BYTES) {
      FREED_PAGES.add(block, bytes);
    }
    // By its size, since at the other distance another array may be.
    long address = block + (bytes > ThreadHeap.CUT_MAX_BYTES ? PAGE_BYTES : Headers.BYTES);
    FREED.add(address);
    Object token = Tokens.known(address);
    if (token != null && !(token instanceof SharedInstance)) {
      Tokens.markFreed(Tokens.holder(token));
    }
  }

  /** Makes every further use on this node of what lies in a range of memory fail. */
  static void markFreedPages(long address, long bytes) {
    retirePages(address, bytes);
    Handles.within(
        address,
        bytes,
        (known, at) -> {
          if (known instanceof SharedInstance instance) {
            Instances.forget(instance, at);
          } else {
            Tokens.markFreed(Tokens.holder(known));
          }
        });
  }

  /** Everything in these pages was freed, one by one: from now on their bits tell it. */
  static void retirePages(long address, long bytes) {
    FREED_PAGES.add(address, bytes);
  }

  /** The same for what was freed with all of its page. */
  static boolean isInFreedPage(long address) {
    return FREED_PAGES.contains(address - Headers.BYTES);
  }

  /** Whether this node was told that what lay there was freed. */
  static boolean isFreed(long address) {
    return isInFreedPage(address) || FREED.contains(address);
  }

  /** A size, rounded up to whole pages. */
  static long wholePages(long bytes) {
    return (bytes + PAGE_BYTES - 1) & -PAGE_BYTES;
  }

  private static long allocate(Class<?> array, int kind, int length) {
    if (length < 0) {
      throw new NegativeArraySizeException(String.valueOf(length));
    }
    long type = Kinds.isOfReferences(kind) ? Values.encode(array) : 0;
    long bytes = (long) length << Kinds.shift(kind);
    int lead = lead(bytes);
    long address = ThreadHeap.current().allocate(bytes + lead, Consistency.RELEASE) + lead;
    Headers.write(address, kind, length, type);
    return address;
  }

  private static int lead(long bytes) {
    return bytes >= PAGE_BYTES ? PAGE_BYTES : Headers.BYTES;
  }
}
