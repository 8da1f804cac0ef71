package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * A field as its class file declares it.
 *
 * @param owner internal name of the class that declares it
 * @param shared whether it is marked {@code @Shared}, or (as {@link ClassLookup#field} tells it) an
 *     instance field of a shared class
 * @param sharedName the annotation's name, or ""
 * @param constant the value of its ConstantValue attribute, or null
 */
record FieldFacts(
    String owner,
    String name,
    String descriptor,
    int access,
    boolean shared,
    String sharedName,
    Object constant) {

  boolean isStatic() {
    return (access & Opcodes.ACC_STATIC) != 0;
  }

  boolean isFinal() {
    return (access & Opcodes.ACC_FINAL) != 0;
  }

  boolean isVolatile() {
    return (access & Opcodes.ACC_VOLATILE) != 0;
  }

  boolean isTransient() {
    return (access & Opcodes.ACC_TRANSIENT) != 0;
  }

  /** The same field, of a shared class. */
  FieldFacts asShared() {
    return new FieldFacts(owner, name, descriptor, access, true, sharedName, constant);
  }

  /** The same field, each node having its own. */
  FieldFacts asTransient() {
    return new FieldFacts(
        owner, name, descriptor, access | Opcodes.ACC_TRANSIENT, true, sharedName, constant);
  }

  /**
   * Whether the compiler made it for itself: the table of a switch, the constants of an enum. Such
   * a field holds no shared array.
   */
  boolean isCompilers() {
    return isStatic() && (access & Opcodes.ACC_SYNTHETIC) != 0;
  }

  Type type() {
    return Type.getType(descriptor);
  }

  /**
   * Whether it holds a lock object, or one of {@code java.util.concurrent}: the field stays an
   * ordinary one.
   */
  boolean isLock() {
    return shared
        && isStatic()
        && isFinal()
        && (descriptor.equals(Names.OBJECT_DESCRIPTOR) || isConcurrent());
  }

  /** Whether its type is one of {@code java.util.concurrent} that a shared field may hold. */
  boolean isConcurrent() {
    return ConcurrentRewriter.isHeldBy(descriptor);
  }

  /** A constant of the program: the same on every node without being shared. */
  boolean isConstant() {
    return isStatic() && isFinal() && constant != null;
  }

  /**
   * Whether its value is in shared memory: that of a static, or of an instance of a shared class.
   */
  boolean isInSharedMemory() {
    return shared && !isLock() && !isConstant() && (isStatic() || !isTransient());
  }
}
