package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * A field as its class file declares it.
 *
 * @param owner internal name of the class that declares it
 * @param shared whether it is marked {@code @Shared}
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

  Type type() {
    return Type.getType(descriptor);
  }

  /** Whether it holds a lock object: the field stays an ordinary one. */
  boolean isLock() {
    return shared && descriptor.equals(Names.OBJECT_DESCRIPTOR);
  }

  /** A constant of the program: the same on every node without being shared. */
  boolean isConstant() {
    return isFinal() && constant != null;
  }

  /** Whether its value is in shared memory. */
  boolean isInSharedMemory() {
    return shared && isStatic() && !isLock() && !isConstant();
  }
}
