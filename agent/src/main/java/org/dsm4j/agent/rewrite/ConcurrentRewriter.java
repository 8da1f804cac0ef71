package org.dsm4j.agent.rewrite;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dsm4j.internal.AtomicBooleanCalls;
import org.dsm4j.internal.AtomicIntegerCalls;
import org.dsm4j.internal.AtomicLongCalls;
import org.dsm4j.internal.AtomicReferenceCalls;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Rule 10. Most {@code java.util.concurrent} objects in shared fields are of subclasses of ours;
 * but the methods of the atomic classes are final, so calls of them, in every class of the program,
 * go to the bridge, which asks what the object is.
 */
final class ConcurrentRewriter {
  private static final String ATOMIC = "java/util/concurrent/atomic/Atomic*";

  /** What may be redirected, and what of that surely is not. */
  static final List<MethodPattern> CALLED = MethodPattern.of(ATOMIC, "*");

  static final List<MethodPattern> NOT_CALLED = MethodPattern.of(ATOMIC, "<init>");

  private static final String LAMBDAS = "java/lang/invoke/LambdaMetafactory";
  private static final List<Class<?>> BRIDGES =
      List.of(
          AtomicIntegerCalls.class,
          AtomicLongCalls.class,
          AtomicBooleanCalls.class,
          AtomicReferenceCalls.class);

  /** Types that a shared static field may have to hold such an object. */
  private static final Set<String> TYPES =
      Set.of(
          "Ljava/util/concurrent/CyclicBarrier;",
          "Ljava/util/concurrent/CountDownLatch;",
          "Ljava/util/concurrent/Semaphore;",
          "Ljava/util/concurrent/atomic/AtomicInteger;",
          "Ljava/util/concurrent/atomic/AtomicLong;",
          "Ljava/util/concurrent/atomic/AtomicBoolean;",
          "Ljava/util/concurrent/atomic/AtomicReference;",
          "Ljava/util/concurrent/atomic/LongAdder;",
          "Ljava/util/concurrent/locks/ReentrantLock;",
          "Ljava/util/concurrent/locks/ReentrantReadWriteLock;",
          "Ljava/util/concurrent/locks/ReentrantReadWriteLock$ReadLock;",
          "Ljava/util/concurrent/locks/ReentrantReadWriteLock$WriteLock;",
          "Ljava/util/concurrent/locks/Lock;",
          "Ljava/util/concurrent/locks/ReadWriteLock;",
          "Ljava/util/concurrent/locks/Condition;");

  /** Found when the first class that calls one is loaded: many programs have none. */
  private static final class Bridges {
    /** The bridge's methods by owner, name and descriptor of what they stand for. */
    static final Map<String, Bridge> BY_METHOD = bridges();
  }

  /** A method of the bridge: its class and descriptor. */
  private record Bridge(String owner, String descriptor) {}

  private ConcurrentRewriter() {}

  private static Map<String, Bridge> bridges() {
    Map<String, Bridge> bridges = new HashMap<>();
    for (Class<?> bridge : BRIDGES) {
      for (Method method : bridge.getDeclaredMethods()) {
        if (Modifier.isPublic(method.getModifiers())) {
          add(bridges, Type.getInternalName(bridge), method);
        }
      }
    }
    return bridges;
  }

  private static void add(Map<String, Bridge> bridges, String owner, Method method) {
    Type all = Type.getType(method);
    Type[] parameters = all.getArgumentTypes();
    Type[] others = Arrays.copyOfRange(parameters, 1, parameters.length);
    bridges.put(
        parameters[0].getInternalName()
            + '.'
            + method.getName()
            + Type.getMethodDescriptor(all.getReturnType(), others),
        new Bridge(owner, all.getDescriptor()));
  }

  /** Told of a method that is redirected, and of the owner and descriptor of the static one. */
  interface BridgeConsumer {
    void accept(MethodPattern method, String owner, String descriptor);
  }

  /** Tells all methods that are redirected where they are called. */
  static void forEachBridge(BridgeConsumer to) {
    Bridges.BY_METHOD.forEach(
        (method, bridge) -> {
          int parameters = method.indexOf('(');
          int dot = method.lastIndexOf('.', parameters);
          to.accept(
              new MethodPattern(
                  method.substring(0, dot),
                  method.substring(dot + 1, parameters),
                  method.substring(parameters)),
              bridge.owner(),
              bridge.descriptor());
        });
  }

  /** Whether a field of that type, if shared, holds a {@code java.util.concurrent} object. */
  static boolean isHeldBy(String descriptor) {
    return TYPES.contains(descriptor);
  }

  /** Whether objects of the type are parts of others: not made by new, and nothing without them. */
  static boolean isPart(String descriptor) {
    return descriptor.endsWith("/Condition;")
        || descriptor.endsWith("$ReadLock;")
        || descriptor.endsWith("$WriteLock;");
  }

  /** Whether a call, or what a method handle names, may be one that is redirected. */
  static boolean concerns(String owner, String name) {
    return MethodPattern.matchAny(CALLED, owner, name)
        && !MethodPattern.matchAny(NOT_CALLED, owner, name);
  }

  /** Rewrites the method; whether it had to. */
  static boolean rewrite(MethodNode method) {
    boolean changed = false;
    for (AbstractInsnNode insn : method.instructions) {
      if (insn.getOpcode() == Opcodes.INVOKEVIRTUAL) {
        changed |= call((MethodInsnNode) insn);
      } else if (insn instanceof InvokeDynamicInsnNode dynamic) {
        changed |= reference(dynamic);
      }
    }
    return changed;
  }

  private static Bridge bridge(String owner, String name, String descriptor) {
    return concerns(owner, name) ? Bridges.BY_METHOD.get(owner + '.' + name + descriptor) : null;
  }

  private static boolean call(MethodInsnNode call) {
    Bridge bridge = bridge(call.owner, call.name, call.desc);
    if (bridge == null) {
      return false;
    }
    call.setOpcode(Opcodes.INVOKESTATIC);
    call.owner = bridge.owner();
    call.desc = bridge.descriptor();
    return true;
  }

  private static boolean reference(InvokeDynamicInsnNode call) {
    if (!call.bsm.getOwner().equals(LAMBDAS)
        || !(call.bsmArgs[1] instanceof Handle target)
        || target.getTag() != Opcodes.H_INVOKEVIRTUAL) {
      return false;
    }
    Bridge bridge = bridge(target.getOwner(), target.getName(), target.getDesc());
    if (bridge == null) {
      return false;
    }
    call.bsmArgs[1] =
        new Handle(
            Opcodes.H_INVOKESTATIC, bridge.owner(), target.getName(), bridge.descriptor(), false);
    call.desc = MonitorRewriter.withReceiver(call.desc, target.getOwner());
    return true;
  }
}
