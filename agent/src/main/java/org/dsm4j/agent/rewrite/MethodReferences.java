package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Lambdas and method references at the border to code that is not rewritten: of methods that are
 * not ({@code Arrays::stream}), and for interfaces that are not and return an array. They go
 * through a method of our own that makes the call, where it is rewritten or checked like any other;
 * the call itself would be in a class that the JDK makes. So do references to methods of
 * reflection.
 */
final class MethodReferences {
  private final ClassContext in;

  MethodReferences(ClassContext in) {
    this.in = in;
  }

  /** Handles a call of LambdaMetafactory. */
  void rewrite(InvokeDynamicInsnNode call) {
    String function = Type.getReturnType(call.desc).getInternalName();
    Type result = ((Type) call.bsmArgs[0]).getReturnType();
    boolean givesArrayAway = Names.isArray(result) && !in.lookup().isRewritten(function);
    String receiver =
        givesArrayAway
            ? "callers of "
                + Names.method(function, call.name, ((Type) call.bsmArgs[0]).getDescriptor())
                + ", result of a lambda"
            : null;
    Handle target = (Handle) call.bsmArgs[1];
    if (givesArrayAway || needsCheck(target) || concerns(target)) {
      call.bsmArgs[1] = indirect(target, receiver);
    }
  }

  /**
   * Handles a call of LambdaMetafactory in a class that is not rewritten, for an interface whose
   * method takes Object where the lambda takes an array; whether it had to. (One that takes arrays
   * is checked where it is called.)
   */
  boolean rewriteGeneric(InvokeDynamicInsnNode call) {
    Handle target = (Handle) call.bsmArgs[1];
    if (!concerns(target)
        && (Names.takesArray(((Type) call.bsmArgs[0]).getDescriptor()) || !needsCheck(target))) {
      return false;
    }
    call.bsmArgs[1] = indirect(target, null);
    return true;
  }

  /** Whether calls of the method are rewritten for other reasons than an array parameter. */
  private static boolean concerns(Handle target) {
    return target.getTag() >= Opcodes.H_INVOKEVIRTUAL
        && (EscapeRules.looksIntoObjects(target.getOwner(), target.getName())
            || ReflectionRewriter.concerns(target.getOwner(), target.getName())
            || StreamRewriter.concerns(target.getOwner(), target.getName()));
  }

  private boolean needsCheck(Handle target) {
    boolean own = target.getOwner().equals(in.facts().name);
    if ((own && in.lookup().isRewritten(in.facts().name))
        || EscapeRules.takesSharedArrays(
            in.lookup(), target.getOwner(), target.getName(), target.getDesc())) {
      return false;
    }
    return Names.takesArray(target.getDesc());
  }

  /**
   * A method of ours that makes the call, to be rewritten as those of the program are.
   *
   * @param receiver whom to name when the result is shared, or null if it may be
   */
  private Handle indirect(Handle target, String receiver) {
    Type[] parameters = Type.getArgumentTypes(target.getDesc());
    boolean constructs = target.getTag() == Opcodes.H_NEWINVOKESPECIAL;
    boolean hasReceiver = !constructs && target.getTag() != Opcodes.H_INVOKESTATIC;
    Type owner = Type.getObjectType(target.getOwner());
    Type[] all = parameters;
    if (hasReceiver) {
      all = new Type[parameters.length + 1];
      all[0] = owner;
      System.arraycopy(parameters, 0, all, 1, parameters.length);
    }
    Type result = constructs ? owner : Type.getReturnType(target.getDesc());
    String name = "dsm$reference$" + in.addedMethods().size();
    MethodNode method =
        new MethodNode(
            Opcodes.ACC_PRIVATE | Opcodes.ACC_STATIC | Opcodes.ACC_SYNTHETIC,
            name,
            Type.getMethodDescriptor(result, all),
            null,
            null);
    if (constructs) {
      method.instructions.add(new TypeInsnNode(Opcodes.NEW, target.getOwner()));
      method.instructions.add(new InsnNode(Opcodes.DUP));
    }
    int slot = 0;
    for (int i = 0; i < all.length; i++) {
      method.instructions.add(new VarInsnNode(all[i].getOpcode(Opcodes.ILOAD), slot));
      slot += all[i].getSize();
      if (!in.lookup().isRewritten(in.facts().name)
          && Names.isArray(all[i])
          && needsCheck(target)) {
        String place = Names.method(target.getOwner(), target.getName(), target.getDesc());
        method.instructions.add(
            EscapeRules.check(place + ", argument " + (hasReceiver ? i : i + 1)));
      }
    }
    method.instructions.add(
        new MethodInsnNode(
            opcode(target.getTag()),
            target.getOwner(),
            target.getName(),
            target.getDesc(),
            target.isInterface()));
    if (receiver != null) {
      method.instructions.add(EscapeRules.check(receiver));
    }
    method.instructions.add(new InsnNode(result.getOpcode(Opcodes.IRETURN)));
    method.maxLocals = slot;
    method.maxStack = slot + 4;
    in.addedMethods().add(method);
    return new Handle(
        Opcodes.H_INVOKESTATIC, in.facts().name, name, method.desc, in.facts().isInterface());
  }

  private static int opcode(int tag) {
    return switch (tag) {
      case Opcodes.H_INVOKESTATIC -> Opcodes.INVOKESTATIC;
      case Opcodes.H_INVOKEINTERFACE -> Opcodes.INVOKEINTERFACE;
      case Opcodes.H_INVOKEVIRTUAL -> Opcodes.INVOKEVIRTUAL;
      default -> Opcodes.INVOKESPECIAL;
    };
  }
}
