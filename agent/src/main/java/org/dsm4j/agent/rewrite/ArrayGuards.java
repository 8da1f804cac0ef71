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
          && call.owner.equals("java/lang/reflect/Array")
          && call.desc.startsWith("(Ljava/lang/Object;")) {
        method.instructions.insertBefore(call, reflection(method, call));
        changed = true;
      } else if (insn instanceof InvokeDynamicInsnNode call
          && call.bsm.getOwner().equals("java/lang/invoke/LambdaMetafactory")) {
        changed |= new MethodReferences(in).rewriteGeneric(call);
      }
    }
    return changed;
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

  /** The array is below what else {@code Array.get} and {@code set} take. */
  private static InsnList reflection(MethodNode method, MethodInsnNode call) {
    Type[] parameters = Type.getArgumentTypes(call.desc);
    InsnList code = new InsnList();
    int slot = method.maxLocals;
    for (int i = parameters.length - 1; i > 0; i--) {
      code.add(new VarInsnNode(parameters[i].getOpcode(Opcodes.ISTORE), slot));
      slot += parameters[i].getSize();
    }
    code.add(EscapeRules.check(Names.method(call.owner, call.name, call.desc) + ", argument 1"));
    for (int i = 1; i < parameters.length; i++) {
      slot -= parameters[i].getSize();
      code.add(new VarInsnNode(parameters[i].getOpcode(Opcodes.ILOAD), slot));
    }
    method.maxLocals = Math.max(method.maxLocals, slot + 4);
    return code;
  }
}
