package org.dsm4j.internal;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.lang.reflect.Array;
import java.security.SecureRandom;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What stands for a shared array where Java demands a genuine one: a small heap array of the same
 * class, one per address on a node, so that {@code ==} is right.
 *
 * <p>A one-dimensional token has 32 bytes of elements, which rewritten code never reads as such:
 *
 * <pre>
 *   0 secret (16 bytes, random, per process)   16 address of element 0   24 length, -1 when freed   28 kind
 * </pre>
 *
 * A token of an array of arrays of length n has n + 1 elements: the first is a one-dimensional
 * token that holds the above for it, the others cache the tokens of its rows. An ordinary array is
 * mistaken for neither: the secret never leaves tokens.
 *
 * <p>Thread-safe.
 */
final class Tokens {
  static final int BYTES = 32;
  static final int ADDRESS = 16;
  static final int LENGTH = 24;
  static final int KIND = 28;

  /** The length of a freed array: no index is within it. */
  static final int FREED = -1;

  static final long SECRET_HIGH;
  static final long SECRET_LOW;

  private static final ConcurrentHashMap<Long, TokenReference> TOKENS = new ConcurrentHashMap<>();
  private static final ReferenceQueue<Object> GONE = new ReferenceQueue<>();

  static {
    SecureRandom random = new SecureRandom();
    SECRET_HIGH = random.nextLong();
    SECRET_LOW = random.nextLong();
  }

  private Tokens() {}

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

  /**
   * The one-dimensional token that describes the shared array: the object itself or its first
   * element; null if not shared.
   */
  static Object holder(Object object) {
    if (object instanceof Object[] rows) {
      return marker(rows);
    }
    return isFlat(object) ? object : null;
  }

  /** The token that describes a shared array of arrays, or null if it is an ordinary array. */
  static Object marker(Object[] rows) {
    if (rows.length == 0) {
      return null;
    }
    Object first = rows[0];
    return isFlat(first) && kind(first) >= 32 ? first : null;
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
    return Memory.U.getLong(holder, base(holder) + ADDRESS);
  }

  /** The length, of a holder; {@link #FREED} if it was freed. */
  static int length(Object holder) {
    return Memory.U.getInt(holder, base(holder) + LENGTH);
  }

  /** The kind, of a holder. */
  static int kind(Object holder) {
    return Memory.U.getInt(holder, base(holder) + KIND);
  }

  /** Makes every further use of the array on this node fail. */
  static void markFreed(Object holder) {
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
    TokenReference known = TOKENS.get(address);
    return known == null ? null : known.get();
  }

  private static Object create(long address) {
    int length = SharedArrays.length(address);
    int kind = SharedArrays.kind(address);
    if (!Kinds.valid(kind)) {
      throw new IllegalStateException(
          "the shared array at 0x"
              + Long.toHexString(address)
              + " was freed; do not use it after Dsm.free");
    }
    Object fresh =
        Kinds.dimensions(kind) == 1 ? flat(address, length, kind) : nested(address, length, kind);
    Memory.U.storeFence();
    Object[] winner = {fresh};
    TOKENS.compute(
        address,
        (key, old) -> {
          Object earlier = old == null ? null : old.get();
          if (earlier != null) {
            winner[0] = earlier;
            return old;
          }
          return new TokenReference(fresh, address);
        });
    expunge();
    return winner[0];
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
    Object[] token = (Object[]) Array.newInstance(Kinds.primitive(kind).arrayType(), length + 1);
    token[0] = flat(address, length, kind);
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

  private static void expunge() {
    for (Object gone = GONE.poll(); gone != null; gone = GONE.poll()) {
      TokenReference reference = (TokenReference) gone;
      TOKENS.remove(reference.address, reference);
    }
  }

  private static final class TokenReference extends WeakReference<Object> {
    final long address;

    TokenReference(Object token, long address) {
      super(token, GONE);
      this.address = address;
    }
  }
}
