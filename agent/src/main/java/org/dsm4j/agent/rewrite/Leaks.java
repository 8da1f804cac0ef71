package org.dsm4j.agent.rewrite;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.analysis.Frame;

/**
 * Which of the arrays that a method makes or is handed may be known to others than its caller when
 * it returns: by a field, an object, a lambda, or code that is not known. An array and the arrays
 * that are stored in it are one group: who knows one may know all.
 */
final class Leaks {
  private final MethodSummaries summaries;
  private final Map<AbstractInsnNode, Type> parameterTypes = new HashMap<>();
  private final Map<AbstractInsnNode, AbstractInsnNode> groups = new HashMap<>();
  private final Set<AbstractInsnNode> leaked = new HashSet<>();
  private final Set<AbstractInsnNode> returned = new HashSet<>();
  private boolean returnsFresh;
  private boolean returnsOther;

  Leaks(
      MethodNode method,
      MethodAnalysis analysis,
      MethodSummaries summaries,
      Map<Integer, LabelNode> parameters) {
    this.summaries = summaries;
    parameters.forEach(
        (slot, parameter) ->
            parameterTypes.put(parameter, MethodAnalysis.parameterType(method, slot)));
    for (AbstractInsnNode insn : method.instructions) {
      Frame<ArrayValue> frame = analysis.frame(insn);
      if (frame != null) {
        follow(insn, frame);
      }
    }
    for (AbstractInsnNode insn : method.instructions) {
      Frame<ArrayValue> frame = analysis.frame(insn);
      if (frame != null && insn.getOpcode() == Opcodes.ARETURN) {
        returns(MethodAnalysis.peek(frame, 0));
      }
    }
  }

  /** Whether the array may be known to others. */
  boolean leaks(AbstractInsnNode site) {
    return leaked.contains(group(site));
  }

  /** Whether the method may return the array, or a row of it. */
  boolean returns(AbstractInsnNode site) {
    return returned.contains(site);
  }

  /** Whether all that it returns is null, or new and known to nobody else. */
  boolean returnsFresh() {
    return returnsFresh && !returnsOther;
  }

  private void follow(AbstractInsnNode insn, Frame<ArrayValue> frame) {
    switch (insn.getOpcode()) {
      case Opcodes.PUTFIELD, Opcodes.PUTSTATIC, Opcodes.MONITORENTER ->
          leak(MethodAnalysis.peek(frame, 0).sites());
      case Opcodes.AALOAD -> load(MethodAnalysis.peek(frame, 1));
      case Opcodes.AASTORE -> store(MethodAnalysis.peek(frame, 2), MethodAnalysis.peek(frame, 0));
      case Opcodes.INVOKEDYNAMIC -> capture((InvokeDynamicInsnNode) insn, frame);
      case Opcodes.INVOKEINTERFACE,
          Opcodes.INVOKESPECIAL,
          Opcodes.INVOKESTATIC,
          Opcodes.INVOKEVIRTUAL ->
          call((MethodInsnNode) insn, frame);
      default -> {}
    }
  }

  private void returns(ArrayValue value) {
    if (value.isNull()) {
      return;
    }
    returned.addAll(value.sites());
    boolean fresh =
        !value.elsewhere()
            && !value.sites().isEmpty()
            && value.sites().stream().allMatch(site -> isNew(site) && !leaks(site));
    returnsFresh |= fresh;
    returnsOther |= !fresh;
  }

  /** Whether the instruction makes an array in which there is none that others know. */
  private boolean isNew(AbstractInsnNode site) {
    return switch (site.getOpcode()) {
      case Opcodes.NEWARRAY, Opcodes.ANEWARRAY, Opcodes.MULTIANEWARRAY -> true;
      case Opcodes.INVOKEINTERFACE,
          Opcodes.INVOKESPECIAL,
          Opcodes.INVOKESTATIC,
          Opcodes.INVOKEVIRTUAL -> {
        MethodInsnNode call = (MethodInsnNode) site;
        if (Names.isApplication(call.owner)) {
          yield summaries.of(call).alwaysFresh();
        }
        yield (FreshCalls.isFresh(call, summaries) && !FreshCalls.mayHoldArrays(call))
            || FreshCalls.isOfFreshRows(call, summaries)
            || (ArrayTypes.isClone(call) && !mayHoldArrays(Type.getObjectType(call.owner)))
            || (ArrayTypes.isCopyOf(call) && !mayHoldArrays(Type.getReturnType(call.desc)));
      }
      default -> false;
    };
  }

  private void store(ArrayValue array, ArrayValue value) {
    if (value.isNull() || !mayBeArray(value)) {
      return;
    }
    link(array.sites(), value.sites());
    if (array.elsewhere() || holdsObjects(array)) {
      leak(value.sites());
    }
    if (value.elsewhere()) {
      for (AbstractInsnNode site : array.sites()) {
        if (mayHoldArrays(site)) {
          leak(List.of(site));
        }
      }
    }
  }

  /** What comes out of an array of objects is not followed, so it must hold none of our arrays. */
  private void load(ArrayValue array) {
    if (holdsObjects(array)) {
      array.sites().stream().filter(this::mayHoldArrays).forEach(site -> leak(List.of(site)));
    }
  }

  /** Whether all that is known of its elements is that they are objects. */
  private static boolean holdsObjects(ArrayValue array) {
    Type type = array.type();
    return type == null
        || type.getSort() != Type.ARRAY
        || EscapeRules.isSupertypeOfArrays(ArrayTypes.element(type));
  }

  private void capture(InvokeDynamicInsnNode call, Frame<ArrayValue> frame) {
    if (call.bsm.getOwner().equals("java/lang/invoke/StringConcatFactory")) {
      return;
    }
    int count = CallArguments.count(call);
    boolean dropped = isRunAndDropped(call);
    for (int argument = 0; argument < count; argument++) {
      ArrayValue value = MethodAnalysis.peek(frame, count - 1 - argument);
      if (!value.sites().isEmpty() && !(dropped && isKept((Handle) call.bsmArgs[1], argument))) {
        leak(value.sites());
      }
    }
  }

  /** Whether the code of a lambda keeps what it captured to itself. */
  private boolean isKept(Handle lambda, int captured) {
    MethodSummary summary = summaries.of(lambda);
    return lambda.getTag() != Opcodes.H_NEWINVOKESPECIAL
        && !summary.mayLeak(captured)
        && !summary.mayReturn(captured);
  }

  /** Whether a lambda is made for a call that runs it, as often as it likes, and forgets it. */
  private static boolean isRunAndDropped(InvokeDynamicInsnNode call) {
    if (!StoreChecker.isLambda(call)
        || !(Instructions.next(call) instanceof MethodInsnNode user)
        || !Type.getReturnType(user.desc).equals(Type.VOID_TYPE)) {
      return false;
    }
    return user.owner.equals("java/util/Arrays")
        || (user.owner.startsWith("java/util/stream/") && user.name.startsWith("forEach"));
  }

  private void call(MethodInsnNode call, Frame<ArrayValue> frame) {
    int count = CallArguments.count(call);
    boolean program = Names.isApplication(call.owner);
    boolean harmless = !program && isHarmless(call, frame, count);
    for (int argument = 0; argument < count; argument++) {
      ArrayValue value = MethodAnalysis.peek(frame, count - 1 - argument);
      if (!value.sites().isEmpty()
          && (program ? summaries.of(call).mayLeak(argument) : !harmless)) {
        leak(value.sites());
      }
    }
  }

  /** Calls of the JDK that keep no array, and have none to store another in. */
  private static boolean isHarmless(MethodInsnNode call, Frame<ArrayValue> frame, int count) {
    if (!JdkCalls.keepsNothing(call)) {
      return false;
    }
    for (int depth = 0; depth < count; depth++) {
      Type type = MethodAnalysis.peek(frame, depth).type();
      if (!JdkCalls.returnsOnly(call) && type != null && mayHoldArrays(type)) {
        return false;
      }
    }
    return true;
  }

  private static boolean mayBeArray(ArrayValue value) {
    Type type = value.type();
    return type != null && (Names.isArray(type) || EscapeRules.isSupertypeOfArrays(type));
  }

  private boolean mayHoldArrays(AbstractInsnNode site) {
    Type parameter = parameterTypes.get(site);
    if (parameter != null) {
      return mayHoldArrays(parameter);
    }
    return switch (site.getOpcode()) {
      case Opcodes.NEWARRAY -> false;
      case Opcodes.ANEWARRAY, Opcodes.MULTIANEWARRAY ->
          MethodAnalysis.typeMade(site).getDimensions() > 1;
      default -> true;
    };
  }

  /** Whether a value of the type may be an array of arrays; one of objects is none. */
  private static boolean mayHoldArrays(Type type) {
    return type == null
        || EscapeRules.isSupertypeOfArrays(type)
        || (Names.isArray(type)
            && (type.getDimensions() > 1
                || EscapeRules.isSupertypeOfArrays(type.getElementType())));
  }

  private void leak(Collection<AbstractInsnNode> sites) {
    for (AbstractInsnNode site : sites) {
      leaked.add(group(site));
    }
  }

  private void link(Collection<AbstractInsnNode> one, Collection<AbstractInsnNode> other) {
    for (AbstractInsnNode first : one) {
      for (AbstractInsnNode second : other) {
        AbstractInsnNode from = group(second);
        AbstractInsnNode to = group(first);
        if (from != to) {
          groups.put(from, to);
          if (leaked.contains(from)) {
            leaked.add(to);
          }
        }
      }
    }
  }

  private AbstractInsnNode group(AbstractInsnNode site) {
    AbstractInsnNode at = site;
    while (groups.containsKey(at)) {
      at = groups.get(at);
    }
    return at;
  }
}
