package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * {@code synchronized} methods whose monitor may be the cluster's become methods with a block
 * around all of their code, as compilers write it. (What the JVM takes for such a method is always
 * the local monitor, of which {@code wait} would have to know.)
 */
final class SynchronizedMethods {
  private static final String ON_OBJECT = "(Ljava/lang/Object;)V";
  private static final String REPLACE = "(Ljava/lang/Object;)Ljava/lang/Object;";

  private final MethodNode method;
  private final String owner;

  /** Variables of ours: the object, and what is locked for it; see {@link MonitorBlocks}. */
  private final int monitor;

  private final int locked;

  private SynchronizedMethods(String owner, MethodNode method) {
    this.method = method;
    this.owner = owner;
    this.monitor = method.maxLocals;
    this.locked = monitor + 1;
  }

  static boolean isSynchronized(MethodNode method) {
    return (method.access & Opcodes.ACC_SYNCHRONIZED) != 0;
  }

  static boolean isStatic(MethodNode method) {
    return (method.access & Opcodes.ACC_STATIC) != 0;
  }

  /**
   * Rewrites a synchronized method that has code; its frames must be computed anew.
   *
   * @param owner the class, whose monitor it is if the method is static
   */
  static void rewrite(String owner, MethodNode method) {
    new SynchronizedMethods(owner, method).run();
  }

  private void run() {
    method.access &= ~Opcodes.ACC_SYNCHRONIZED;
    method.maxLocals += 2;
    LabelNode handler = new LabelNode();
    LabelNode start = new LabelNode();
    LabelNode from = start;
    for (AbstractInsnNode insn : method.instructions.toArray()) {
      if (insn.getOpcode() >= Opcodes.IRETURN && insn.getOpcode() <= Opcodes.RETURN) {
        from = leave(insn, from, handler);
      }
    }
    method.instructions.insert(enter(start));
    LabelNode end = new LabelNode();
    method.instructions.add(handler);
    method.instructions.add(exit(end));
    method.instructions.add(new InsnNode(Opcodes.ATHROW));
    guard(from, end, handler);
  }

  private InsnList enter(LabelNode start) {
    return Instructions.list(
        isStatic(method) ? Instructions.pushClass(owner) : new VarInsnNode(Opcodes.ALOAD, 0),
        new InsnNode(Opcodes.DUP),
        new VarInsnNode(Opcodes.ASTORE, monitor),
        Instructions.call(Names.MONITORS, "enter", REPLACE),
        new InsnNode(Opcodes.DUP),
        new VarInsnNode(Opcodes.ASTORE, locked),
        new InsnNode(Opcodes.MONITORENTER),
        start);
  }

  /**
   * @param exited put where the monitor is no more held: the end of the guarded range
   */
  private InsnList exit(LabelNode exited) {
    return Instructions.list(
        new VarInsnNode(Opcodes.ALOAD, locked),
        new InsnNode(Opcodes.MONITOREXIT),
        exited,
        new VarInsnNode(Opcodes.ALOAD, monitor),
        Instructions.call(Names.MONITORS, "exited", ON_OBJECT));
  }

  /** Exits before a return, which is out of the guarded range. Where the range goes on. */
  private LabelNode leave(AbstractInsnNode end, LabelNode from, LabelNode handler) {
    LabelNode exited = new LabelNode();
    LabelNode next = new LabelNode();
    method.instructions.insertBefore(end, exit(exited));
    method.instructions.insert(end, next);
    guard(from, exited, handler);
    return next;
  }

  private void guard(LabelNode from, LabelNode to, LabelNode handler) {
    method.tryCatchBlocks.add(new TryCatchBlockNode(from, to, handler, null));
  }
}
