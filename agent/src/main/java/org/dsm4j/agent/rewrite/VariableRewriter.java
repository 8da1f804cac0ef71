package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Frame;

/**
 * Stores into local variables marked {@code @Shared}: a heap array from elsewhere is refused there
 * (rule 5).
 */
final class VariableRewriter implements InstructionRewriter {
  private final MethodContext context;

  VariableRewriter(MethodContext context) {
    this.context = context;
  }

  @Override
  public boolean rewrite(AbstractInsnNode insn, Frame<ArrayValue> frame) {
    if (insn.getOpcode() != Opcodes.ASTORE) {
      return false;
    }
    ArrayValue value = MethodAnalysis.peek(frame, 0);
    if (context.analysis.storesToMarkedLocal((VarInsnNode) insn)
        && !value.sure()
        && !value.isNull()) {
      context.before(
          insn,
          new InsnNode(Opcodes.DUP),
          new LdcInsnNode("a local variable of " + context.name()),
          Instructions.call(
              Names.ESCAPES, "requireShared", "(Ljava/lang/Object;Ljava/lang/String;)V"));
    }
    return true;
  }
}
