package org.dsm4j.agent.rewrite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FrameNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * The {@code monitorenter} and {@code monitorexit} instructions of a method: they lock what {@code
 * Monitors.enter} returns.
 *
 * <p>HotSpot compiles a method only if it can see that each monitorexit has the very value that the
 * monitorenter before it had, and that no exception leaves the method while one is held. So that
 * value is kept in a variable, and the bridge is told of the exit after it, outside of the block's
 * exception range (whose handler leads to itself: an exception there would never end).
 *
 * <p>Compilers keep the object in a variable, from which the monitorexit takes it. Where a class
 * file does not, the monitorexit asks for the value; that is right, but not compiled.
 */
final class MonitorBlocks {
  private static final String ON_OBJECT = "(Ljava/lang/Object;)V";
  private static final String ENTER = "(Ljava/lang/Object;Ljava/lang/String;)Ljava/lang/Object;";
  private static final String REPLACE = "(Ljava/lang/Object;)Ljava/lang/Object;";

  private final MethodNode method;
  private final Map<AbstractInsnNode, String> nulls;

  /** Our variable for each of the program's that holds an object whose monitor is entered. */
  private final Map<Integer, Integer> locked = new HashMap<>();

  private MonitorBlocks(MethodNode method, Map<AbstractInsnNode, String> nulls) {
    this.method = method;
    this.nulls = nulls;
  }

  /** Whether the method has monitor instructions. */
  static boolean areIn(MethodNode method) {
    for (AbstractInsnNode insn : method.instructions) {
      if (insn.getOpcode() == Opcodes.MONITORENTER || insn.getOpcode() == Opcodes.MONITOREXIT) {
        return true;
      }
    }
    return false;
  }

  /** Rewrites the method; whether it had to. */
  static boolean rewrite(MethodNode method, Map<AbstractInsnNode, String> nulls) {
    if (!areIn(method)) {
      return false;
    }
    MonitorBlocks blocks = new MonitorBlocks(method, nulls);
    if (blocks.keepObjectsInVariables()) {
      blocks.useVariables();
    } else {
      blocks.useResults();
    }
    return true;
  }

  /**
   * Whether the method does it as compilers do: finds the variables, and gives each one of ours.
   */
  private boolean keepObjectsInVariables() {
    int next = method.maxLocals;
    for (AbstractInsnNode insn : method.instructions) {
      if (insn.getOpcode() == Opcodes.MONITORENTER) {
        VarInsnNode variable = variableBefore(insn);
        if (variable == null) {
          return false;
        }
        if (!locked.containsKey(variable.var)) {
          locked.put(variable.var, next++);
        }
      }
    }
    for (AbstractInsnNode insn : method.instructions) {
      if (insn.getOpcode() == Opcodes.MONITOREXIT
          && !(insn.getPrevious() instanceof VarInsnNode load
              && load.getOpcode() == Opcodes.ALOAD
              && locked.containsKey(load.var))) {
        return false;
      }
    }
    method.maxLocals = next;
    return true;
  }

  /** {@code dup, astore} or {@code aload} before a monitorenter; null if it is neither. */
  private static VarInsnNode variableBefore(AbstractInsnNode enter) {
    if (!(enter.getPrevious() instanceof VarInsnNode variable)) {
      return null;
    }
    boolean stored =
        variable.getOpcode() == Opcodes.ASTORE
            && variable.getPrevious() != null
            && variable.getPrevious().getOpcode() == Opcodes.DUP;
    return stored || variable.getOpcode() == Opcodes.ALOAD ? variable : null;
  }

  private void useVariables() {
    for (AbstractInsnNode insn : method.instructions.toArray()) {
      if (insn.getOpcode() == Opcodes.MONITORENTER) {
        enter(insn, locked.get(variableBefore(insn).var));
      } else if (insn.getOpcode() == Opcodes.MONITOREXIT) {
        VarInsnNode load = (VarInsnNode) insn.getPrevious();
        exit(insn, load, locked.get(load.var));
      } else if (insn instanceof FrameNode frame) {
        locked.values().stream().sorted().forEach(ours -> declare(frame, ours));
      }
    }
    for (int ours : locked.values()) {
      method.instructions.insert(
          Instructions.list(
              new InsnNode(Opcodes.ACONST_NULL), new VarInsnNode(Opcodes.ASTORE, ours)));
    }
  }

  private void enter(AbstractInsnNode enter, int ours) {
    method.instructions.insertBefore(
        enter,
        Instructions.list(
            new LdcInsnNode(nulls.getOrDefault(enter, "Cannot enter synchronized block")),
            Instructions.call(Names.MONITORS, "enter", ENTER),
            new InsnNode(Opcodes.DUP),
            new VarInsnNode(Opcodes.ASTORE, ours)));
  }

  /** What ended behind the monitorexit ends there still, before our call. */
  private void exit(AbstractInsnNode exit, VarInsnNode load, int ours) {
    LabelNode end = new LabelNode();
    for (AbstractInsnNode at = exit.getNext();
        at != null && at.getOpcode() < 0;
        at = at.getNext()) {
      for (TryCatchBlockNode block : method.tryCatchBlocks) {
        if (block.end == at) {
          block.end = end;
        }
      }
    }
    method.instructions.insert(
        exit,
        Instructions.list(
            end,
            new VarInsnNode(Opcodes.ALOAD, load.var),
            Instructions.call(Names.MONITORS, "exited", ON_OBJECT)));
    load.var = ours;
  }

  /** Adds our variable, which has a value everywhere, to an expanded frame. */
  private static void declare(FrameNode frame, int ours) {
    List<Object> locals = new ArrayList<>(frame.local);
    int slots = 0;
    for (Object local : locals) {
      slots += local == Opcodes.LONG || local == Opcodes.DOUBLE ? 2 : 1;
    }
    for (; slots < ours; slots++) {
      locals.add(Opcodes.TOP);
    }
    locals.add(Names.OBJECT);
    frame.local = locals;
  }

  private void useResults() {
    for (AbstractInsnNode insn : method.instructions.toArray()) {
      String bridge =
          switch (insn.getOpcode()) {
            case Opcodes.MONITORENTER -> "enter";
            case Opcodes.MONITOREXIT -> "exit";
            default -> null;
          };
      if (bridge != null) {
        method.instructions.insertBefore(insn, Instructions.call(Names.MONITORS, bridge, REPLACE));
      }
    }
  }
}
