package org.dsm4j.agent.rewrite;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * An expression as its instructions stand in the code, one after the other: fields, elements of
 * arrays of arrays, and sums of ints as indices, as in {@code this.grid[i + 1]}. Nothing that it
 * consists of has an effect.
 */
final class Expression {
  /** The instruction that gives the value. */
  final AbstractInsnNode root;

  private final List<Expression> operands;

  private Expression(AbstractInsnNode root, List<Expression> operands) {
    this.root = root;
    this.operands = operands;
  }

  /**
   * The expression that ends with an instruction; null if it is of another kind, or can be entered
   * by a jump.
   *
   * @param targets the labels that something jumps to
   */
  static Expression endingAt(AbstractInsnNode root, Set<LabelNode> targets) {
    int count = operands(root);
    List<Expression> operands = new ArrayList<>();
    AbstractInsnNode end = root;
    for (int i = 0; i < count; i++) {
      AbstractInsnNode before = before(end, targets);
      Expression operand = before == null ? null : endingAt(before, targets);
      if (operand == null) {
        return null;
      }
      operands.add(0, operand);
      end = operand.first();
    }
    return count < 0 ? null : new Expression(root, operands);
  }

  private static AbstractInsnNode before(AbstractInsnNode insn, Set<LabelNode> targets) {
    AbstractInsnNode before = insn.getPrevious();
    while (before != null && before.getOpcode() < 0) {
      if (before instanceof LabelNode label && targets.contains(label)) {
        return null;
      }
      before = before.getPrevious();
    }
    return before;
  }

  /** How many values an instruction takes, each of one slot; -1 if it is of another kind. */
  private static int operands(AbstractInsnNode insn) {
    return switch (insn.getOpcode()) {
      case Opcodes.ILOAD, Opcodes.ALOAD, Opcodes.BIPUSH, Opcodes.SIPUSH -> 0;
      case Opcodes.ICONST_M1,
          Opcodes.ICONST_0,
          Opcodes.ICONST_1,
          Opcodes.ICONST_2,
          Opcodes.ICONST_3,
          Opcodes.ICONST_4,
          Opcodes.ICONST_5 ->
          0;
      case Opcodes.LDC -> ((LdcInsnNode) insn).cst instanceof Integer ? 0 : -1;
      case Opcodes.GETSTATIC -> isOneSlot((FieldInsnNode) insn) ? 0 : -1;
      case Opcodes.GETFIELD -> isOneSlot((FieldInsnNode) insn) ? 1 : -1;
      case Opcodes.INEG -> 1;
      case Opcodes.IADD,
          Opcodes.ISUB,
          Opcodes.IMUL,
          Opcodes.ISHL,
          Opcodes.ISHR,
          Opcodes.IUSHR,
          Opcodes.IAND,
          Opcodes.IOR,
          Opcodes.IXOR,
          Opcodes.AALOAD ->
          2;
      default -> -1;
    };
  }

  private static boolean isOneSlot(FieldInsnNode insn) {
    return Type.getType(insn.desc).getSize() == 1;
  }

  /** Its first instruction. */
  AbstractInsnNode first() {
    return operands.isEmpty() ? root : operands.get(0).first();
  }

  /** Adds all of its instructions. */
  void collect(Set<AbstractInsnNode> to) {
    to.add(root);
    operands.forEach(operand -> operand.collect(to));
  }

  /** Whether its value is the same at each iteration of a loop. */
  boolean isKeptBy(LoopFacts loop) {
    boolean kept =
        switch (root.getOpcode()) {
          case Opcodes.ILOAD, Opcodes.ALOAD -> loop.keeps(((VarInsnNode) root).var);
          case Opcodes.GETSTATIC, Opcodes.GETFIELD -> loop.keeps((FieldInsnNode) root);
          case Opcodes.AALOAD -> loop.keepsElements();
          default -> true;
        };
    return kept && operands.stream().allMatch(operand -> operand.isKeptBy(loop));
  }

  /**
   * Whether it can be computed ahead without failing: what may be null or out of bounds lies alone
   * on the stack when that is asked.
   */
  boolean canBeAsked(LoopFacts loop) {
    return switch (root.getOpcode()) {
      case Opcodes.GETFIELD -> isThis(operands.get(0), loop) || operands.get(0).canBeAsked(loop);
      case Opcodes.AALOAD -> operands.get(0).canBeAsked(loop) && operands.get(1).neverFails(loop);
      default -> neverFails(loop);
    };
  }

  private boolean neverFails(LoopFacts loop) {
    return switch (root.getOpcode()) {
      case Opcodes.GETFIELD -> isThis(operands.get(0), loop);
      case Opcodes.AALOAD -> false;
      default -> operands.stream().allMatch(operand -> operand.neverFails(loop));
    };
  }

  private static boolean isThis(Expression object, LoopFacts loop) {
    return object.root.getOpcode() == Opcodes.ALOAD && loop.isThis(((VarInsnNode) object.root).var);
  }

  /** A text that is the same for expressions of the same value. */
  String key() {
    StringBuilder key = new StringBuilder();
    for (Expression operand : operands) {
      key.append(operand.key()).append(' ');
    }
    key.append(root.getOpcode());
    if (root instanceof VarInsnNode variable) {
      key.append('v').append(variable.var);
    } else if (root instanceof FieldInsnNode field) {
      key.append(field.owner).append('.').append(field.name).append(field.desc);
    } else if (root instanceof org.objectweb.asm.tree.IntInsnNode number) {
      key.append('#').append(number.operand);
    } else if (root instanceof LdcInsnNode constant) {
      key.append('#').append(constant.cst);
    }
    return key.toString();
  }

  /**
   * A copy of it that jumps instead of failing of a null or an index, with one value on the stack.
   *
   * @param copies receives each copy's original
   */
  void ask(
      InsnList code,
      LabelNode absent,
      LoopFacts loop,
      Map<AbstractInsnNode, AbstractInsnNode> copies) {
    if (root.getOpcode() == Opcodes.AALOAD) {
      Expression index = operands.get(1);
      operands.get(0).ask(code, absent, loop, copies);
      code.add(new InsnNode(Opcodes.DUP));
      code.add(new JumpInsnNode(Opcodes.IFNULL, absent));
      index.ask(code, absent, loop, copies);
      code.add(new JumpInsnNode(Opcodes.IFLT, absent));
      code.add(new InsnNode(Opcodes.DUP));
      code.add(new InsnNode(Opcodes.ARRAYLENGTH));
      index.ask(code, absent, loop, copies);
      code.add(new JumpInsnNode(Opcodes.IF_ICMPLE, absent));
      index.ask(code, absent, loop, copies);
    } else {
      operands.forEach(operand -> operand.ask(code, absent, loop, copies));
      if (root.getOpcode() == Opcodes.GETFIELD && !isThis(operands.get(0), loop)) {
        code.add(new InsnNode(Opcodes.DUP));
        code.add(new JumpInsnNode(Opcodes.IFNULL, absent));
      }
    }
    AbstractInsnNode copy = root.clone(Map.of());
    copies.put(copy, root);
    code.add(copy);
  }

  /** Bytes that {@link #ask} takes, about. */
  int askedBytes() {
    int bytes = 3;
    for (Expression operand : operands) {
      bytes += operand.askedBytes();
    }
    return root.getOpcode() == Opcodes.AALOAD
        ? bytes + 12 + 2 * operands.get(1).askedBytes()
        : root.getOpcode() == Opcodes.GETFIELD ? bytes + 4 : bytes;
  }
}
