package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * {@code synchronized} blocks, {@code wait} and {@code notify}: needed in every class of the
 * program, since a monitor tells only at run time whether it is cluster-wide (rule 8). Adds no
 * branches, so the method's stack map frames stay valid.
 */
final class MonitorRewriter {
  private static final String ON_OBJECT = "(Ljava/lang/Object;)V";

  private MonitorRewriter() {}

  /** Rewrites the method; whether it had to. */
  static boolean rewrite(MethodNode method) {
    boolean changed = false;
    int temporary = method.maxLocals;
    for (AbstractInsnNode insn : method.instructions.toArray()) {
      switch (insn.getOpcode()) {
        case Opcodes.MONITORENTER -> enter(method, insn, temporary);
        case Opcodes.MONITOREXIT ->
            method.instructions.insertBefore(
                insn,
                Instructions.list(
                    new InsnNode(Opcodes.DUP),
                    Instructions.call(Names.MONITORS, "exiting", ON_OBJECT)));
        case Opcodes.INVOKEVIRTUAL -> {
          if (!await((MethodInsnNode) insn)) {
            continue;
          }
        }
        default -> {
          continue;
        }
      }
      changed = true;
    }
    return changed;
  }

  /**
   * The local monitor first, then the cluster's lock: within the block's exception range, which is
   * made to begin earlier for that, so that a failure to get the latter gives the former back. (Not
   * after the range's label: it may be a loop's, too.)
   */
  private static void enter(MethodNode method, AbstractInsnNode insn, int temporary) {
    method.instructions.insertBefore(
        insn,
        Instructions.list(new InsnNode(Opcodes.DUP), new VarInsnNode(Opcodes.ASTORE, temporary)));
    LabelNode start = new LabelNode();
    for (AbstractInsnNode at = insn.getNext();
        at != null && at.getOpcode() < 0;
        at = at.getNext()) {
      for (TryCatchBlockNode block : method.tryCatchBlocks) {
        if (block.start == at) {
          block.start = start;
        }
      }
    }
    method.instructions.insert(
        insn,
        Instructions.list(
            start,
            new VarInsnNode(Opcodes.ALOAD, temporary),
            Instructions.call(Names.MONITORS, "entered", ON_OBJECT)));
    method.maxLocals = Math.max(method.maxLocals, temporary + 1);
  }

  private static boolean await(MethodInsnNode call) {
    if (!call.owner.equals(Names.OBJECT)) {
      return false;
    }
    String bridge =
        switch (call.name) {
          case "wait" -> "await";
          case "notify" -> "signal";
          case "notifyAll" -> "signalAll";
          default -> null;
        };
    if (bridge == null) {
      return false;
    }
    call.setOpcode(Opcodes.INVOKESTATIC);
    call.owner = Names.MONITORS;
    call.name = bridge;
    call.desc = "(Ljava/lang/Object;" + call.desc.substring(1);
    return true;
  }
}
