package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MultiANewArrayInsnNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Frame;

/** The creation of arrays: shared, where they flow into a shared place. */
final class AllocationRewriter implements InstructionRewriter {
  private static final String COPY = "(Ljava/lang/Object;)Ljava/lang/Object;";

  private final MethodContext context;

  AllocationRewriter(MethodContext context) {
    this.context = context;
  }

  @Override
  public boolean rewrite(AbstractInsnNode insn, Frame<ArrayValue> frame) {
    switch (insn.getOpcode()) {
      case Opcodes.NEWARRAY, Opcodes.ANEWARRAY -> create(insn, 1);
      case Opcodes.MULTIANEWARRAY -> create(insn, ((MultiANewArrayInsnNode) insn).dims);
      case Opcodes.INVOKEVIRTUAL -> {
        return cloned((MethodInsnNode) insn, frame) || returned((MethodInsnNode) insn);
      }
      case Opcodes.INVOKESTATIC -> {
        return copied((MethodInsnNode) insn, frame) || returned((MethodInsnNode) insn);
      }
      case Opcodes.INVOKEINTERFACE, Opcodes.INVOKESPECIAL -> {
        return returned((MethodInsnNode) insn);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void create(AbstractInsnNode insn, int dimensions) {
    if (!context.analysis.isSharedSite(insn)) {
      return;
    }
    Type type = MethodAnalysis.typeMade(insn);
    String remedy =
        new ShareableTypes(context.in.lookup()).remedy(type, false, ShareableTypes.NO_OTHER);
    if (remedy != null) {
      context.problem(
          insn, "an array of type " + type.getClassName() + " cannot be shared", remedy);
      return;
    }
    InsnList code = new InsnList();
    String sizes = "I".repeat(dimensions);
    if (dimensions > 2) {
      code.add(sizes(dimensions));
      sizes = "[I";
    }
    code.add(Instructions.pushClass(type.getInternalName()));
    if (context.mayBeDoneElsewhere(insn)) {
      code.add(Instructions.pushClass(context.in.facts().name));
      code.add(
          Instructions.call(
              Names.INITIALIZERS,
              "create",
              "(" + sizes + "Ljava/lang/Class;Ljava/lang/Class;)Ljava/lang/Object;"));
    } else {
      code.add(
          Instructions.call(
              Names.ARRAYS, "create", "(" + sizes + "Ljava/lang/Class;)Ljava/lang/Object;"));
    }
    code.add(new TypeInsnNode(Opcodes.CHECKCAST, type.getInternalName()));
    context.replace(insn, code);
  }

  /** Puts the sizes, which are on the stack, into an array. */
  private InsnList sizes(int dimensions) {
    InsnList code = new InsnList();
    int[] slots = new int[dimensions];
    for (int i = dimensions - 1; i >= 0; i--) {
      slots[i] = context.temporary(Type.INT_TYPE);
      code.add(new VarInsnNode(Opcodes.ISTORE, slots[i]));
    }
    code.add(Instructions.pushInt(dimensions));
    code.add(new IntInsnNode(Opcodes.NEWARRAY, Opcodes.T_INT));
    for (int i = 0; i < dimensions; i++) {
      code.add(new InsnNode(Opcodes.DUP));
      code.add(Instructions.pushInt(i));
      code.add(new VarInsnNode(Opcodes.ILOAD, slots[i]));
      code.add(new InsnNode(Opcodes.IASTORE));
    }
    return code;
  }

  private boolean cloned(MethodInsnNode call, Frame<ArrayValue> frame) {
    if (!ArrayTypes.isClone(call)) {
      return false;
    }
    if (context.analysis.isSharedSite(call)) {
      context.replace(call, Instructions.call(Names.ARRAY_CALLS, "sharedCloneOf", COPY));
    } else if (MethodAnalysis.peek(frame, 0).token()) {
      context.replace(call, Instructions.call(Names.ARRAY_CALLS, "cloneOf", COPY));
    }
    return true;
  }

  /**
   * Arrays.copyOf and copyOfRange: they read a heap copy, and their result is shared if it flows
   * into a shared place.
   */
  private boolean copied(MethodInsnNode call, Frame<ArrayValue> frame) {
    if (!ArrayTypes.isCopyOf(call)) {
      return false;
    }
    Type[] arguments = Type.getArgumentTypes(call.desc);
    if (MethodAnalysis.peek(frame, arguments.length - 1).token()) {
      InsnList code = new InsnList();
      int[] sizes = new int[arguments.length];
      for (int i = arguments.length - 1; i > 0; i--) {
        sizes[i] = context.temporary(arguments[i]);
        code.add(new VarInsnNode(arguments[i].getOpcode(Opcodes.ISTORE), sizes[i]));
      }
      code.add(Instructions.call(Names.ARRAY_CALLS, "readable", COPY));
      code.add(new TypeInsnNode(Opcodes.CHECKCAST, arguments[0].getInternalName()));
      for (int i = 1; i < arguments.length; i++) {
        code.add(new VarInsnNode(arguments[i].getOpcode(Opcodes.ILOAD), sizes[i]));
      }
      context.before(call, code);
    }
    share(call, "shared");
    return true;
  }

  /**
   * A call that returns an array which nobody else knows: a shared one takes its place, if it flows
   * into a shared place. The call itself is left to others.
   */
  private boolean returned(MethodInsnNode call) {
    MethodSummaries summaries = context.in.summaries();
    if (context.analysis.isSharedSite(call)
        && Names.isApplication(call.owner)
        && !summaries.of(call).only()) {
      shareUnlessOverridden(call, summaries.of(call).declaredBy());
    } else {
      share(call, FreshCalls.isDeep(call, summaries) ? "sharedRows" : "shared");
    }
    return false;
  }

  /** The receiver, which is below the arguments, tells whether the method was the one we know. */
  private void shareUnlessOverridden(MethodInsnNode call, String declaredBy) {
    Type[] parameters = Type.getArgumentTypes(call.desc);
    int[] slots = new int[parameters.length];
    InsnList code = new InsnList();
    for (int i = parameters.length - 1; i >= 0; i--) {
      slots[i] = context.temporary(parameters[i]);
      code.add(new VarInsnNode(parameters[i].getOpcode(Opcodes.ISTORE), slots[i]));
    }
    Type owner = Type.getObjectType(call.owner);
    int receiver = context.temporary(owner);
    code.add(new InsnNode(Opcodes.DUP));
    code.add(new VarInsnNode(Opcodes.ASTORE, receiver));
    for (int i = 0; i < parameters.length; i++) {
      code.add(new VarInsnNode(parameters[i].getOpcode(Opcodes.ILOAD), slots[i]));
    }
    context.before(call, code);
    context.method.instructions.insert(
        call,
        Instructions.list(
            new VarInsnNode(Opcodes.ALOAD, receiver),
            new LdcInsnNode(Names.dotted(declaredBy)),
            new LdcInsnNode(call.name),
            Instructions.call(
                Names.BRIDGE + "Overrides",
                "sharedUnlessOverridden",
                "(Ljava/lang/Object;Ljava/lang/Object;Ljava/lang/String;Ljava/lang/String;)"
                    + "Ljava/lang/Object;"),
            new TypeInsnNode(Opcodes.CHECKCAST, Type.getReturnType(call.desc).getInternalName())));
  }

  private void share(MethodInsnNode call, String how) {
    if (!context.analysis.isSharedSite(call)) {
      return;
    }
    InsnList code = new InsnList();
    if (context.mayBeDoneElsewhere(call)) {
      code.add(Instructions.pushClass(context.in.facts().name));
      code.add(
          Instructions.call(
              Names.INITIALIZERS, how, "(Ljava/lang/Object;Ljava/lang/Class;)Ljava/lang/Object;"));
    } else {
      code.add(Instructions.call(Names.ARRAY_CALLS, how, COPY));
    }
    code.add(new TypeInsnNode(Opcodes.CHECKCAST, Type.getReturnType(call.desc).getInternalName()));
    context.method.instructions.insert(call, code);
  }
}
