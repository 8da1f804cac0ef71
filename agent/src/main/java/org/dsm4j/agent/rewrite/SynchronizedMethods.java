package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TryCatchBlockNode;

/**
 * {@code static synchronized} methods of a class with shared statics: the JVM takes the local
 * monitor, the body is wrapped in taking and giving back the cluster's.
 */
final class SynchronizedMethods {
  private static final int MASK = Opcodes.ACC_STATIC | Opcodes.ACC_SYNCHRONIZED;
  private static final String ON_OBJECT = "(Ljava/lang/Object;)V";

  private SynchronizedMethods() {}

  static boolean concerns(MethodNode method) {
    return (method.access & MASK) == MASK;
  }

  static void rewrite(String owner, MethodNode method) {
    LabelNode start = new LabelNode();
    LabelNode end = new LabelNode();
    LabelNode handler = new LabelNode();
    for (AbstractInsnNode insn : method.instructions.toArray()) {
      if (insn.getOpcode() >= Opcodes.IRETURN && insn.getOpcode() <= Opcodes.RETURN) {
        leave(method, insn, owner);
      }
    }
    method.instructions.insert(
        Instructions.list(
            start,
            Instructions.pushClass(owner),
            Instructions.call(Names.MONITORS, "entered", ON_OBJECT)));
    method.instructions.add(
        Instructions.list(
            end,
            handler,
            Instructions.pushClass(owner),
            Instructions.call(Names.MONITORS, "exiting", ON_OBJECT),
            new InsnNode(Opcodes.ATHROW)));
    method.tryCatchBlocks.add(new TryCatchBlockNode(start, end, handler, null));
  }

  /**
   * If this call fails the handler is entered and calls it again, which then does nothing that is
   * not still to do.
   */
  private static void leave(MethodNode method, AbstractInsnNode insn, String owner) {
    method.instructions.insertBefore(
        insn,
        Instructions.list(
            Instructions.pushClass(owner),
            Instructions.call(Names.MONITORS, "exiting", ON_OBJECT)));
  }
}
