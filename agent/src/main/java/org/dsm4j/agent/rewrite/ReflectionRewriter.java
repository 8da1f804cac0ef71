package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Reflection and method-handle look-ups of fields, in every class of the program: shared fields are
 * refused (rule 11), for the field that the JVM has is not where the value is.
 */
final class ReflectionRewriter {
  private static final String FIELD = "java/lang/reflect/Field";
  private static final String LOOKUP = "java/lang/invoke/MethodHandles$Lookup";

  private ReflectionRewriter() {}

  /** Whether calls of that method are checked. */
  static boolean concerns(String owner, String name) {
    return readsOrWrites(owner, name) || finds(owner, name) || unreflects(owner, name);
  }

  private static boolean readsOrWrites(String owner, String name) {
    return owner.equals(FIELD)
        && (name.equals("set")
            || name.equals("get")
            || name.matches("[gs]et(Boolean|Byte|Char|Short|Int|Long|Float|Double)"));
  }

  private static boolean finds(String owner, String name) {
    return owner.equals(LOOKUP)
        && (name.equals("findStaticGetter")
            || name.equals("findStaticSetter")
            || name.equals("findStaticVarHandle"));
  }

  private static boolean unreflects(String owner, String name) {
    return owner.equals(LOOKUP)
        && (name.equals("unreflectGetter")
            || name.equals("unreflectSetter")
            || name.equals("unreflectVarHandle"));
  }

  /** Rewrites the method; whether it had to. */
  static boolean rewrite(MethodNode method) {
    boolean changed = false;
    for (AbstractInsnNode insn : method.instructions.toArray()) {
      if (insn instanceof MethodInsnNode call && concerns(call.owner, call.name)) {
        method.instructions.insertBefore(call, check(method, call));
        changed = true;
      }
    }
    return changed;
  }

  private static InsnList check(MethodNode method, MethodInsnNode call) {
    InsnList code = new InsnList();
    if (unreflects(call.owner, call.name)) {
      code.add(new InsnNode(Opcodes.DUP));
      code.add(onField());
      return code;
    }
    Type[] parameters = Type.getArgumentTypes(call.desc);
    Type last = parameters[parameters.length - 1];
    boolean spill = parameters.length != 1;
    if (spill) {
      code.add(new VarInsnNode(last.getOpcode(Opcodes.ISTORE), method.maxLocals));
    }
    code.add(new InsnNode(Opcodes.DUP2));
    if (finds(call.owner, call.name)) {
      code.add(
          Instructions.call(Names.REFLECTION, "check", "(Ljava/lang/Class;Ljava/lang/String;)V"));
    } else {
      code.add(new InsnNode(Opcodes.POP));
      code.add(onField());
    }
    if (spill) {
      code.add(new VarInsnNode(last.getOpcode(Opcodes.ILOAD), method.maxLocals));
      method.maxLocals += last.getSize();
    }
    return code;
  }

  private static MethodInsnNode onField() {
    return Instructions.call(Names.REFLECTION, "check", "(Ljava/lang/reflect/Field;)V");
  }
}
