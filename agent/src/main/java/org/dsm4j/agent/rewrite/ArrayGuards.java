package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Where a class that is not rewritten could come by a shared array that travelled as an Object: at
 * casts, in lambdas and through method references. There it is stopped (rule 5). Adds no branches,
 * so the stack map frames stay valid.
 */
final class ArrayGuards {
  private ArrayGuards() {}

  /** Whether there was anything to guard in the method. */
  static boolean install(ClassContext in, MethodNode method) {
    boolean changed = false;
    for (AbstractInsnNode insn : method.instructions.toArray()) {
      if (insn.getOpcode() == Opcodes.CHECKCAST) {
        changed |= cast(in, method, (TypeInsnNode) insn);
      } else if (insn instanceof MethodInsnNode call
          && (EscapeRules.looksIntoObjects(call.owner, call.name) || copies(method, call))) {
        changed |= objects(method, call);
      }
    }
    return changed;
  }

  /** Whether there was a lambda or method reference that had to be redirected. */
  static boolean references(ClassContext in, MethodNode method) {
    boolean changed = false;
    for (AbstractInsnNode insn : method.instructions.toArray()) {
      if (insn instanceof InvokeDynamicInsnNode call
          && call.bsm.getOwner().equals("java/lang/invoke/LambdaMetafactory")) {
        changed |= new MethodReferences(in).rewriteGeneric(call);
      }
    }
    return changed;
  }

  /** {@code System.arraycopy}, in a method that is handed what might be an array as an Object. */
  private static boolean copies(MethodNode method, MethodInsnNode call) {
    return MethodPattern.matchAny(EscapeRules.COPY, call.owner, call.name)
        && method.desc.contains(Names.OBJECT_DESCRIPTOR);
  }

  private static boolean cast(ClassContext in, MethodNode method, TypeInsnNode cast) {
    Type type = Type.getObjectType(cast.desc);
    if (!Names.isArray(type) || isOfHeapArray(cast)) {
      return false;
    }
    InsnList check =
        EscapeRules.check(
            Names.dotted(in.facts().name)
                + "."
                + method.name
                + ", which casts an object to "
                + type.getClassName());
    method.instructions.insert(cast, check);
    return true;
  }

  private static boolean isOfHeapArray(TypeInsnNode cast) {
    return Instructions.previous(cast) instanceof MethodInsnNode call
        && ConstantPool.givesHeapArray(
            new ConstantPool.Reference(call.owner, call.name, call.desc));
  }

  /** Lets all arguments that may be arrays pass through a check; whether there are any. */
  private static boolean objects(MethodNode method, MethodInsnNode call) {
    Type[] parameters = Type.getArgumentTypes(call.desc);
    int lowest = 0;
    while (lowest < parameters.length && !mayBeArray(call.owner, parameters[lowest])) {
      lowest++;
    }
    if (lowest == parameters.length) {
      return false;
    }
    InsnList code = new InsnList();
    int slot = method.maxLocals;
    for (int i = parameters.length - 1; i > lowest; i--) {
      code.add(new VarInsnNode(parameters[i].getOpcode(Opcodes.ISTORE), slot));
      slot += parameters[i].getSize();
    }
    method.maxLocals = slot;
    for (int i = lowest; i < parameters.length; i++) {
      if (i > lowest) {
        slot -= parameters[i].getSize();
        code.add(new VarInsnNode(parameters[i].getOpcode(Opcodes.ILOAD), slot));
      }
      String place = Names.method(call.owner, call.name, call.desc) + ", argument " + (i + 1);
      if (EscapeRules.takesSeveral(call.owner, parameters[i])) {
        code.add(EscapeRules.checkEach(place));
      } else if (mayBeArray(call.owner, parameters[i])) {
        code.add(EscapeRules.check(place));
      }
    }
    method.instructions.insertBefore(call, code);
    return true;
  }

  private static boolean mayBeArray(String owner, Type parameter) {
    return EscapeRules.mayCarrySharedAsObject(ArrayValue.plain(parameter))
        || EscapeRules.takesSeveral(owner, parameter);
  }
}
