package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Frame;

/**
 * Calls of {@link JdkCalls}: a shared array is replaced by a heap copy for the time of the call.
 * All arguments from the lowest such one on wait in variables meanwhile.
 */
final class LentArguments {
  private static final String OWNER = Names.BRIDGE + "Borrowed";
  private static final String OF_RANGE = "(Ljava/lang/Object;II)";

  private final MethodContext context;
  private final MethodInsnNode call;
  private final Type[] parameters;
  private final int[] slots;
  private final InsnList before = new InsnList();
  private final InsnList after = new InsnList();

  private LentArguments(MethodContext context, MethodInsnNode call) {
    this.context = context;
    this.call = call;
    this.parameters = Type.getArgumentTypes(call.desc);
    this.slots = new int[parameters.length];
  }

  static void lend(MethodContext context, MethodInsnNode call, Frame<ArrayValue> frame) {
    new LentArguments(context, call).lend(frame);
  }

  private void lend(Frame<ArrayValue> frame) {
    int lowest = 0;
    while (lowest < parameters.length && !mayBeShared(frame, lowest)) {
      lowest++;
    }
    for (int i = parameters.length - 1; i >= lowest; i--) {
      slots[i] = context.temporary(parameters[i]);
      before.add(new VarInsnNode(parameters[i].getOpcode(Opcodes.ISTORE), slots[i]));
    }
    for (int i = lowest; i < parameters.length; i++) {
      if (!mayBeShared(frame, i)) {
        load(before, i);
      } else if (hasRange(i)) {
        lendRange(i);
        i++; // the offset is there, too
      } else {
        lendWhole(i);
      }
    }
    context.before(call, before);
    context.method.instructions.insert(call, after);
  }

  private boolean mayBeShared(Frame<ArrayValue> frame, int parameter) {
    return Names.isArray(parameters[parameter])
        && MethodAnalysis.peek(frame, parameters.length - 1 - parameter).token();
  }

  /** Whether an array is followed by an offset and a length. */
  private boolean hasRange(int parameter) {
    return parameter + 2 < parameters.length
        && parameters[parameter + 1] == Type.INT_TYPE
        && parameters[parameter + 2] == Type.INT_TYPE
        && !call.desc.startsWith("([BIII)") // of new String, the first is none
        && !call.owner.equals("java/util/HexFormat")
        && !call.owner.equals("java/util/Arrays");
  }

  private void lendRange(int i) {
    int copy = context.temporary(parameters[i]);
    range(before, i);
    before.add(Instructions.call(OWNER, "range", OF_RANGE + "Ljava/lang/Object;"));
    lent(i, copy);
    range(before, i);
    before.add(Instructions.call(OWNER, "offset", OF_RANGE + "I"));
    if (fills()) {
      writeBack(i, copy);
      range(after, i);
      after.add(Instructions.call(OWNER, "start", OF_RANGE + "I"));
      after.add(written());
    }
  }

  private void lendWhole(int i) {
    int copy = context.temporary(parameters[i]);
    load(before, i);
    before.add(
        Instructions.call(Names.ARRAY_CALLS, "readable", "(Ljava/lang/Object;)Ljava/lang/Object;"));
    lent(i, copy);
    if (fills()) {
      writeBack(i, copy);
      after.add(Instructions.pushInt(0));
      after.add(written());
    }
  }

  /** The copy, which is on the stack, goes into its variable and stays. */
  private void lent(int i, int copy) {
    before.add(new TypeInsnNode(Opcodes.CHECKCAST, parameters[i].getInternalName()));
    before.add(new VarInsnNode(Opcodes.ASTORE, copy));
    before.add(new VarInsnNode(Opcodes.ALOAD, copy));
  }

  private void writeBack(int i, int copy) {
    int twin = context.temporary(parameters[i]);
    InsnList taken = new InsnList();
    load(taken, i);
    taken.add(new VarInsnNode(Opcodes.ALOAD, copy));
    taken.add(
        Instructions.call(
            OWNER, "before", "(Ljava/lang/Object;Ljava/lang/Object;)Ljava/lang/Object;"));
    taken.add(new VarInsnNode(Opcodes.ASTORE, twin));
    before.add(taken);
    after.add(new VarInsnNode(Opcodes.ALOAD, twin));
    after.add(new VarInsnNode(Opcodes.ALOAD, copy));
    load(after, i);
  }

  private static MethodInsnNode written() {
    return Instructions.call(
        OWNER, "writeBack", "(Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/Object;I)V");
  }

  private boolean fills() {
    return call.owner.equals("java/util/Arrays")
        || JdkCalls.use(context.in.lookup(), call) == JdkCalls.Use.FILLS;
  }

  private void range(InsnList code, int i) {
    load(code, i);
    load(code, i + 1);
    load(code, i + 2);
  }

  private void load(InsnList code, int i) {
    code.add(new VarInsnNode(parameters[i].getOpcode(Opcodes.ILOAD), slots[i]));
  }
}
