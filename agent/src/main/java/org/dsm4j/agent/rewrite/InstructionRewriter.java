package org.dsm4j.agent.rewrite;

import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.analysis.Frame;

/** Rewrites the instructions of one sort. */
interface InstructionRewriter {
  /**
   * Rewrites the instruction if it is of this sort.
   *
   * @param frame the state before it
   * @return whether it was: no other rewriter is asked then
   */
  boolean rewrite(AbstractInsnNode insn, Frame<ArrayValue> frame);
}
