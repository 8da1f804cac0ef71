package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Frame;

/**
 * Element loads and stores and {@code arraylength}: where the array may be shared, a call of the
 * bridge.
 */
final class ElementRewriter implements InstructionRewriter {
  private static final Type OBJECT_ARRAY = Type.getType("[Ljava/lang/Object;");
  private static final Type OBJECT = Type.getObjectType(Names.OBJECT);

  private final MethodContext context;

  ElementRewriter(MethodContext context) {
    this.context = context;
  }

  @Override
  public boolean rewrite(AbstractInsnNode insn, Frame<ArrayValue> frame) {
    int opcode = insn.getOpcode();
    if (opcode >= Opcodes.IALOAD && opcode <= Opcodes.SALOAD) {
      load(insn, MethodAnalysis.peek(frame, 1));
    } else if (opcode >= Opcodes.IASTORE && opcode <= Opcodes.SASTORE) {
      store(insn, frame);
    } else if (opcode == Opcodes.ARRAYLENGTH) {
      length(insn, MethodAnalysis.peek(frame, 0));
    } else {
      return false;
    }
    return true;
  }

  private void load(AbstractInsnNode insn, ArrayValue array) {
    if (!mayBeShared(insn, array)) {
      return;
    }
    Type element = ArrayTypes.element(array.type());
    if (Hoisting.isFlat(array.type())) {
      context.replace(
          insn, access(insn, array, Names.ELEMENTS, "load", element, array.type(), Type.INT_TYPE));
      return;
    }
    if (Hoisting.isGrid(array.type())) {
      context.replace(
          insn, access(insn, array, gridOf(array), "load", element, array.type(), Type.INT_TYPE));
      return;
    }
    InsnList code =
        access(insn, array, Names.ROWS, loadOf(array), OBJECT, OBJECT_ARRAY, Type.INT_TYPE);
    if (!element.equals(OBJECT)) {
      code.add(new TypeInsnNode(Opcodes.CHECKCAST, element.getInternalName()));
    }
    context.replace(insn, code);
  }

  private static String gridOf(ArrayValue array) {
    return array.type().getDimensions() == 2 ? Names.GRIDS : Names.PLANES;
  }

  private static String loadOf(ArrayValue array) {
    return ArrayTypes.shape(array.type()) == ArrayTypes.Shape.REFERENCES ? "loadElement" : "load";
  }

  private void store(AbstractInsnNode insn, Frame<ArrayValue> frame) {
    ArrayValue array = MethodAnalysis.peek(frame, 2);
    ArrayValue value = MethodAnalysis.peek(frame, 0);
    if (!mayBeShared(insn, array)) {
      return;
    }
    InsnList call;
    Type element;
    if (insn.getOpcode() == Opcodes.AASTORE) {
      element = OBJECT;
      if (array.sure()) {
        String place = "a shared array of type " + array.type().getClassName();
        StoreChecker.check(context, insn, value, place, ShareableTypes.NO_OTHER);
      }
      call = storeReference(insn, array, value);
    } else {
      element = ArrayTypes.element(array.type());
      call =
          access(
              insn,
              array,
              Names.ELEMENTS,
              "store",
              Type.VOID_TYPE,
              array.type(),
              Type.INT_TYPE,
              element);
    }
    boolean guarded = context.mayBeDoneElsewhere(insn);
    context.replace(insn, guarded ? unlessDoneElsewhere(call, element) : call);
  }

  private InsnList storeReference(AbstractInsnNode insn, ArrayValue array, ArrayValue value) {
    String descriptor = "([Ljava/lang/Object;ILjava/lang/Object;)V";
    if (isFresh(value)) {
      boolean deep = FreshCalls.isDeep(value.sites().iterator().next(), context.in.summaries());
      return Instructions.list(
          Instructions.call(Names.ROWS, deep ? "storeFreshRows" : "storeFresh", descriptor));
    }
    if (ArrayTypes.shape(array.type()) != ArrayTypes.Shape.REFERENCES) {
      return Instructions.list(Instructions.call(Names.ROWS, "store", descriptor));
    }
    return access(
        insn,
        array,
        Names.ROWS,
        "storeElement",
        Type.VOID_TYPE,
        OBJECT_ARRAY,
        Type.INT_TYPE,
        OBJECT);
  }

  /** The call of the bridge, with what is hoisted for the array if anything is. */
  private InsnList access(
      AbstractInsnNode insn,
      ArrayValue array,
      String owner,
      String name,
      Type result,
      Type... operands) {
    Hoisting.Hoisted hoisted = context.hoisting.of(array, insn);
    InsnList code = new InsnList();
    String descriptor = Type.getMethodDescriptor(result, operands);
    String method = name;
    if (hoisted != null) {
      code.add(hoisted.load());
      descriptor = descriptor.replace(")", hoisted.parameters() + ")");
    } else if (owner.equals(Names.ELEMENTS) && insn.getOpcode() != Opcodes.ARRAYLENGTH) {
      int rows = context.hoisting.addressOfRows(array, insn);
      if (rows >= 0) {
        code.add(new VarInsnNode(Opcodes.LLOAD, rows));
        descriptor = descriptor.replace(")", "J)");
        method = name + "OfRow";
      }
    }
    code.add(Instructions.call(owner, method, descriptor));
    return code;
  }

  /**
   * An array that was made for this store alone: it may be made shared if the outer array turns out
   * to be.
   */
  private boolean isFresh(ArrayValue value) {
    if (value.sure() || value.elsewhere() || value.sites().size() != 1) {
      return false;
    }
    AbstractInsnNode site = value.sites().iterator().next();
    return site.getOpcode() != Opcodes.NEW
        && Names.isArray(value.type())
        && context.analysis.staysOnStack(site);
  }

  /**
   * In an initializer: a store into a shared array is made only on the node that runs it for the
   * cluster.
   */
  private InsnList unlessDoneElsewhere(InsnList store, Type element) {
    int value = context.temporary(element);
    int index = context.temporary(Type.INT_TYPE);
    LabelNode skip = new LabelNode();
    LabelNode done = new LabelNode();
    InsnList code =
        Instructions.list(
            new VarInsnNode(element.getOpcode(Opcodes.ISTORE), value),
            new VarInsnNode(Opcodes.ISTORE, index),
            new InsnNode(Opcodes.DUP),
            Instructions.pushClass(context.in.facts().name),
            Instructions.call(
                Names.INITIALIZERS, "stores", "(Ljava/lang/Object;Ljava/lang/Class;)Z"),
            new JumpInsnNode(Opcodes.IFEQ, skip),
            new VarInsnNode(Opcodes.ILOAD, index),
            new VarInsnNode(element.getOpcode(Opcodes.ILOAD), value));
    code.add(store);
    code.add(
        Instructions.list(
            new JumpInsnNode(Opcodes.GOTO, done), skip, new InsnNode(Opcodes.POP), done));
    return code;
  }

  private void length(AbstractInsnNode insn, ArrayValue array) {
    if (!mayBeShared(insn, array)) {
      return;
    }
    Type type = array.type();
    if (Hoisting.isGrid(type) && context.hoisting.of(array, insn) == null) {
      context.replace(
          insn,
          Instructions.call(
              gridOf(array), "length", Type.getMethodDescriptor(Type.INT_TYPE, type)));
      return;
    }
    boolean elements = ArrayTypes.shape(type) == ArrayTypes.Shape.REFERENCES;
    context.replace(
        insn,
        access(
            insn,
            array,
            Hoisting.ownerOf(type),
            elements ? "lengthOfElements" : "length",
            Type.INT_TYPE,
            Hoisting.parameterOf(type)));
  }

  /**
   * The verifier knows the static type of every array that is accessed; where two paths blur it for
   * us, we refuse.
   */
  private boolean mayBeShared(AbstractInsnNode insn, ArrayValue array) {
    if (array.isNull()) {
      return false;
    }
    if (array.type().getSort() != Type.ARRAY) {
      context.problem(
          insn,
          "the type of an array is not known here",
          "assign it to a variable of its own type first");
      return false;
    }
    return array.token();
  }
}
