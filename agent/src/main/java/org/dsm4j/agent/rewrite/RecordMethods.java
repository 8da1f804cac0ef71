package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Method handles of fields of shared instances, as the {@code equals}, {@code hashCode} and {@code
 * toString} of a record have them: become handles of the accessors.
 */
final class RecordMethods {
  private RecordMethods() {}

  static void rewrite(ClassLookup lookup, MethodNode method) {
    for (AbstractInsnNode insn : method.instructions) {
      if (insn instanceof InvokeDynamicInsnNode call) {
        for (int i = 0; i < call.bsmArgs.length; i++) {
          if (call.bsmArgs[i] instanceof Handle handle && handle.getTag() == Opcodes.H_GETFIELD) {
            call.bsmArgs[i] = accessor(lookup, handle);
          }
        }
      }
    }
  }

  private static Handle accessor(ClassLookup lookup, Handle getter) {
    FieldFacts field = lookup.field(getter.getOwner(), getter.getName(), getter.getDesc());
    if (field == null || !field.isInSharedMemory()) {
      return getter;
    }
    return new Handle(
        Opcodes.H_INVOKESTATIC,
        getter.getOwner(),
        SharedClassWriter.getter(field.name()),
        "(L" + field.owner() + ";)" + getter.getDesc(),
        false);
  }
}
