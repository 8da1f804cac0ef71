package org.dsm4j.internal;

import java.util.Objects;
import org.dsm4j.Consistency;

/**
 * A static field that is one for the whole cluster. Immutable.
 *
 * @param name the field's name in its class
 * @param descriptor its type as in the class file
 * @param sharedName its cluster-wide name if the program gave it one, else ""
 * @param isVolatile whether it is volatile
 * @param isLock whether it holds a lock object: such a field stays an ordinary one, and the
 *     object's monitor is the cluster's
 */
public record StaticField(
    String name, String descriptor, String sharedName, boolean isVolatile, boolean isLock) {

  public StaticField {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(sharedName, "sharedName");
  }

  /** Bytes it takes in shared memory. */
  int bytes() {
    return switch (descriptor.charAt(0)) {
      case 'Z', 'B' -> 1;
      case 'S', 'C' -> 2;
      case 'I', 'F' -> 4;
      default -> 8;
    };
  }

  /** What it promises: of the plain ones only what happens-before orders. */
  Consistency mode() {
    return isVolatile ? Consistency.SEQUENTIAL : Consistency.RELEASE;
  }

  boolean isReference() {
    return descriptor.charAt(0) == '[' || descriptor.charAt(0) == 'L';
  }

  /** How the field is named and typed in a fingerprint. */
  String signature() {
    return (isVolatile ? "volatile " : "") + descriptor + " " + name;
  }
}
