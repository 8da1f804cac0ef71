package org.dsm4j.agent.rewrite;

import java.util.List;
import java.util.Map;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * {@code synchronized} blocks, {@code wait}, {@code notify} and {@code Thread.holdsLock}: needed in
 * every class of the program, since a monitor tells only at run time whether it is cluster-wide
 * (rule 8). The method's stack map frames stay valid if they are expanded ones, or none.
 */
final class MonitorRewriter {
  private static final String THREAD = "java/lang/Thread";
  private static final String HOLDS_LOCK = "holdsLock";
  private static final String HOLDS_LOCK_DESCRIPTOR = "(Ljava/lang/Object;)Z";
  private static final String LAMBDAS = "java/lang/invoke/LambdaMetafactory";

  /** Object's methods that are redirected; final, so whatever class is named as their owner. */
  static final List<MethodPattern> OF_OBJECT =
      List.of(
          new MethodPattern("*", "wait", "()V"),
          new MethodPattern("*", "wait", "(J)V"),
          new MethodPattern("*", "wait", "(JI)V"),
          new MethodPattern("*", "notify", "()V"),
          new MethodPattern("*", "notifyAll", "()V"));

  /** Thread's, which a class that extends it may be named as the owner of. */
  static final List<MethodPattern> OF_THREAD =
      List.of(new MethodPattern("*", HOLDS_LOCK, HOLDS_LOCK_DESCRIPTOR));

  private MonitorRewriter() {}

  /** Whether a call, or what a method handle names, may be one that is redirected. */
  static boolean concerns(String owner, String name, String descriptor) {
    return MethodPattern.matchAny(OF_OBJECT, owner, name, descriptor)
        || MethodPattern.matchAny(OF_THREAD, owner, name, descriptor);
  }

  /**
   * Rewrites the method; whether it had to.
   *
   * @param nulls what a NullPointerException of each monitorenter says
   */
  static boolean rewrite(
      ClassLookup lookup, MethodNode method, Map<AbstractInsnNode, String> nulls) {
    boolean changed = MonitorBlocks.rewrite(method, nulls);
    for (AbstractInsnNode insn : method.instructions.toArray()) {
      changed |=
          switch (insn.getOpcode()) {
            case Opcodes.INVOKEVIRTUAL,
                Opcodes.INVOKESPECIAL,
                Opcodes.INVOKEINTERFACE,
                Opcodes.INVOKESTATIC ->
                call(lookup, (MethodInsnNode) insn);
            case Opcodes.INVOKEDYNAMIC -> reference(lookup, (InvokeDynamicInsnNode) insn);
            default -> false;
          };
    }
    return changed;
  }

  /**
   * These methods of Object are final: whatever class a call names as their owner, it is them that
   * it calls. {@code holdsLock} is static, and another class may hide it.
   */
  private static boolean call(ClassLookup lookup, MethodInsnNode call) {
    if (call.getOpcode() != Opcodes.INVOKESTATIC) {
      String bridge = bridge(call.name, call.desc);
      if (bridge == null) {
        return false;
      }
      call.setOpcode(Opcodes.INVOKESTATIC);
      call.name = bridge;
      call.desc = "(Ljava/lang/Object;" + call.desc.substring(1);
    } else if (!isHoldsLock(call.name, call.desc) || !isThreads(lookup, call.owner)) {
      return false;
    }
    call.owner = Names.MONITORS;
    call.itf = false;
    return true;
  }

  /** A method reference, as {@code queue::notifyAll}. */
  private static boolean reference(ClassLookup lookup, InvokeDynamicInsnNode call) {
    if (!call.bsm.getOwner().equals(LAMBDAS) || !(call.bsmArgs[1] instanceof Handle target)) {
      return false;
    }
    String bridge = bridge(target.getName(), target.getDesc());
    if (target.getTag() != Opcodes.H_INVOKESTATIC && bridge != null) {
      String descriptor = "(Ljava/lang/Object;" + target.getDesc().substring(1);
      call.bsmArgs[1] = ours(bridge, descriptor);
      call.desc = withReceiver(call.desc, Names.OBJECT);
      return true;
    }
    if (target.getTag() == Opcodes.H_INVOKESTATIC
        && isHoldsLock(target.getName(), target.getDesc())
        && isThreads(lookup, target.getOwner())) {
      call.bsmArgs[1] = ours(HOLDS_LOCK, HOLDS_LOCK_DESCRIPTOR);
      return true;
    }
    return false;
  }

  private static Handle ours(String name, String descriptor) {
    return new Handle(Opcodes.H_INVOKESTATIC, Names.MONITORS, name, descriptor, false);
  }

  /** A captured argument must be declared as exactly what a static method takes. */
  static String withReceiver(String factory, String type) {
    Type[] captured = Type.getArgumentTypes(factory);
    if (captured.length > 0) {
      captured[0] = Type.getObjectType(type);
    }
    return Type.getMethodDescriptor(Type.getReturnType(factory), captured);
  }

  /** The method of the bridge that does what this method of Object does; null for all others. */
  static String bridge(String name, String descriptor) {
    if (!MethodPattern.matchAny(OF_OBJECT, Names.OBJECT, name, descriptor)) {
      return null;
    }
    return switch (name) {
      case "wait" -> "await";
      case "notify" -> "signal";
      default -> "signalAll";
    };
  }

  private static boolean isHoldsLock(String name, String descriptor) {
    return name.equals(HOLDS_LOCK) && descriptor.equals(HOLDS_LOCK_DESCRIPTOR);
  }

  /** Whether the static method that a class of that name has is Thread's. */
  private static boolean isThreads(ClassLookup lookup, String owner) {
    for (String ancestor : lookup.ancestors(owner)) {
      if (ancestor.equals(THREAD)) {
        return true;
      }
      ClassFacts facts = lookup.find(ancestor);
      if (facts == null || facts.method(HOLDS_LOCK, HOLDS_LOCK_DESCRIPTOR) != null) {
        return false;
      }
    }
    return false;
  }
}
