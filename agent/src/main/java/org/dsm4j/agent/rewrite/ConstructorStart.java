package org.dsm4j.agent.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Analyzer;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.Frame;
import org.objectweb.asm.tree.analysis.SourceInterpreter;
import org.objectweb.asm.tree.analysis.SourceValue;

/**
 * A constructor up to its call of another: what it assigns to {@code this} before.
 *
 * @param superCall the call of {@code super(...)}; null if it calls {@code this(...)}
 * @param assignments the assignments of fields of its own class before that
 */
record ConstructorStart(MethodInsnNode superCall, List<FieldInsnNode> assignments) {
  static ConstructorStart of(String owner, String superName, MethodNode constructor) {
    Frame<SourceValue>[] frames;
    try {
      frames = new Analyzer<>(new SourceInterpreter()).analyze(owner, constructor);
    } catch (AnalyzerException unreadable) {
      return new ConstructorStart(null, List.of());
    }
    List<FieldInsnNode> assignments = new ArrayList<>();
    int index = 0;
    for (AbstractInsnNode insn : constructor.instructions) {
      Frame<SourceValue> frame = frames[index++];
      if (frame == null) {
        continue;
      }
      if (insn instanceof FieldInsnNode store
          && insn.getOpcode() == Opcodes.PUTFIELD
          && store.owner.equals(owner)
          && isThis(frame, 1)) {
        assignments.add(store);
      } else if (insn instanceof MethodInsnNode call
          && insn.getOpcode() == Opcodes.INVOKESPECIAL
          && call.name.equals("<init>")
          && isThis(frame, Type.getArgumentTypes(call.desc).length)) {
        return new ConstructorStart(call.owner.equals(superName) ? call : null, assignments);
      }
    }
    return new ConstructorStart(null, List.of());
  }

  private static boolean isThis(Frame<SourceValue> frame, int depth) {
    Set<AbstractInsnNode> sources = frame.getStack(frame.getStackSize() - 1 - depth).insns;
    return sources.size() == 1
        && sources.iterator().next() instanceof VarInsnNode load
        && load.getOpcode() == Opcodes.ALOAD
        && load.var == 0;
  }
}
