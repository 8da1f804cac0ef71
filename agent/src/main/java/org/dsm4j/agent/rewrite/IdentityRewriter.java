package org.dsm4j.agent.rewrite;

import java.util.List;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * {@code System.identityHashCode}, and Object's own {@code hashCode} and {@code clone} where they
 * are called by {@code super}, in every class of the program: a shared class may extend it, and the
 * hash code of a shared instance is the same on every node (rule 6), its clone an object of its
 * own.
 */
final class IdentityRewriter {
  private static final String METHOD = "identityHashCode";

  /** What is redirected wherever it is called. */
  static final List<MethodPattern> CALLED = MethodPattern.of("java/lang/System", METHOD);

  /** What is redirected where it is called by {@code super}. */
  static final List<MethodPattern> CALLED_BY_SUPER =
      MethodPattern.of(Names.OBJECT, "hashCode", "clone");

  private IdentityRewriter() {}

  /** Whether calls of that method are redirected. */
  static boolean concerns(String owner, String name) {
    return MethodPattern.matchAny(CALLED, owner, name);
  }

  /** Whether that is a method of Object that a class may call by {@code super}. */
  static boolean isObjects(String owner, String name) {
    return MethodPattern.matchAny(CALLED_BY_SUPER, owner, name);
  }

  /** Rewrites the method; whether it had to. */
  static boolean rewrite(MethodNode method) {
    boolean changed = false;
    for (AbstractInsnNode insn : method.instructions.toArray()) {
      if (insn instanceof MethodInsnNode call && concerns(call.owner, call.name)) {
        call.owner = Names.INSTANCES;
        changed = true;
      } else if (insn.getOpcode() == Opcodes.INVOKESPECIAL
          && isObjects(((MethodInsnNode) insn).owner, ((MethodInsnNode) insn).name)) {
        bySuper(method, (MethodInsnNode) insn);
        changed = true;
      } else if (insn instanceof InvokeDynamicInsnNode call) {
        changed |= references(call);
      }
    }
    return changed;
  }

  private static void bySuper(MethodNode method, MethodInsnNode call) {
    if (call.name.equals("clone")) {
      method.instructions.insert(
          call,
          Instructions.call(Names.INSTANCES, "cloned", "(Ljava/lang/Object;)Ljava/lang/Object;"));
    } else {
      method.instructions.set(
          call, Instructions.call(Names.INSTANCES, METHOD, "(Ljava/lang/Object;)I"));
    }
  }

  private static boolean references(InvokeDynamicInsnNode call) {
    boolean changed = false;
    for (int i = 0; i < call.bsmArgs.length; i++) {
      if (call.bsmArgs[i] instanceof Handle handle
          && concerns(handle.getOwner(), handle.getName())) {
        call.bsmArgs[i] =
            new Handle(Opcodes.H_INVOKESTATIC, Names.INSTANCES, METHOD, handle.getDesc(), false);
        changed = true;
      }
    }
    return changed;
  }
}
