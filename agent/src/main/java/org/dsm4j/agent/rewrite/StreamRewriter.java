package org.dsm4j.agent.rewrite;

import java.util.List;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;

/**
 * Java serialization in every class of the program (rule 11): its streams are of a class of ours,
 * which refuses a shared array wherever it comes by one, as in a field of what is written.
 */
final class StreamRewriter {
  private static final String STREAM = "java/io/ObjectOutputStream";
  private static final String OURS = Names.BRIDGE + "SharedObjectOutputStream";

  /** What is redirected. */
  static final List<MethodPattern> CALLED = MethodPattern.of(STREAM, "<init>");

  private StreamRewriter() {}

  /** Whether calls of that method are redirected. */
  static boolean concerns(String owner, String name) {
    return MethodPattern.matchAny(CALLED, owner, name);
  }

  /** Rewrites the method, and what its class extends; whether it had to. */
  static boolean rewrite(ClassNode in, MethodNode method) {
    boolean changed = false;
    for (AbstractInsnNode insn : method.instructions) {
      if (insn.getOpcode() == Opcodes.NEW && ((TypeInsnNode) insn).desc.equals(STREAM)) {
        ((TypeInsnNode) insn).desc = OURS;
        changed = true;
      } else if (insn instanceof MethodInsnNode call && concerns(call.owner, call.name)) {
        call.owner = OURS;
        changed = true;
      }
    }
    if (changed && in.superName.equals(STREAM)) {
      in.superName = OURS;
    }
    return changed;
  }
}
