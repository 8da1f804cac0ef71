package org.dsm4j.internal;

/**
 * What lies at a shared address, as the word in its header tells ({@link Headers}). Arrays: {@code
 * dimensions * 16 + element}, where element is the operand that the JVM's {@code newarray}
 * instruction has for the primitive type (JVMS 6.5), or {@link #REFERENCE}. Anything else: below
 * 16. 0: nothing has arrived.
 */
final class Kinds {
  /** Of what was freed. */
  static final int FREED = -1;

  /** An instance of a shared class. */
  static final int INSTANCE = 1;

  /** A flag beside the kind of a value: it lies in a region, and must not be used for others. */
  static final int IN_REGION = 1 << 30;

  static final int LATIN1_VALUE = 2;
  static final int UTF16_VALUE = 3;
  static final int LONG_VALUE = 4;
  static final int DOUBLE_VALUE = 5;
  static final int CLASS_VALUE = 6;
  static final int ENUM_VALUE = 7;

  static final int BOOLEAN = 4;
  static final int CHAR = 5;
  static final int FLOAT = 6;
  static final int DOUBLE = 7;
  static final int BYTE = 8;
  static final int SHORT = 9;
  static final int INT = 10;
  static final int LONG = 11;

  /** Anything that is no primitive: the array's class is told by its header's type. */
  static final int REFERENCE = 12;

  /** Bytes of a reference in shared memory: an offset from the space's base. */
  static final int REFERENCE_SHIFT = 3;

  private static final Class<?>[] TYPES = {
    null,
    null,
    null,
    null,
    boolean.class,
    char.class,
    float.class,
    double.class,
    byte.class,
    short.class,
    int.class,
    long.class
  };
  private static final int[] SHIFTS = {0, 0, 0, 0, 0, 1, 2, 3, 0, 1, 2, 3, REFERENCE_SHIFT};
  private static final long[] BASES = {
    0,
    0,
    0,
    0,
    Memory.BOOLEAN_BASE,
    Memory.CHAR_BASE,
    Memory.FLOAT_BASE,
    Memory.DOUBLE_BASE,
    Memory.BYTE_BASE,
    Memory.SHORT_BASE,
    Memory.INT_BASE,
    Memory.LONG_BASE
  };

  private Kinds() {}

  /** The kind of shared arrays of that class. */
  static int of(Class<?> array) {
    int dimensions = 0;
    Class<?> element = array;
    while (element.isArray()) {
      element = element.getComponentType();
      dimensions++;
    }
    return dimensions << 4 | (element.isPrimitive() ? element(element) : REFERENCE);
  }

  static boolean isArray(int kind) {
    int element = kind & 15;
    return kind >= 16 && element >= BOOLEAN && element <= REFERENCE;
  }

  /** Whether its elements are references to what is no array of primitives in the end. */
  static boolean isOfReferences(int kind) {
    return (kind & 15) == REFERENCE;
  }

  static int dimensions(int kind) {
    return kind >> 4;
  }

  /** The primitive type at the bottom, of a kind that has one. */
  static Class<?> primitive(int kind) {
    return TYPES[kind & 15];
  }

  /** Binary logarithm of the size of an element: of the primitive, or of a reference. */
  static int shift(int kind) {
    return kind >> 4 > 1 ? REFERENCE_SHIFT : SHIFTS[kind & 15];
  }

  /** Offset of element 0 of a heap array of the primitive. */
  static long heapBase(int kind) {
    return BASES[kind & 15];
  }

  private static int element(Class<?> primitive) {
    for (int code = BOOLEAN; code <= LONG; code++) {
      if (TYPES[code] == primitive) {
        return code;
      }
    }
    throw new IllegalArgumentException("not an element type: " + primitive.getName());
  }
}
