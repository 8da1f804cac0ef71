package org.dsm4j.internal;

import java.util.Objects;

/**
 * A field of a shared class that lies in shared memory. Immutable.
 *
 * @param owner name of the class that declares it, with dots
 * @param name its name
 * @param descriptor its type as in the class file
 * @param isVolatile whether it is volatile
 * @param isFinal whether it is final
 * @param offset from the instance's address, in bytes
 */
public record InstanceField(
    String owner, String name, String descriptor, boolean isVolatile, boolean isFinal, int offset) {

  public InstanceField {
    Objects.requireNonNull(owner, "owner");
    Objects.requireNonNull(name, "name");
  }

  /** Bytes that a field of that type takes in shared memory. */
  public static int bytes(String descriptor) {
    return switch (descriptor.charAt(0)) {
      case 'Z', 'B' -> 1;
      case 'S', 'C' -> 2;
      case 'I', 'F' -> 4;
      default -> 8;
    };
  }

  boolean isReference() {
    return descriptor.charAt(0) == 'L' || descriptor.charAt(0) == '[';
  }

  /** How the field is named, typed and placed in a fingerprint. */
  String signature() {
    return (isVolatile ? "volatile " : "") + descriptor + " " + name + "@" + offset;
  }
}
