package org.dsm4j.internal;

import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.dsm4j.Consistency;
import org.dsm4j.DsmException;

/**
 * Strings, boxed primitives, enum constants and classes in shared references: immutable, so each
 * node makes its own objects of them. Small ones are in the reference itself (see {@link
 * References}): all of Boolean, Byte, Character, Short, Integer and Float; Long of 56 bits; Double
 * whose low 8 bits are zero; strings of up to 7 Latin-1 characters; the numbers of objects of
 * {@code java.util.concurrent}. Others are blocks with a {@link Headers header}:
 *
 * <pre>
 *   kind STRING  length = bytes of Latin-1    type = hash    the bytes
 *   kind UTF16   length = chars               type = hash    the chars
 *   kind LONG    length = 0                   type = hash    the long
 *   kind DOUBLE  length = 0                   type = hash    the bits
 *   kind CLASS   length = chars of its name   type = hash    the chars
 *   kind ENUM    length = chars of its name   type = reference of its class   hash (8), the chars
 * </pre>
 *
 * The hash is of the content, and never 0: a reader that races with the creator sees by it whether
 * all of the content has arrived.
 *
 * <p>A block is never written again, nor given back but with its region: the same string stored
 * again is the same block as long as this node remembers it; in a region, only within that. Each
 * class and constant has one block per node that stored it. Thread-safe.
 */
final class Values {
  private static final int FORM_SHIFT = 1;
  private static final int FORM_MASK = 31;
  private static final int PAYLOAD_SHIFT = 8;

  private static final int BOOLEAN = 0;
  private static final int BYTE = 1;
  private static final int CHARACTER = 2;
  private static final int SHORT = 3;
  private static final int INTEGER = 4;
  private static final int FLOAT = 5;
  private static final int LONG = 6;
  private static final int DOUBLE = 7;

  /** Of the empty string; that of a string of n characters is n more. */
  private static final int STRING = 8;

  private static final int SMALL_STRING_MAX = 7;

  /** An object of {@code java.util.concurrent}, by its number; see {@link SharedConcurrent}. */
  private static final int CONCURRENT = STRING + SMALL_STRING_MAX + 1;

  /** Strings that this node remembers the blocks of; all are forgotten when there are more. */
  private static final int STRINGS_MAX = 16_384;

  private static final int REMEMBERED_CHARACTERS_MAX = 128;

  private static final int READ_MAX = 4_096;

  /** A copy by the runtime costs as much as reading that many bytes one by one. */
  private static final int COPIED_BY_WORDS_MAX = 128;

  private static final String LATE =
      "the content of a value has not arrived; publish it under a lock";

  private static final Map<String, Long> STRINGS = new ConcurrentHashMap<>();
  private static final RecentStrings LONG_STRINGS = new RecentStrings();
  private static final AtomicReferenceArray<Read> READ = new AtomicReferenceArray<>(READ_MAX);
  private static final AtomicReferenceArray<Read> READ_BY_TEXT =
      new AtomicReferenceArray<>(READ_MAX);
  private static final Map<Long, WeakReference<?>> CONSTANTS = new ConcurrentHashMap<>();

  private static final ClassValue<Long> CLASSES =
      new ClassValue<>() {
        @Override
        protected Long computeValue(Class<?> type) {
          return makeClass(type);
        }
      };

  private static final ClassValue<Map<Object, Long>> ENUMS =
      new ClassValue<>() {
        @Override
        protected Map<Object, Long> computeValue(Class<?> type) {
          return new ConcurrentHashMap<>();
        }
      };

  private Values() {}

  /** A string that was read from a block. */
  private record Read(long address, String text) {}

  /** The reference of a value; 0 if it is none of ours. */
  static long encode(Object value) {
    if (value instanceof String text) {
      return string(text);
    } else if (value instanceof Integer number) {
      return small(INTEGER, number);
    } else if (value instanceof Long number) {
      return integer(number);
    } else if (value instanceof Double number) {
      return real(Double.doubleToRawLongBits(number));
    } else if (value instanceof Boolean flag) {
      return small(BOOLEAN, flag ? 1 : 0);
    } else if (value instanceof Character letter) {
      return small(CHARACTER, letter);
    } else if (value instanceof Enum<?> constant) {
      return constant(constant);
    } else if (value instanceof Class<?> type) {
      return CLASSES.get(type);
    } else if (value instanceof Float number) {
      return small(FLOAT, Float.floatToRawIntBits(number));
    } else if (value instanceof Byte number) {
      return small(BYTE, number);
    } else if (value instanceof Short number) {
      return small(SHORT, number);
    }
    long concurrent = SharedConcurrent.number(value);
    return concurrent == 0 ? 0 : small(CONCURRENT, concurrent);
  }

  private static long small(int form, long payload) {
    return payload << PAYLOAD_SHIFT | (long) form << FORM_SHIFT | 1;
  }

  /**
   * The value in a reference.
   *
   * @throws TornReference if nobody ever stored it
   */
  static Object decodeSmall(long reference) {
    int form = (int) (reference >> FORM_SHIFT) & FORM_MASK;
    long payload = reference >> PAYLOAD_SHIFT;
    if (!isStored(form, payload)) {
      throw new TornReference(reference);
    }
    return switch (form) {
      case BOOLEAN -> payload != 0;
      case BYTE -> (byte) payload;
      case CHARACTER -> (char) payload;
      case SHORT -> (short) payload;
      case INTEGER -> (int) payload;
      case FLOAT -> Float.intBitsToFloat((int) payload);
      case LONG -> payload;
      case DOUBLE -> Double.longBitsToDouble(payload << PAYLOAD_SHIFT);
      case CONCURRENT -> SharedConcurrent.of(payload);
      default -> smallString(form - STRING, payload);
    };
  }

  /**
   * Whether the bits that a value of the form has no use for are as {@link #encode} leaves them.
   */
  private static boolean isStored(int form, long payload) {
    return switch (form) {
      case BOOLEAN -> payload >> 1 == 0;
      case BYTE -> payload == (byte) payload;
      case CHARACTER -> payload == (char) payload;
      case SHORT -> payload == (short) payload;
      case INTEGER, FLOAT -> payload == (int) payload;
      case LONG, DOUBLE, STRING + SMALL_STRING_MAX, CONCURRENT -> true;
      default -> form < STRING + SMALL_STRING_MAX && payload >> (form - STRING << 3) == 0;
    };
  }

  private static String smallString(int length, long payload) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (payload >> (i << 3));
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static long integer(long value) {
    if (value << PAYLOAD_SHIFT >> PAYLOAD_SHIFT == value) {
      return small(LONG, value);
    }
    return number(Kinds.LONG_VALUE, value);
  }

  private static long real(long bits) {
    if ((bits & 0xff) == 0) {
      return small(DOUBLE, bits >> PAYLOAD_SHIFT);
    }
    return number(Kinds.DOUBLE_VALUE, bits);
  }

  private static long number(int kind, long bits) {
    ThreadHeap heap = ThreadHeap.current();
    long address = allocate(heap, 8);
    Memory.U.putLong(null, address, bits);
    return publish(address, kind(heap, kind), 0, hash(bits));
  }

  /** The kind of a value that is about to be made. */
  private static int kind(ThreadHeap heap, int kind) {
    return heap.region() == null ? kind : kind | Kinds.IN_REGION;
  }

  private static long string(String text) {
    int length = text.length();
    if (length <= SMALL_STRING_MAX) {
      long payload = 0;
      int seen = 0;
      for (int i = 0; i < length; i++) {
        char letter = text.charAt(i);
        seen |= letter;
        payload |= (long) (letter & 0xff) << (i << 3);
      }
      if (seen <= 0xff) {
        return small(STRING + length, payload);
      }
    }
    ThreadHeap heap = ThreadHeap.current();
    if (length > REMEMBERED_CHARACTERS_MAX) {
      return longString(heap, text);
    }
    Long known = STRINGS.get(text);
    if (known != null) {
      return known;
    }
    Read read = READ_BY_TEXT.get(slot(text));
    if (read != null && read.text.equals(text)) {
      return SharedSpace.reference(read.address);
    }
    HeapRegion region = heap.region();
    if (region != null) {
      return stringIn(region, heap, text);
    }
    long made = makeString(heap, text);
    remember(text, made);
    return made;
  }

  /** Only what lies in the region remembers the block, which is freed with it. */
  private static long stringIn(HeapRegion region, ThreadHeap heap, String text) {
    region.checkLive();
    Long known = region.string(text);
    if (known != null) {
      return known;
    }
    long made = makeString(heap, text);
    region.remember(text, made);
    return made;
  }

  private static int slot(String text) {
    int hash = text.hashCode();
    return (hash ^ hash >>> 16) & READ_MAX - 1;
  }

  private static void remember(String text, long reference) {
    if (STRINGS.size() >= STRINGS_MAX) {
      STRINGS.clear();
    }
    STRINGS.put(text, reference);
  }

  /** Remembered as long as the program has it, so that it takes no memory of this node. */
  private static long longString(ThreadHeap heap, String text) {
    Long last = LONG_STRINGS.of(text);
    if (last != null) {
      return last;
    }
    long made = makeString(heap, text);
    if (heap.region() == null) {
      LONG_STRINGS.remember(text, made);
    }
    return made;
  }

  private static long makeString(ThreadHeap heap, String text) {
    if (text.chars().allMatch(letter -> letter <= 0xff)) {
      byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
      long address = allocate(heap, bytes.length);
      Memory.copy(bytes, Memory.BYTE_BASE, null, address, bytes.length);
      return publish(address, kind(heap, Kinds.LATIN1_VALUE), bytes.length, hash(text));
    }
    return chars(heap, text, kind(heap, Kinds.UTF16_VALUE));
  }

  private static long chars(ThreadHeap heap, String text, int kind) {
    long address = allocate(heap, 2L * text.length());
    putChars(text, address);
    return publish(address, kind, text.length(), hash(text));
  }

  private static void putChars(String text, long address) {
    char[] chars = text.toCharArray();
    Memory.copy(chars, Memory.CHAR_BASE, null, address, 2L * chars.length);
  }

  private static long makeClass(Class<?> type) {
    Loaders.learn(type);
    Loaders.find(type.getName()); // or it is not the only one of its name
    try (RegionScope outside = new RegionScope(null)) {
      long reference = chars(ThreadHeap.current(), type.getName(), Kinds.CLASS_VALUE);
      CONSTANTS.put(SharedSpace.address(reference), new WeakReference<>(type));
      return reference;
    }
  }

  private static long constant(Enum<?> constant) {
    Class<?> type = constant.getDeclaringClass();
    return ENUMS.get(type).computeIfAbsent(constant, key -> makeConstant(type, constant));
  }

  private static long makeConstant(Class<?> type, Enum<?> constant) {
    String name = constant.name();
    long typeReference = CLASSES.get(type);
    try (RegionScope outside = new RegionScope(null)) {
      long address = allocate(ThreadHeap.current(), 8 + 2L * name.length());
      Memory.U.putLong(null, address, hash(name));
      putChars(name, address + 8);
      return publish(address, Kinds.ENUM_VALUE, name.length(), typeReference);
    }
  }

  private static long allocate(ThreadHeap heap, long bytes) {
    return heap.allocate(Headers.BYTES + Math.max(bytes, 8), Consistency.RELEASE) + Headers.BYTES;
  }

  private static long publish(long address, int kind, int length, long type) {
    Headers.write(address, kind, length, type);
    return SharedSpace.reference(address);
  }

  private static long hash(String text) {
    return text.hashCode() | 1L << 32;
  }

  private static long hash(long bits) {
    return bits * 0x9E37_79B9_7F4A_7C15L | 1;
  }

  /** The value of a block whose header has come. */
  static Object decodeBlock(long address, int kind) {
    return switch (kind & ~Kinds.IN_REGION) {
      case Kinds.LATIN1_VALUE, Kinds.UTF16_VALUE -> readString(address, kind);
      case Kinds.LONG_VALUE -> readNumber(address);
      case Kinds.DOUBLE_VALUE -> Double.longBitsToDouble(readNumber(address));
      case Kinds.CLASS_VALUE -> readClass(address);
      case Kinds.ENUM_VALUE -> readConstant(address);
      default ->
          throw new DsmException(
              "a shared reference names nothing that this version knows (kind "
                  + kind
                  + " at 0x"
                  + Long.toHexString(SharedSpace.reference(address))
                  + "); use the same dsm-agent.jar on all nodes");
    };
  }

  private static String readString(long address, int kind) {
    int slot = (int) (address >>> 4) & READ_MAX - 1;
    Read known = READ.get(slot);
    if (known != null && known.address == address) {
      return known.text;
    }
    boolean isReusable = (kind & Kinds.IN_REGION) == 0;
    int length = Headers.length(address);
    String text =
        arrived(
            address,
            address,
            length,
            (kind & ~Kinds.IN_REGION) == Kinds.LATIN1_VALUE,
            Headers.type(address));
    if (!isReusable) {
      return text;
    }
    if (length <= REMEMBERED_CHARACTERS_MAX) {
      Read read = new Read(address, text);
      READ.set(slot, read);
      READ_BY_TEXT.set(slot(text), read);
    } else {
      LONG_STRINGS.remember(text, SharedSpace.reference(address));
    }
    return text;
  }

  private static long readNumber(long address) {
    long start = System.nanoTime();
    while (true) {
      long bits = Memory.U.getLong(null, address);
      if (hash(bits) == Headers.type(address)) {
        return bits;
      }
      Headers.refreshOrFail(address, 8, start, LATE);
    }
  }

  private static Class<?> readClass(long address) {
    if (constantAt(address) instanceof Class<?> known) {
      return known;
    }
    String name = arrived(address, address, Headers.length(address), false, Headers.type(address));
    Class<?> type = Loaders.find(name);
    CONSTANTS.put(address, new WeakReference<>(type));
    return type;
  }

  private static Object constantAt(long address) {
    WeakReference<?> known = CONSTANTS.get(address);
    return known == null ? null : known.get();
  }

  private static Object readConstant(long address) {
    Object known = constantAt(address);
    if (known != null) {
      return known;
    }
    long start = System.nanoTime();
    long hash = Memory.U.getLong(null, address);
    while (hash == 0) {
      Headers.refreshOrFail(address, 8, start, LATE);
      hash = Memory.U.getLong(null, address);
    }
    String name = arrived(address, address + 8, Headers.length(address), false, hash);
    Class<?> type = (Class<?>) References.decode(Headers.type(address), "a shared enum constant");
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(name)) {
        CONSTANTS.put(address, new WeakReference<>(constant));
        return constant;
      }
    }
    throw new DsmException(
        "enum "
            + type.getName()
            + " has no constant "
            + name
            + " on node "
            + Runtimes.current().node()
            + ", but another node stored it; run the same program on all nodes");
  }

  /** The characters at {@code from}, once they have the hash that the header tells. */
  private static String arrived(long address, long from, int length, boolean latin1, long hash) {
    long start = System.nanoTime();
    while (true) {
      String text = latin1 ? latin1(from, length) : utf16(from, length);
      if (hash(text) == hash) {
        return text;
      }
      Headers.refreshOrFail(address, from - address + 2L * length, start, LATE);
    }
  }

  private static String latin1(long from, int length) {
    byte[] bytes = new byte[length];
    if (length > COPIED_BY_WORDS_MAX) {
      Memory.copy(null, from, bytes, Memory.BYTE_BASE, length);
    } else {
      int done = 0;
      for (; done + 8 <= length; done += 8) {
        Memory.U.putLong(bytes, Memory.BYTE_BASE + done, Memory.U.getLong(null, from + done));
      }
      for (; done < length; done++) {
        bytes[done] = Memory.U.getByte(null, from + done);
      }
    }
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static String utf16(long from, int length) {
    char[] chars = new char[length];
    Memory.copy(null, from, chars, Memory.CHAR_BASE, 2L * length);
    return new String(chars);
  }
}
