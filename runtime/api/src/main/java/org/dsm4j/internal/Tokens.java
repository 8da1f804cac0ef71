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

  /** The JVM's bound. */
  private static final int DIMENSIONS_MAX = 255;

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
    return Memory.U.getInt(holder, base(holder) + KIND);
  }

  /** Makes every further use of the array on this node fail. */
  static void markFreed(Object holder) {
    if (holder instanceof ReferenceArray array) {
      array.markFreed();
      return;
    }
    Memory.U.putInt(holder, base(holder) + LENGTH, FREED);
  }

  /** The same for all arrays in a range of memory. */
  static void markFreed(long address, long bytes) {
    if (bytes / Headers.BYTES < TOKENS.size()) {
      for (long at = address; at < address + bytes; at += Headers.BYTES) {
        markFreed(TOKENS.get(at));
      }
      return;
    }
    TOKENS.forEach(
        (at, token) -> {
          if (at - address >= 0 && at - address < bytes) {
            markFreed(token);
          }
        });
  }

  private static void markFreed(TokenReference reference) {
    Object token = reference == null ? null : reference.get();
    if (token != null) {
      markFreed(holder(token));
    }
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
    if (SharedArrays.isFreed(address)) {
      throw Failures.freed(); // though a copy of its page that is here may not tell
    }
    any = true;
    int kind = Headers.await(address);
    if (!Kinds.isArray(kind)) {
      throw new IllegalStateException(
          "no shared array is at 0x" + Long.toHexString(SharedSpace.reference(address)));
    }
    int length = Headers.length(address);
    Object token = make(Headers.type(address), address, length, kind);
    TokenReference fresh =
        Kinds.isOfReferences(kind)
            ? new ReferenceArray((Object[]) token, GONE, address, length, kind)
            : new TokenReference(token, GONE, address);
    Memory.U.storeFence();
    Object[] winner = {token};
    TOKENS.compute(
        address,
        (key, old) -> {
          Object earlier = old == null ? null : old.get();
          if (earlier != null) {
            winner[0] = earlier;
            return old;
          }
          if (fresh instanceof ReferenceArray array) {
            TokenTable.add(array);
          }
          return fresh;
        });
    expunge();
    if (SharedArrays.isFreed(address)) {
      markFreed(holder(winner[0])); // by another node, in the meantime
      throw Failures.freed();
    }
    return winner[0];
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

  private static void expunge() {
    for (Object gone = GONE.poll(); gone != null; gone = GONE.poll()) {
      TokenReference reference = (TokenReference) gone;
      TOKENS.remove(reference.address, reference);
      if (reference instanceof ReferenceArray array) {
        TokenTable.remove(array);
      }
    }
  }

  /** A token, as long as anybody uses it. */
  static class TokenReference extends WeakReference<Object> {
    final long address;

    TokenReference(Object token, ReferenceQueue<Object> gone, long address) {
      super(token, gone);
      this.address = address;
    }
  }
}
