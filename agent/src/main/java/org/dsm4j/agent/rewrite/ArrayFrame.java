package org.dsm4j.agent.rewrite;

import java.util.Collections;
import java.util.function.Predicate;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.Frame;
import org.objectweb.asm.tree.analysis.Interpreter;

/**
 * A frame in which a store to a shared field publishes all copies of the value that was made here.
 */
final class ArrayFrame extends Frame<ArrayValue> {
  private final Predicate<FieldInsnNode> isShared;

  ArrayFrame(int locals, int stack, Predicate<FieldInsnNode> isShared) {
    super(locals, stack);
    this.isShared = isShared;
  }

  ArrayFrame(ArrayFrame other) {
    super(other);
    this.isShared = other.isShared;
  }

  @Override
  public void execute(AbstractInsnNode insn, Interpreter<ArrayValue> interpreter)
      throws AnalyzerException {
    ArrayValue stored = null;
    if (insn.getOpcode() == Opcodes.PUTSTATIC && isShared.test((FieldInsnNode) insn)) {
      stored = getStack(getStackSize() - 1);
    }
    super.execute(insn, interpreter);
    if (stored != null && !stored.sites().isEmpty()) {
      publish(stored);
    }
  }

  private void publish(ArrayValue stored) {
    for (int local = 0; local < getLocals(); local++) {
      if (meets(getLocal(local), stored)) {
        setLocal(local, getLocal(local).asPublished());
      }
    }
    for (int slot = 0; slot < getStackSize(); slot++) {
      if (meets(getStack(slot), stored)) {
        setStack(slot, getStack(slot).asPublished());
      }
    }
  }

  private static boolean meets(ArrayValue value, ArrayValue stored) {
    return !Collections.disjoint(value.sites(), stored.sites());
  }
}
