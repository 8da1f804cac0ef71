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
 * Reflection on fields, and look-ups of handles and updaters of them, in every class of the
 * program: shared fields are refused (rule 11), for the field that the JVM has, if it has one at
 * all, is not where the value is.
 */
final class ReflectionRewriter {
  private static final String METHOD = "java/lang/reflect/Method";
  private static final String CONSTRUCTOR = "java/lang/reflect/Constructor";
  private static final String CLASS = "java/lang/Class";
  private static final String FIELD = "java/lang/reflect/Field";
  private static final String LOOKUP = "java/lang/invoke/MethodHandles$Lookup";

  private ReflectionRewriter() {}

  /** Whether calls of that method are checked. */
  static boolean concerns(String owner, String name) {
    return readsOrWrites(owner, name)
        || finds(owner, name)
        || unreflects(owner, name)
        || lists(owner, name)
        || names(owner, name)
        || updates(owner, name)
        || runs(owner, name)
        || listsAdded(owner, name);
  }

  /** What is called by reflection may take arrays and not be rewritten (rule 5). */
  private static boolean runs(String owner, String name) {
    return (owner.equals(METHOD) && name.equals("invoke"))
        || (owner.equals(CONSTRUCTOR) && name.equals("newInstance"));
  }

  /** The methods that the rewriting adds are nobody's business. */
  private static boolean listsAdded(String owner, String name) {
    return owner.equals(CLASS)
        && (name.equals("getDeclaredMethods")
            || name.equals("getMethods")
            || name.equals("getInterfaces"));
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
            || name.equals("findStaticVarHandle")
            || name.equals("findGetter")
            || name.equals("findSetter")
            || name.equals("findVarHandle"));
  }

  /** {@code Class.getDeclaredFields()}: those in shared memory would be missing without a word. */
  private static boolean lists(String owner, String name) {
    return owner.equals(CLASS) && (name.equals("getDeclaredFields") || name.equals("getFields"));
  }

  private static boolean names(String owner, String name) {
    return owner.equals(CLASS) && (name.equals("getDeclaredField") || name.equals("getField"));
  }

  private static boolean updates(String owner, String name) {
    return owner.startsWith("java/util/concurrent/atomic/Atomic")
        && owner.endsWith("FieldUpdater")
        && name.equals("newUpdater");
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
        if (listsAdded(call.owner, call.name)) {
          method.instructions.insert(call, withoutOurs(call));
        } else if (runs(call.owner, call.name)) {
          method.instructions.insertBefore(call, arguments(method, call));
        } else {
          method.instructions.insertBefore(call, check(method, call));
        }
        changed = true;
      }
    }
    return changed;
  }

  private static InsnList check(MethodNode method, MethodInsnNode call) {
    InsnList code = new InsnList();
    if (lists(call.owner, call.name)) {
      code.add(new InsnNode(Opcodes.DUP));
      code.add(Instructions.call(Names.REFLECTION, "check", "(Ljava/lang/Class;)V"));
      return code;
    }
    if (names(call.owner, call.name)) {
      code.add(new InsnNode(Opcodes.DUP2));
      code.add(
          Instructions.call(
              Names.REFLECTION, "checkInstance", "(Ljava/lang/Class;Ljava/lang/String;)V"));
      return code;
    }
    if (updates(call.owner, call.name)) {
      return updater(method, call);
    }
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
      if (call.name.equals("set")) {
        code.add(new InsnNode(Opcodes.DUP));
        code.add(new VarInsnNode(Opcodes.ALOAD, method.maxLocals));
        code.add(
            Instructions.call(
                Names.REFLECTION, "checkSet", "(Ljava/lang/reflect/Field;Ljava/lang/Object;)V"));
      }
      code.add(onField());
    }
    if (spill) {
      code.add(new VarInsnNode(last.getOpcode(Opcodes.ILOAD), method.maxLocals));
      method.maxLocals += last.getSize();
    }
    return code;
  }

  private static MethodInsnNode withoutOurs(MethodInsnNode call) {
    String type = call.desc.substring(call.desc.indexOf(')') + 1);
    return Instructions.call(Names.REFLECTION, "withoutOurs", "(" + type + ")" + type);
  }

  /** What is called is at the bottom, the array of arguments on top. */
  private static InsnList arguments(MethodNode method, MethodInsnNode call) {
    int arguments = method.maxLocals;
    boolean hasReceiver = Type.getArgumentTypes(call.desc).length == 2;
    InsnList code = new InsnList();
    code.add(new VarInsnNode(Opcodes.ASTORE, arguments));
    if (hasReceiver) {
      code.add(new VarInsnNode(Opcodes.ASTORE, arguments + 1));
    }
    code.add(new InsnNode(Opcodes.DUP));
    code.add(new VarInsnNode(Opcodes.ALOAD, arguments));
    code.add(
        Instructions.call(
            Names.REFLECTION,
            "checkArguments",
            "(Ljava/lang/reflect/Executable;[Ljava/lang/Object;)V"));
    if (hasReceiver) {
      code.add(new VarInsnNode(Opcodes.ALOAD, arguments + 1));
    }
    code.add(new VarInsnNode(Opcodes.ALOAD, arguments));
    method.maxLocals += 2;
    return code;
  }

  /** The class is at the bottom, the field's name on top. */
  private static InsnList updater(MethodNode method, MethodInsnNode call) {
    int type = method.maxLocals;
    boolean hasValueType = Type.getArgumentTypes(call.desc).length == 3;
    InsnList code = new InsnList();
    if (hasValueType) {
      code.add(new VarInsnNode(Opcodes.ASTORE, type));
      code.add(new VarInsnNode(Opcodes.ASTORE, type + 1));
      code.add(new InsnNode(Opcodes.DUP));
      code.add(new VarInsnNode(Opcodes.ALOAD, type));
    } else {
      code.add(new InsnNode(Opcodes.DUP2));
    }
    code.add(
        Instructions.call(
            Names.REFLECTION, "checkInstance", "(Ljava/lang/Class;Ljava/lang/String;)V"));
    if (hasValueType) {
      code.add(new VarInsnNode(Opcodes.ALOAD, type + 1));
      code.add(new VarInsnNode(Opcodes.ALOAD, type));
      method.maxLocals += 2;
    }
    return code;
  }

  private static MethodInsnNode onField() {
    return Instructions.call(Names.REFLECTION, "check", "(Ljava/lang/reflect/Field;)V");
  }
}
