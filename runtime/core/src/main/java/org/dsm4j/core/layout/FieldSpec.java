package org.dsm4j.core.layout;

import java.util.Objects;

/**
 * A shared static field as the class declares it.
 *
 * @param name its name in the layout (its own, or the one the annotation gives)
 * @param descriptor its type as in the class file: {@code I}, {@code [D}, {@code
 *     Ljava/lang/String;}
 * @param isVolatile whether it is volatile
 */
public record FieldSpec(String name, String descriptor, boolean isVolatile) {
  /** Checks that the descriptor is one of a field. */
  public FieldSpec {
    Objects.requireNonNull(name, "name");
    sizeOf(descriptor);
  }

  /** Bytes that the field takes in shared memory; a reference is an 8-byte offset. */
  public int size() {
    return sizeOf(descriptor);
  }

  private static int sizeOf(String descriptor) {
    if (descriptor.isEmpty()) {
      throw new IllegalArgumentException("an empty field descriptor");
    }
    return switch (descriptor.charAt(0)) {
      case 'Z', 'B' -> 1;
      case 'S', 'C' -> 2;
      case 'I', 'F' -> 4;
      case 'J', 'D', 'L', '[' -> 8;
      default -> throw new IllegalArgumentException("not a field descriptor: " + descriptor);
    };
  }
}
