package org.dsm4j.agent.rewrite;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Frame;

/**
 * The instructions of an initializer that evaluate an expression and store it into a shared static
 * field: from where the stack is empty to the store, entered and left at its ends only. A node that
 * does not run the initializer for the cluster jumps over them.
 */
final class SkipRegion {
  final AbstractInsnNode first;
  final AbstractInsnNode store;
  private final int from;
  private final int to;
  private final AbstractInsnNode[] code;

  private SkipRegion(AbstractInsnNode[] code, int from, int to) {
    this.code = code;
    this.from = from;
    this.to = to;
    this.first = code[from];
    this.store = code[to];
  }

  /** The smallest such region that ends with a store; null if there is none. */
  static SkipRegion endingAt(MethodNode method, MethodAnalysis analysis, AbstractInsnNode store) {
    AbstractInsnNode[] code = method.instructions.toArray();
    int to = method.instructions.indexOf(store);
    if (analysis.frame(store).getStackSize() != 1) {
      return null;
    }
    for (int from = to; from >= 0; from--) {
      Frame<ArrayValue> frame = analysis.frame(code[from]);
      if (code[from].getOpcode() >= 0 && frame != null && frame.getStackSize() == 0) {
        SkipRegion region = new SkipRegion(code, from, to);
        if (region.isClosed(method)) {
          return region;
        }
      }
    }
    return null;
  }

  boolean contains(AbstractInsnNode insn, MethodNode method) {
    int at = method.instructions.indexOf(insn);
    return at >= from && at <= to;
  }

  private boolean isClosed(MethodNode method) {
    for (int at = 0; at < code.length; at++) {
      boolean sourceInside = inside(at);
      if (sourceInside && code[at].getOpcode() == Opcodes.RETURN) {
        return false;
      }
      for (LabelNode target : targets(code[at])) {
        if (inside(method.instructions.indexOf(target)) != sourceInside) {
          return false;
        }
      }
    }
    for (TryCatchBlockNode block : method.tryCatchBlocks) {
      boolean protects =
          inside(method.instructions.indexOf(block.start))
              && inside(method.instructions.indexOf(block.end));
      if (inside(method.instructions.indexOf(block.handler)) && !protects) {
        return false;
      }
    }
    return true;
  }

  private boolean inside(int index) {
    return index >= from && index <= to;
  }

  /** The variables that it assigns and that are read after it before they are assigned again. */
  boolean leaksVariables() {
    Set<Integer> assigned = new HashSet<>();
    for (int at = from; at <= to; at++) {
      if (code[at] instanceof VarInsnNode variable && isStore(variable)) {
        assigned.add(variable.var);
      }
    }
    for (int at = to + 1; at < code.length && !assigned.isEmpty(); at++) {
      if (code[at] instanceof IincInsnNode increment && assigned.contains(increment.var)) {
        return true;
      }
      if (code[at] instanceof VarInsnNode variable && assigned.contains(variable.var)) {
        if (!isStore(variable)) {
          return true;
        }
        assigned.remove(variable.var);
      }
    }
    return false;
  }

  private static boolean isStore(VarInsnNode insn) {
    return insn.getOpcode() >= Opcodes.ISTORE && insn.getOpcode() <= Opcodes.ASTORE;
  }

  private static List<LabelNode> targets(AbstractInsnNode insn) {
    if (insn instanceof JumpInsnNode jump) {
      return List.of(jump.label);
    }
    List<LabelNode> targets = new ArrayList<>();
    if (insn instanceof TableSwitchInsnNode table) {
      targets.addAll(table.labels);
      targets.add(table.dflt);
    } else if (insn instanceof LookupSwitchInsnNode lookup) {
      targets.addAll(lookup.labels);
      targets.add(lookup.dflt);
    }
    return targets;
  }
}
