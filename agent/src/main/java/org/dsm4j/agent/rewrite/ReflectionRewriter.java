package org.dsm4j.agent.rewrite;

import java.util.List;
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

  /** What is called by reflection may take arrays and not be rewritten (rule 5). */
  private static final List<MethodPattern> RUN =
      MethodPattern.all(
          MethodPattern.of(METHOD, "invoke"), MethodPattern.of(CONSTRUCTOR, "newInstance"));

  /** The methods that the rewriting adds are nobody's business. */
  private static final List<MethodPattern> LIST_ADDED =
      MethodPattern.of(CLASS, "getDeclaredMethods", "getMethods", "getInterfaces");

  private static final List<MethodPattern> READ_OR_WRITE =
      MethodPattern.of(
          FIELD,
          "get",
          "getBoolean",
          "getByte",
          "getChar",
          "getShort",
          "getInt",
          "getLong",
          "getFloat",
          "getDouble",
          "set",
          "setBoolean",
          "setByte",
          "setChar",
          "setShort",
          "setInt",
          "setLong",
          "setFloat",
          "setDouble");

  private static final List<MethodPattern> FIND =
      MethodPattern.of(
          LOOKUP,
          "findStaticGetter",
          "findStaticSetter",
          "findStaticVarHandle",
          "findGetter",
          "findSetter",
          "findVarHandle");

  /** Those in shared memory would be missing without a word. */
  private static final List<MethodPattern> LIST =
      MethodPattern.of(CLASS, "getDeclaredFields", "getFields");

  private static final List<MethodPattern> NAME =
      MethodPattern.of(CLASS, "getDeclaredField", "getField");

  /** Of the three field updaters. */
  private static final List<MethodPattern> UPDATE =
      MethodPattern.of("java/util/concurrent/atomic/Atomic*", "newUpdater");

  private static final List<MethodPattern> UNREFLECT =
      MethodPattern.of(LOOKUP, "unreflectGetter", "unreflectSetter", "unreflectVarHandle");

  /** All calls that are checked. */
  static final List<MethodPattern> CALLED =
      MethodPattern.all(READ_OR_WRITE, FIND, UNREFLECT, LIST, NAME, UPDATE, RUN, LIST_ADDED);

  private ReflectionRewriter() {}

  /** Whether calls of that method are checked. */
  static boolean concerns(String owner, String name) {
    return MethodPattern.matchAny(CALLED, owner, name);
  }

  private static boolean is(List<MethodPattern> patterns, MethodInsnNode call) {
    return MethodPattern.matchAny(patterns, call.owner, call.name);
  }

  /** Rewrites the method; whether it had to. */
  static boolean rewrite(MethodNode method) {
    boolean changed = false;
    for (AbstractInsnNode insn : method.instructions.toArray()) {
      if (insn instanceof MethodInsnNode call && concerns(call.owner, call.name)) {
        if (is(LIST_ADDED, call)) {
          method.instructions.insert(call, withoutOurs(call));
        } else if (is(RUN, call)) {
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
    if (is(LIST, call)) {
      code.add(new InsnNode(Opcodes.DUP));
      code.add(Instructions.call(Names.REFLECTION, "check", "(Ljava/lang/Class;)V"));
      return code;
    }
    if (is(NAME, call)) {
      code.add(new InsnNode(Opcodes.DUP2));
      code.add(
          Instructions.call(
              Names.REFLECTION, "checkInstance", "(Ljava/lang/Class;Ljava/lang/String;)V"));
      return code;
    }
    if (is(UPDATE, call)) {
      return updater(method, call);
    }
    if (is(UNREFLECT, call)) {
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
    if (is(FIND, call)) {
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
