package org.dsm4j.internal;

/**
 * The kinds of shared arrays, as the word in an array's header tells them: {@code dimensions * 16 +
 * element}, where element is the operand that the JVM's {@code newarray} instruction has for the
 * primitive type (JVMS 6.5).
 */
final class Kinds {
  static final int BOOLEAN = 4;
  static final int CHAR = 5;
  static final int FLOAT = 6;
  static final int DOUBLE = 7;
  static final int BYTE = 8;
  static final int SHORT = 9;
  static final int INT = 10;
  static final int LONG = 11;

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
  private static final int[] SHIFTS = {0, 0, 0, 0, 0, 1, 2, 3, 0, 1, 2, 3};
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

  /** The kind of a shared array of that class, or 0 if arrays of that class cannot be shared. */
  static int of(Class<?> array) {
    Class<?> component = array.getComponentType();
    if (component == null) {
      return 0;
    }
    if (component.isPrimitive()) {
      return 16 + element(component);
    }
    Class<?> element = component.getComponentType();
    return element != null && element.isPrimitive() ? 32 + element(element) : 0;
  }

  static boolean valid(int kind) {
    int dimensions = kind >> 4;
    int element = kind & 15;
    return (dimensions == 1 || dimensions == 2) && element >= BOOLEAN && element <= LONG;
  }

  static int dimensions(int kind) {
    return kind >> 4;
  }

  /** The primitive type at the bottom. */
  static Class<?> primitive(int kind) {
    return TYPES[kind & 15];
  }

  /** Binary logarithm of the size of an element: of the primitive, or of a reference to a row. */
  static int shift(int kind) {
    return kind >> 4 > 1 ? REFERENCE_SHIFT : SHIFTS[kind & 15];
  }

  /** Offset of element 0 of a heap array of the primitive. */
  static long heapBase(int kind) {
    return BASES[kind & 15];
  }

  /** The type as Java writes it: "double[][]". */
  static String name(int kind) {
    return primitive(kind).getName() + "[]".repeat(dimensions(kind));
  }

  private static int element(Class<?> primitive) {
    for (int code = BOOLEAN; code <= LONG; code++) {
      if (TYPES[code] == primitive) {
        return code;
      }
    }
    throw new IllegalArgumentException("not an element type: " + primitive);
  }
}
