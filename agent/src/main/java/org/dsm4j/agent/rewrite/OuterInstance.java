package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InnerClassNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * The reference of an inner class to the instance it was made by ({@code this$0}). javac up to 17
 * keeps it also where nobody reads it: then an inner class that is shared may be made by an object
 * that is not, and the field stays an ordinary one.
 */
final class OuterInstance {
  private OuterInstance() {}

  /** Whether the field refers to an outer instance that is not shared, and nobody reads it. */
  static boolean isUnused(FieldFacts field, ClassLookup lookup) {
    return is(field)
        && !lookup.isSharedClass(field.type().getInternalName())
        && !isRead(field, lookup);
  }

  /** Whether the field refers to an outer instance. */
  static boolean is(FieldFacts field) {
    return field.name().startsWith("this$")
        && (field.access() & Opcodes.ACC_SYNTHETIC) != 0
        && field.descriptor().startsWith("L");
  }

  private static boolean isRead(FieldFacts field, ClassLookup lookup) {
    ClassNode owner = lookup.code(field.owner());
    if (owner == null || reads(owner, field)) {
      return true;
    }
    for (InnerClassNode inner : owner.innerClasses) {
      if (inner.name.startsWith(field.owner() + "$")) {
        ClassNode nested = lookup.code(inner.name);
        if (nested == null || reads(nested, field)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean reads(ClassNode node, FieldFacts field) {
    for (MethodNode method : node.methods) {
      for (AbstractInsnNode insn : method.instructions) {
        if (insn.getOpcode() == Opcodes.GETFIELD
            && ((FieldInsnNode) insn).name.equals(field.name())
            && ((FieldInsnNode) insn).owner.equals(field.owner())) {
          return true;
        }
      }
    }
    return false;
  }
}
