package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.analysis.SourceInterpreter;
import org.objectweb.asm.tree.analysis.SourceValue;

/**
 * Which instruction brought each value to the stack, as the JVM asks when it explains a
 * NullPointerException (JEP 358): what copies a value is not its source. A parameter that was never
 * assigned has none.
 */
final class NullSources extends SourceInterpreter {
  NullSources() {
    super(Opcodes.ASM9);
  }

  @Override
  public SourceValue copyOperation(AbstractInsnNode insn, SourceValue value) {
    return switch (insn.getOpcode()) {
      case Opcodes.ILOAD,
          Opcodes.LLOAD,
          Opcodes.FLOAD,
          Opcodes.DLOAD,
          Opcodes.ALOAD,
          Opcodes.ISTORE,
          Opcodes.LSTORE,
          Opcodes.FSTORE,
          Opcodes.DSTORE,
          Opcodes.ASTORE ->
          super.copyOperation(insn, value);
      default -> value;
    };
  }

  @Override
  public SourceValue unaryOperation(AbstractInsnNode insn, SourceValue value) {
    return insn.getOpcode() == Opcodes.CHECKCAST ? value : super.unaryOperation(insn, value);
  }
}
