package org.dsm4j.internal;

import java.lang.reflect.Array;
import java.security.SecureRandom;

/**
 * What stands for a shared array where Java demands a genuine one: a small heap array of the same
 * class, one per address on a node, so that {@code ==} is right.
 *
 * <p>A one-dimensional token of a primitive type has 32 bytes of elements, which rewritten code
 * never reads as such:
 *
 * <pre>
 *   0 secret (16 bytes, random, per process)   16 address of element 0   24 length, -1 when freed   28 kind
 * </pre>
 *
 * A token of an array of arrays of a primitive type, of length n, has n + 1 elements: the first
 * leads to a one-dimensional token that holds the above for it (in three dimensions, by an array of
 * length 1), the others cache the tokens of its rows. An ordinary array is mistaken for neither:
 * the secret never leaves tokens.
 *
 * <p>No magic number fits into an array of strings or other objects: its token is empty, and {@link
 * TokenTable} knows its {@link ReferenceArray}. Only an empty array is ever looked up there.
 *
 * <p>What describes a token, be it a one-dimensional token or a ReferenceArray, is called its
 * holder. Thread-safe.
 */
final class Tokens {
  static final int BYTES = 32;
  static final int ADDRESS = 16;
  static final int LENGTH = 24;
  static final int KIND = 28;

  /** A flag of the kind: see {@link #made}. Of one-dimensional arrays only. */
  private static final int PRIVATE = 1 << 30;

  /** The JVM's bound. */
  private static final int DIMENSIONS_MAX = 255;

  /** The length of a freed array: no index is within it. */
  static final int FREED = -1;

  static final long SECRET_HIGH;
  static final long SECRET_LOW;

  static {
    SecureRandom random = new SecureRandom();
    SECRET_HIGH = random.nextLong();
    SECRET_LOW = random.nextLong();
  }

  /** Whether this node has ever had a token. */
  private static volatile boolean any;

  private Tokens() {}

  /** Whether there can be a token on this node: false in a program that shares no arrays. */
  static boolean areAny() {
    return any;
  }

  /**
   * Whether a one-dimensional array of 32 bytes of elements, the first at {@code base}, is a token.
   */
  static boolean marked(Object array, long base) {
    return Memory.U.getLong(array, base) == SECRET_HIGH
        && Memory.U.getLong(array, base + 8) == SECRET_LOW;
  }

  /** Whether the object is a token of any kind. */
  static boolean isToken(Object object) {
    return holder(object) != null;
  }

  /** The holder of a shared array; null if the object is none. */
  static Object holder(Object object) {
    if (object instanceof Object[] array) {
      return array.length == 0 ? TokenTable.find(array) : marker(array);
    }
    return isFlat(object) ? object : null;
  }

  /** The holder of a shared array of arrays of a primitive type, or null if it is another array. */
  static Object marker(Object[] rows) {
    if (rows.length == 0) {
      return null;
    }
    Object first = rows[0];
    if (first == null || !first.getClass().isArray()) {
      return null;
    }
    int dimensions = 2;
    while (first instanceof Object[] inner) {
      if (inner.length != 1 || ++dimensions > DIMENSIONS_MAX) {
        return null;
      }
      first = inner[0];
    }
    return isFlat(first) && kind(first) >> 4 == dimensions ? first : null;
  }

  /** Whether the object is a one-dimensional array with a token's contents. */
  private static boolean isFlat(Object object) {
    if (object instanceof double[] array) {
      return array.length == BYTES >> 3 && marked(array, Memory.DOUBLE_BASE);
    } else if (object instanceof int[] array) {
      return array.length == BYTES >> 2 && marked(array, Memory.INT_BASE);
    } else if (object instanceof long[] array) {
      return array.length == BYTES >> 3 && marked(array, Memory.LONG_BASE);
    } else if (object instanceof byte[] array) {
      return array.length == BYTES && marked(array, Memory.BYTE_BASE);
    } else if (object instanceof boolean[] array) {
      return array.length == BYTES && marked(array, Memory.BOOLEAN_BASE);
    } else if (object instanceof float[] array) {
      return array.length == BYTES >> 2 && marked(array, Memory.FLOAT_BASE);
    } else if (object instanceof char[] array) {
      return array.length == BYTES >> 1 && marked(array, Memory.CHAR_BASE);
    }
    return object instanceof short[] array
        && array.length == BYTES >> 1
        && marked(array, Memory.SHORT_BASE);
  }

  /** The address of element 0, of a holder. */
  static long address(Object holder) {
    if (holder instanceof ReferenceArray array) {
      return array.address;
    }
    return Memory.U.getLong(holder, base(holder) + ADDRESS);
  }

  /** The length, of a holder; {@link #FREED} if it was freed. */
  static int length(Object holder) {
    if (holder instanceof ReferenceArray array) {
      return array.length();
    }
    return Memory.U.getInt(holder, base(holder) + LENGTH);
  }

  /** The kind, of a holder. */
  static int kind(Object holder) {
    if (holder instanceof ReferenceArray array) {
      return array.kind;
    }
    return Memory.U.getInt(holder, base(holder) + KIND) & ~PRIVATE;
  }

  /** Whether no other node can know of the array. */
  static boolean isPrivate(Object holder) {
    return !(holder instanceof ReferenceArray)
        && (Memory.U.getInt(holder, base(holder) + KIND) & PRIVATE) != 0;
  }

  /** Others are about to learn of the array: from now on this node finds this token by it. */
  static void publish(Object token, Object holder) {
    if (isPrivate(holder)) {
      Handles.add(new Seen(address(holder), token), token, false);
      Memory.U.putInt(holder, base(holder) + KIND, kind(holder));
    }
  }

  /** Makes every further use of the array on this node fail. */
  static void markFreed(Object holder) {
    if (holder instanceof ReferenceArray array) {
      array.markFreed();
      return;
    }
    Memory.U.putInt(holder, base(holder) + LENGTH, FREED);
  }

  /**
   * This node's token of the shared array whose element 0 is at that address.
   *
   * @throws IllegalStateException if the array was freed
   */
  static Object at(long address) {
    Object token = known(address);
    return token != null ? token : create(address);
  }

  /** The same, or null if this node has none. */
  static Object known(long address) {
    return Handles.known(address);
  }

  private static Object create(long address) {
    if (SharedArrays.isFreed(address)) {
      throw Failures.freed(); // though a copy of its page that is here may not tell
    }
    int kind = Headers.await(address);
    if (!Kinds.isArray(kind)) {
      throw new IllegalStateException(
          "no shared array is at 0x" + Long.toHexString(SharedSpace.reference(address)));
    }
    int length = Headers.length(address);
    Object token =
        remember(make(Headers.type(address), address, length, kind), address, length, kind);
    if (SharedArrays.isFreed(address)) {
      markFreed(holder(token)); // by another node, in the meantime
      throw Failures.freed();
    }
    return token;
  }

  /**
   * The token of an array that was just made. One that nobody else needs to find is remembered when
   * it is published: a one-dimensional one of a primitive type, in no region.
   */
  static Object made(long address, int length, int kind, long type, boolean inRegion) {
    Object token = make(type, address, length, kind);
    if (inRegion || Kinds.dimensions(kind) > 1 || Kinds.isOfReferences(kind)) {
      return remember(token, address, length, kind);
    }
    any = true;
    Memory.U.putInt(token, Kinds.heapBase(kind) + KIND, kind | PRIVATE);
    Memory.U.storeFence();
    return token;
  }

  private static Object remember(Object token, long address, int length, int kind) {
    any = true;
    ReferenceArray array = null;
    if (Kinds.isOfReferences(kind)) {
      array = new ReferenceArray((Object[]) token, address, length, kind);
      TokenTable.add(array);
    }
    Memory.U.storeFence();
    Object winner = Handles.add(array == null ? new Seen(address, token) : array, token, false);
    if (winner != token && array != null) {
      TokenTable.remove(array);
    }
    return winner;
  }

  private static Object make(long type, long address, int length, int kind) {
    if (Kinds.isOfReferences(kind)) {
      Class<?> array = (Class<?>) References.decode(type, "the header of a shared array");
      return Array.newInstance(array.getComponentType(), 0);
    }
    return Kinds.dimensions(kind) == 1
        ? flat(address, length, kind)
        : nested(address, length, kind);
  }

  private static Object flat(long address, int length, int kind) {
    Object token = Array.newInstance(Kinds.primitive(kind), BYTES >> Kinds.shift(16 + (kind & 15)));
    long base = Kinds.heapBase(kind);
    Memory.U.putLong(token, base, SECRET_HIGH);
    Memory.U.putLong(token, base + 8, SECRET_LOW);
    Memory.U.putLong(token, base + ADDRESS, address);
    Memory.U.putInt(token, base + LENGTH, length);
    Memory.U.putInt(token, base + KIND, kind);
    return token;
  }

  private static Object nested(long address, int length, int kind) {
    Object marker = flat(address, length, kind);
    for (int dimensions = 2; dimensions < Kinds.dimensions(kind); dimensions++) {
      Object[] leading = (Object[]) Array.newInstance(marker.getClass(), 1);
      leading[0] = marker;
      marker = leading;
    }
    Object[] token = (Object[]) Array.newInstance(marker.getClass(), length + 1);
    token[0] = marker;
    return token;
  }

  private static long base(Object holder) {
    if (holder instanceof double[]) {
      return Memory.DOUBLE_BASE;
    } else if (holder instanceof int[]) {
      return Memory.INT_BASE;
    } else if (holder instanceof long[]) {
      return Memory.LONG_BASE;
    } else if (holder instanceof byte[]) {
      return Memory.BYTE_BASE;
    } else if (holder instanceof boolean[]) {
      return Memory.BOOLEAN_BASE;
    } else if (holder instanceof float[]) {
      return Memory.FLOAT_BASE;
    }
    return holder instanceof char[] ? Memory.CHAR_BASE : Memory.SHORT_BASE;
  }
}
