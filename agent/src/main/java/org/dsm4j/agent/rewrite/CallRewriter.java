package org.dsm4j.agent.rewrite;

import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Frame;

/**
 * Arguments that may be shared arrays. Code that is rewritten takes them; library calls on arrays
 * have counterparts in the bridge; at all others a shared array is stopped (rule 5).
 */
final class CallRewriter implements InstructionRewriter {
  private static final String ARRAYS = "java/util/Arrays";

  /**
   * Methods of java.util.Arrays that only read their arguments: at once, or later what by contract
   * nobody changes until then.
   */
  private static final Set<String> READERS =
      Set.of(
          "equals",
          "hashCode",
          "toString",
          "binarySearch",
          "mismatch",
          "compare",
          "compareUnsigned",
          "deepEquals",
          "deepHashCode",
          "deepToString",
          "spliterator",
          "stream");

  /** Methods of java.util.Arrays that the bridge has, with all their parameters. */
  private static final Set<String> WRITERS = Set.of("fill", "sort", "setAll", "asList");

  private final MethodContext context;
  private final MethodReferences references;

  CallRewriter(MethodContext context) {
    this.context = context;
    this.references = new MethodReferences(context.in);
  }

  @Override
  public boolean rewrite(AbstractInsnNode insn, Frame<ArrayValue> frame) {
    if (insn instanceof InvokeDynamicInsnNode dynamic) {
      dynamic(dynamic, frame);
      return true;
    }
    if (!(insn instanceof MethodInsnNode call)) {
      return false;
    }
    if (call.owner.equals("java/lang/System") && call.name.equals("arraycopy")) {
      call.owner = Names.ARRAY_CALLS;
    } else if (call.owner.equals(ARRAYS)) {
      arrays(call, frame);
    } else if (JdkCalls.isToArray(call)) {
      toArray(call, frame);
    } else if (JdkCalls.returnsOnly(call)) {
      return true;
    } else if (!EscapeRules.takesSharedArrays(
        context.in.lookup(), call.owner, call.name, call.desc)) {
      boolean objects = EscapeRules.looksIntoObjects(call.owner, call.name);
      check(call, frame, Names.method(call.owner, call.name, call.desc), objects);
    }
    return true;
  }

  private void arrays(MethodInsnNode call, Frame<ArrayValue> frame) {
    Type[] parameters = Type.getArgumentTypes(call.desc);
    if (READERS.contains(call.name)) {
      guard(call, frame, call.name.startsWith("deep") ? "deepReadable" : "readable", null, false);
    } else if (!MethodAnalysis.peek(frame, parameters.length - 1).token()) {
      check(call, frame, Names.method(call.owner, call.name, call.desc), false);
    } else if (WRITERS.contains(call.name)) {
      call.owner = Names.ARRAYS_CALLS;
    } else if (call.name.equals("parallelSort") || call.name.equals("parallelSetAll")) {
      sequential(call);
    } else {
      check(call, frame, Names.method(call.owner, call.name, call.desc), false);
    }
  }

  /** {@code parallelSort} and {@code parallelSetAll} are done by this thread. */
  private void sequential(MethodInsnNode call) {
    call.owner = Names.ARRAYS_CALLS;
    call.name = call.name.equals("parallelSort") ? "sort" : "setAll";
    call.desc = call.desc.replace("[Ljava/lang/Comparable;", "[Ljava/lang/Object;");
  }

  private void toArray(MethodInsnNode call, Frame<ArrayValue> frame) {
    if (MethodAnalysis.peek(frame, 0).token()) {
      context.replace(
          call,
          Instructions.call(
              Names.ARRAY_CALLS,
              "toArray",
              "(Ljava/util/Collection;[Ljava/lang/Object;)[Ljava/lang/Object;"));
    }
  }

  private void dynamic(InvokeDynamicInsnNode call, Frame<ArrayValue> frame) {
    switch (call.bsm.getOwner()) {
      case "java/lang/invoke/LambdaMetafactory" -> references.rewrite(call);
      case "java/lang/invoke/StringConcatFactory",
          "java/lang/runtime/ObjectMethods",
          "java/lang/runtime/SwitchBootstraps" -> {}
      default ->
          check(call, frame, "the invokedynamic " + call.name + " of " + context.name(), false);
    }
  }

  private void check(
      AbstractInsnNode call, Frame<ArrayValue> frame, String target, boolean objects) {
    guard(call, frame, "check", target, objects);
  }

  /**
   * Lets each argument that may be shared pass through a method of the bridge: those above it wait
   * in variables meanwhile.
   *
   * @param target what to say of the callee, or null for a reader, which is handed heap copies
   * @param objects whether arguments of type Object matter too
   */
  private void guard(
      AbstractInsnNode call,
      Frame<ArrayValue> frame,
      String bridge,
      String target,
      boolean objects) {
    Type[] parameters = Type.getArgumentTypes(CallArguments.descriptor(call));
    boolean[] matters = new boolean[parameters.length];
    boolean[] several = new boolean[parameters.length];
    int lowest = parameters.length;
    for (int i = parameters.length - 1; i >= 0; i--) {
      ArrayValue value = MethodAnalysis.peek(frame, parameters.length - 1 - i);
      several[i] =
          objects
              && call instanceof MethodInsnNode named
              && EscapeRules.takesSeveral(named.owner, parameters[i]);
      matters[i] = several[i] || matters(parameters[i], value, bridge, objects);
      if (matters[i]) {
        lowest = i;
      }
    }
    InsnList code = new InsnList();
    int[] slots = new int[parameters.length];
    for (int i = parameters.length - 1; i > lowest; i--) {
      slots[i] = context.temporary(parameters[i]);
      code.add(new VarInsnNode(parameters[i].getOpcode(Opcodes.ISTORE), slots[i]));
    }
    for (int i = lowest; i < parameters.length; i++) {
      if (i > lowest) {
        code.add(new VarInsnNode(parameters[i].getOpcode(Opcodes.ILOAD), slots[i]));
      }
      if (!matters[i]) {
        continue;
      }
      if (target == null) {
        code.add(
            Instructions.call(Names.ARRAY_CALLS, bridge, "(Ljava/lang/Object;)Ljava/lang/Object;"));
        code.add(new TypeInsnNode(Opcodes.CHECKCAST, parameters[i].getInternalName()));
      } else {
        String place = target + ", argument " + (i + 1);
        code.add(
            several[i]
                ? EscapeRules.checkEach(place)
                : EscapeRules.checkArgument(parameters[i], place));
      }
    }
    context.before(call, code);
  }

  private static boolean matters(Type parameter, ArrayValue value, String bridge, boolean objects) {
    boolean holdsArrays = parameter.getSort() == Type.ARRAY && ArrayValue.mayHoldToken(parameter);
    if (bridge.equals("deepReadable")) {
      return holdsArrays;
    }
    if (holdsArrays) {
      return EscapeRules.mayCarryShared(value);
    }
    return objects
        && parameter.getSort() == Type.OBJECT
        && EscapeRules.mayCarrySharedAsObject(value);
  }
}
