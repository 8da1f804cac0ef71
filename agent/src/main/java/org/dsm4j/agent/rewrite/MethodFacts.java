package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;

/** A method as its class file declares it. */
record MethodFacts(String name, String descriptor, int access) {
  boolean isAbstract() {
    return (access & Opcodes.ACC_ABSTRACT) != 0;
  }

  boolean isNative() {
    return (access & Opcodes.ACC_NATIVE) != 0;
  }

  boolean isStatic() {
    return (access & Opcodes.ACC_STATIC) != 0;
  }

  boolean isSynchronized() {
    return (access & Opcodes.ACC_SYNCHRONIZED) != 0;
  }
}
