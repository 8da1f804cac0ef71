package org.dsm4j.agent.rewrite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Frame;

/**
 * Variables of array type whose elements are accessed in a loop: each gets two variables of ours
 * beside it, the array's address (0 if it is no shared array) and its length, set wherever it is
 * set. They are right wherever the variable holds an array.
 */
final class Hoisting {
  /** Our two variables beside one of the method's. */
  record Hoisted(int address, int length) {}

  private static final Type OBJECT_ARRAY = Type.getType("[Ljava/lang/Object;");

  /** Classes whose methods never run code that may free an array. */
  private static final Set<String> HARMLESS =
      Set.of(
          "java/lang/Math",
          "java/lang/StrictMath",
          "java/lang/Integer",
          "java/lang/Long",
          "java/lang/Double",
          "java/lang/Float",
          "java/lang/Character",
          "java/lang/Byte",
          "java/lang/Short");

  private final MethodNode method;
  private final MethodAnalysis analysis;
  private final Map<AbstractInsnNode, Integer> order = new IdentityHashMap<>();
  private final Map<Integer, Hoisted> hoisted = new TreeMap<>();
  private final Map<Integer, List<Integer>> storesBySlot = new HashMap<>();
  private int temporaryAddress;
  private int temporaryLength;

  private Hoisting(MethodNode method, MethodAnalysis analysis) {
    this.method = method;
    this.analysis = analysis;
  }

  /** For code that shall not be hoisted. */
  static Hoisting none(MethodNode method, MethodAnalysis analysis) {
    return new Hoisting(method, analysis);
  }

  /** Finds the variables; before any instruction changes. */
  static Hoisting plan(MethodNode method, MethodAnalysis analysis) {
    Hoisting hoisting = new Hoisting(method, analysis);
    int index = 0;
    for (AbstractInsnNode insn : method.instructions) {
      if (insn.getOpcode() == Opcodes.ASTORE) {
        hoisting
            .storesBySlot
            .computeIfAbsent(((VarInsnNode) insn).var, key -> new ArrayList<>())
            .add(index);
      }
      hoisting.order.put(insn, index++);
    }
    boolean[] inLoop = hoisting.loops();
    for (AbstractInsnNode insn : method.instructions) {
      ArrayValue array = hoisting.accessed(insn);
      if (array != null && inLoop[hoisting.order.get(insn)] && hoisting.isUnchanged(array, insn)) {
        hoisting.hoist(((VarInsnNode) array.load()).var);
      }
    }
    if (!hoisting.hoisted.isEmpty()) {
      hoisting.temporaryAddress = method.maxLocals;
      hoisting.temporaryLength = method.maxLocals + 2;
      method.maxLocals += 3;
    }
    return hoisting;
  }

  private void hoist(int slot) {
    if (!hoisted.containsKey(slot)) {
      hoisted.put(slot, new Hoisted(method.maxLocals, method.maxLocals + 2));
      method.maxLocals += 3;
    }
  }

  /** The instructions between the target of a jump backwards and the jump. */
  private boolean[] loops() {
    boolean[] inLoop = new boolean[method.instructions.size()];
    for (AbstractInsnNode insn : method.instructions) {
      if (insn instanceof JumpInsnNode jump) {
        for (int at = order.get(jump.label); at <= order.get(insn); at++) {
          inLoop[at] = true;
        }
      }
    }
    return inLoop;
  }

  /**
   * The array that an instruction loads from, stores to or measures, if it may be shared and came
   * from a variable.
   */
  private ArrayValue accessed(AbstractInsnNode insn) {
    Frame<ArrayValue> frame = analysis.frame(insn);
    int opcode = insn.getOpcode();
    if (frame == null) {
      return null;
    }
    int depth = -1;
    if (opcode >= Opcodes.IALOAD && opcode <= Opcodes.SALOAD) {
      depth = 1;
    } else if (opcode >= Opcodes.IASTORE
        && opcode <= Opcodes.SASTORE
        && opcode != Opcodes.AASTORE) {
      depth = 2;
    } else if (opcode == Opcodes.ARRAYLENGTH) {
      depth = 0;
    }
    ArrayValue array = depth < 0 ? null : MethodAnalysis.peek(frame, depth);
    return array != null && array.token() && array.load() != null ? array : null;
  }

  /**
   * Whether the variable that a value came from still holds it: nothing is stored there between the
   * two instructions.
   */
  private boolean isUnchanged(ArrayValue value, AbstractInsnNode use) {
    int from = order.get(value.load());
    int to = order.get(use);
    for (int store : storesBySlot.getOrDefault(((VarInsnNode) value.load()).var, List.of())) {
      if (store > from && store < to) {
        return false;
      }
    }
    return from < to;
  }

  /** Our variables for the array that an instruction accesses; null if it goes the ordinary way. */
  Hoisted of(ArrayValue array, AbstractInsnNode access) {
    if (array.load() == null || hoisted.isEmpty() || !isUnchanged(array, access)) {
      return null;
    }
    return hoisted.get(((VarInsnNode) array.load()).var);
  }

  /**
   * Sets our variables where the method's are set; {@code instructions} are the method's own, in
   * order.
   */
  void install(List<AbstractInsnNode> instructions) {
    if (hoisted.isEmpty()) {
      return;
    }
    for (AbstractInsnNode insn : instructions) {
      Frame<ArrayValue> frame = analysis.frame(insn);
      if (frame == null || insn.getOpcode() < 0) {
        continue;
      }
      if (insn.getOpcode() == Opcodes.ASTORE && hoisted.containsKey(((VarInsnNode) insn).var)) {
        assign((VarInsnNode) insn, MethodAnalysis.peek(frame, 0));
      } else if (mayFree(insn) && insn.getNext() != null) {
        method.instructions.insertBefore(insn.getNext(), refresh(frame));
      }
    }
    for (TryCatchBlockNode block : method.tryCatchBlocks) {
      AbstractInsnNode first = Instructions.next(block.handler);
      if (first != null && analysis.frame(first) != null) {
        method.instructions.insertBefore(first, refresh(analysis.frame(first)));
      }
    }
    method.instructions.insert(parameters());
  }

  private InsnList parameters() {
    InsnList code = new InsnList();
    int slot = 0;
    if ((method.access & Opcodes.ACC_STATIC) == 0) {
      slot = 1;
    }
    for (Type parameter : Type.getArgumentTypes(method.desc)) {
      Hoisted ours = hoisted.get(slot);
      if (ours != null && ArrayValue.mayHoldToken(parameter)) {
        code.add(new VarInsnNode(Opcodes.ALOAD, slot));
        code.add(call("address", parameter, Type.LONG_TYPE));
        code.add(new VarInsnNode(Opcodes.LSTORE, ours.address()));
        code.add(new VarInsnNode(Opcodes.ALOAD, slot));
        code.add(call("fastLength", parameter, Type.INT_TYPE));
        code.add(new VarInsnNode(Opcodes.ISTORE, ours.length()));
      }
      slot += parameter.getSize();
    }
    return code;
  }

  /**
   * All that can fail is computed before any of the three variables changes, so a handler sees them
   * agree.
   */
  private void assign(VarInsnNode store, ArrayValue value) {
    Hoisted ours = hoisted.get(store.var);
    if (value.token()) {
      method.instructions.insertBefore(
          store,
          Instructions.list(
              new InsnNode(Opcodes.DUP),
              call("address", value.type(), Type.LONG_TYPE),
              new VarInsnNode(Opcodes.LSTORE, temporaryAddress),
              new InsnNode(Opcodes.DUP),
              call("fastLength", value.type(), Type.INT_TYPE),
              new VarInsnNode(Opcodes.ISTORE, temporaryLength)));
      method.instructions.insert(
          store,
          Instructions.list(
              new VarInsnNode(Opcodes.LLOAD, temporaryAddress),
              new VarInsnNode(Opcodes.LSTORE, ours.address()),
              new VarInsnNode(Opcodes.ILOAD, temporaryLength),
              new VarInsnNode(Opcodes.ISTORE, ours.length())));
    } else if (value.isReference()) {
      method.instructions.insert(
          store,
          Instructions.list(
              new InsnNode(Opcodes.LCONST_0),
              new VarInsnNode(Opcodes.LSTORE, ours.address()),
              new InsnNode(Opcodes.ICONST_0),
              new VarInsnNode(Opcodes.ISTORE, ours.length())));
    }
  }

  /** A call may have freed the arrays, which shows in their length. */
  private InsnList refresh(Frame<ArrayValue> frame) {
    InsnList code = new InsnList();
    hoisted.forEach(
        (slot, ours) -> {
          ArrayValue value = frame.getLocal(slot);
          if (!value.token() || !ArrayValue.mayHoldToken(value.type())) {
            return;
          }
          Type parameter = parameterOf(value.type());
          code.add(new VarInsnNode(Opcodes.ALOAD, slot));
          code.add(new VarInsnNode(Opcodes.LLOAD, ours.address()));
          code.add(
              Instructions.call(
                  ownerOf(value.type()),
                  "fastLength",
                  Type.getMethodDescriptor(Type.INT_TYPE, parameter, Type.LONG_TYPE)));
          code.add(new VarInsnNode(Opcodes.ISTORE, ours.length()));
        });
    return code;
  }

  private static boolean mayFree(AbstractInsnNode insn) {
    return insn instanceof MethodInsnNode call
        && !HARMLESS.contains(call.owner)
        && !call.owner.startsWith(Names.BRIDGE);
  }

  private static MethodInsnNode call(String name, Type array, Type result) {
    return Instructions.call(
        ownerOf(array), name, Type.getMethodDescriptor(result, parameterOf(array)));
  }

  static String ownerOf(Type array) {
    return isFlat(array) ? Names.ELEMENTS : Names.ROWS;
  }

  static Type parameterOf(Type array) {
    return isFlat(array) ? array : OBJECT_ARRAY;
  }

  static boolean isFlat(Type array) {
    return Names.isPrimitiveArray(array) && array.getDimensions() == 1;
  }
}
