package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;

/** The operands of calls. */
final class CallArguments {
  private CallArguments() {}

  static String descriptor(AbstractInsnNode call) {
    return call instanceof MethodInsnNode method
        ? method.desc
        : ((InvokeDynamicInsnNode) call).desc;
  }

  /** How many stack values a call consumes, its receiver among them. */
  static int count(AbstractInsnNode call) {
    int arguments = Type.getArgumentTypes(descriptor(call)).length;
    int opcode = call.getOpcode();
    return opcode == Opcodes.INVOKESTATIC || opcode == Opcodes.INVOKEDYNAMIC
        ? arguments
        : arguments + 1;
  }
}
