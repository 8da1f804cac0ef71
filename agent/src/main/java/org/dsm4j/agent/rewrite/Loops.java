package org.dsm4j.agent.rewrite;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.TryCatchBlockNode;

/**
 * The natural loops of a method (Aho, Lam, Sethi and Ullman, Compilers, 9.6) that are entered at
 * the target of a jump backwards, as javac makes them, and nowhere else.
 */
final class Loops {
  /**
   * One loop.
   *
   * @param header where it is entered and where it begins anew
   * @param body its instructions by their index, the header's included
   */
  record Loop(LabelNode header, BitSet body) {}

  private final AbstractInsnNode[] code;
  private final Map<AbstractInsnNode, Integer> order = new IdentityHashMap<>();
  private final List<List<Integer>> before = new ArrayList<>();
  private final Map<Integer, BitSet> bodies = new TreeMap<>();

  private Loops(MethodNode method) {
    code = method.instructions.toArray();
    for (AbstractInsnNode insn : code) {
      order.put(insn, order.size());
      before.add(new ArrayList<>());
    }
    for (int at = 0; at < code.length; at++) {
      int from = at;
      successors(code[at], to -> before.get(to).add(from));
      if (mayContinue(code[at]) && at + 1 < code.length) {
        before.get(at + 1).add(at);
      }
    }
    for (TryCatchBlockNode block : method.tryCatchBlocks) {
      for (int at = order.get(block.start); at < order.get(block.end); at++) {
        before.get(order.get(block.handler)).add(at);
      }
    }
  }

  /** Whether the method has any jump backwards: a cheap question. */
  static boolean areIn(MethodNode method) {
    Map<AbstractInsnNode, Boolean> seen = new IdentityHashMap<>();
    for (AbstractInsnNode insn : method.instructions) {
      seen.put(insn, true);
      if (insn instanceof JumpInsnNode jump && seen.containsKey(jump.label)) {
        return true;
      }
    }
    return false;
  }

  /** The loops of the method as it is now; inner ones before those around them. */
  static List<Loop> of(MethodNode method) {
    Loops loops = new Loops(method);
    loops.find();
    List<Loop> found = new ArrayList<>();
    loops.bodies.forEach(
        (header, body) -> {
          if (header == 0 || !body.get(0)) {
            found.add(new Loop((LabelNode) loops.code[header], body));
          }
        });
    found.sort((one, other) -> one.body().cardinality() - other.body().cardinality());
    return found;
  }

  private void find() {
    for (int at = 0; at < code.length; at++) {
      int from = at;
      successors(
          code[at],
          to -> {
            if (to <= from) {
              collect(to, from);
            }
          });
    }
  }

  /** All that leads to the jump backwards without passing the header. */
  private void collect(int header, int from) {
    BitSet body = bodies.computeIfAbsent(header, key -> new BitSet());
    body.set(header);
    Deque<Integer> left = new ArrayDeque<>();
    left.add(from);
    while (!left.isEmpty()) {
      int at = left.remove();
      if (!body.get(at)) {
        body.set(at);
        left.addAll(before.get(at));
      }
    }
  }

  /** Where an instruction may jump to. */
  private void successors(AbstractInsnNode insn, IntConsumer to) {
    if (insn instanceof JumpInsnNode jump) {
      to.accept(order.get(jump.label));
    } else if (insn instanceof TableSwitchInsnNode table) {
      to.accept(order.get(table.dflt));
      table.labels.forEach(label -> to.accept(order.get(label)));
    } else if (insn instanceof LookupSwitchInsnNode lookup) {
      to.accept(order.get(lookup.dflt));
      lookup.labels.forEach(label -> to.accept(order.get(label)));
    }
  }

  /** Whether the next instruction may follow. */
  static boolean mayContinue(AbstractInsnNode insn) {
    int opcode = insn.getOpcode();
    return opcode != Opcodes.GOTO
        && opcode != Opcodes.TABLESWITCH
        && opcode != Opcodes.LOOKUPSWITCH
        && opcode != Opcodes.ATHROW
        && (opcode < Opcodes.IRETURN || opcode > Opcodes.RETURN);
  }
}
