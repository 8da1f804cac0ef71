package org.dsm4j.agent.rewrite;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.function.Predicate;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.LocalVariableNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Analyzer;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.Frame;
import org.objectweb.asm.tree.analysis.SourceValue;

/**
 * What the JVM would say of a NullPointerException at an instruction of a method, were the method
 * not rewritten: after JEP 358, and HotSpot's {@code bytecodeUtils.cpp}.
 */
final class NullMessages {
  /** How deep an expression is described. */
  private static final int DETAIL_MAX = 5;

  /** HotSpot takes variables beyond for assigned. */
  private static final int WATCHED_SLOTS = 64;

  private static final List<String> ELEMENTS =
      List.of("int", "long", "float", "double", "object", "byte/boolean", "char", "short");

  private final MethodNode method;
  private final Map<AbstractInsnNode, Frame<SourceValue>> frames = new IdentityHashMap<>();
  private final Map<AbstractInsnNode, Integer> order = new IdentityHashMap<>();

  private NullMessages(MethodNode method) {
    this.method = method;
  }

  /** Of a method as it is in the class file; or that was refused anyway. */
  static NullMessages of(String owner, MethodNode method) {
    NullMessages messages = new NullMessages(method);
    try {
      Frame<SourceValue>[] computed = new Analyzer<>(new NullSources()).analyze(owner, method);
      int index = 0;
      for (AbstractInsnNode insn : method.instructions) {
        messages.frames.put(insn, computed[index]);
        messages.order.put(insn, index++);
      }
    } catch (AnalyzerException unreadable) {
      messages.frames.clear();
    }
    return messages;
  }

  /** Whether the instruction is reached, and fails of a null. */
  boolean mayFail(AbstractInsnNode insn) {
    return depth(insn) >= 0 && frames.get(insn) != null;
  }

  /**
   * The instruction that made what must not be null at one that would fail of it; null if that is
   * none of these, or not known.
   */
  AbstractInsnNode source(AbstractInsnNode insn) {
    return mayFail(insn) ? source(insn, depth(insn)) : null;
  }

  /** The message, as in {@code Cannot read field "x" because "p" is null}. */
  String message(AbstractInsnNode insn) {
    String action = action(insn);
    AbstractInsnNode source = source(insn);
    if (source == null) {
      return action;
    }
    if (isCall(source)) {
      return action
          + " because the return value of \""
          + name((MethodInsnNode) source)
          + "\" is null";
    }
    String cause = describe(source, DETAIL_MAX);
    return cause == null ? action : action + " because \"" + cause + "\" is null";
  }

  /** How far below the top of the stack what must not be null is; -1 if nothing is. */
  private static int depth(AbstractInsnNode insn) {
    int opcode = insn.getOpcode();
    if (opcode >= Opcodes.IALOAD && opcode <= Opcodes.SALOAD) {
      return 1;
    } else if (opcode >= Opcodes.IASTORE && opcode <= Opcodes.SASTORE) {
      return 2;
    }
    return switch (opcode) {
      case Opcodes.ARRAYLENGTH, Opcodes.GETFIELD, Opcodes.MONITORENTER -> 0;
      case Opcodes.PUTFIELD -> 1;
      case Opcodes.INVOKEVIRTUAL, Opcodes.INVOKEINTERFACE, Opcodes.INVOKESPECIAL ->
          Type.getArgumentTypes(((MethodInsnNode) insn).desc).length;
      default -> -1;
    };
  }

  private static String action(AbstractInsnNode insn) {
    int opcode = insn.getOpcode();
    if (opcode >= Opcodes.IALOAD && opcode <= Opcodes.SALOAD) {
      return "Cannot load from " + ELEMENTS.get(opcode - Opcodes.IALOAD) + " array";
    } else if (opcode >= Opcodes.IASTORE && opcode <= Opcodes.SASTORE) {
      return "Cannot store to " + ELEMENTS.get(opcode - Opcodes.IASTORE) + " array";
    }
    return switch (opcode) {
      case Opcodes.ARRAYLENGTH -> "Cannot read the array length";
      case Opcodes.GETFIELD -> "Cannot read field \"" + ((FieldInsnNode) insn).name + '"';
      case Opcodes.PUTFIELD -> "Cannot assign field \"" + ((FieldInsnNode) insn).name + '"';
      case Opcodes.MONITORENTER -> "Cannot enter synchronized block";
      default -> "Cannot invoke \"" + name((MethodInsnNode) insn) + '"';
    };
  }

  private static boolean isCall(AbstractInsnNode insn) {
    return insn instanceof MethodInsnNode;
  }

  private AbstractInsnNode source(AbstractInsnNode insn, int depth) {
    Frame<SourceValue> frame = frames.get(insn);
    Set<AbstractInsnNode> sources = frame.getStack(frame.getStackSize() - 1 - depth).insns;
    return sources.size() == 1 ? sources.iterator().next() : null;
  }

  private String describe(AbstractInsnNode insn, int detail) {
    if (insn == null || detail <= 0 || frames.get(insn) == null) {
      return null;
    }
    int opcode = insn.getOpcode();
    if (opcode >= Opcodes.ICONST_M1 && opcode <= Opcodes.ICONST_5) {
      return Integer.toString(opcode - Opcodes.ICONST_0);
    }
    switch (opcode) {
      case Opcodes.ILOAD, Opcodes.ALOAD:
        return variable((VarInsnNode) insn);
      case Opcodes.ACONST_NULL:
        return "null";
      case Opcodes.BIPUSH, Opcodes.SIPUSH:
        return Integer.toString(((IntInsnNode) insn).operand);
      case Opcodes.IALOAD, Opcodes.AALOAD:
        String array = describe(source(insn, 1), detail - 1);
        String index = describe(source(insn, 0), detail);
        return (array == null ? "<array>" : array) + '[' + (index == null ? "..." : index) + ']';
      case Opcodes.GETSTATIC:
        FieldInsnNode field = (FieldInsnNode) insn;
        return shortened(Names.dotted(field.owner)) + '.' + field.name;
      case Opcodes.GETFIELD:
        String object = describe(source(insn, 0), detail - 1);
        return (object == null ? "" : object + '.') + ((FieldInsnNode) insn).name;
      default:
        return isCall(insn) ? name((MethodInsnNode) insn) : null;
    }
  }

  private String variable(VarInsnNode load) {
    if (method.localVariables != null) {
      for (LocalVariableNode variable : method.localVariables) {
        if (variable.index == load.var
            && order.get(variable.start) <= order.get(load)
            && order.get(load) < order.get(variable.end)) {
          return variable.name;
        }
      }
    }
    boolean isStatic = (method.access & Opcodes.ACC_STATIC) != 0;
    boolean assigned =
        load.var >= WATCHED_SLOTS || !frames.get(load).getLocal(load.var).insns.isEmpty();
    if (load.var == 0 && !isStatic && !assigned) {
      return "this";
    }
    int slot = isStatic ? 0 : 1;
    int number = 1;
    for (Type parameter : Type.getArgumentTypes(method.desc)) {
      if (!assigned && load.var >= slot && load.var < slot + parameter.getSize()) {
        return "<parameter" + number + '>';
      }
      slot += parameter.getSize();
      number++;
    }
    return "<local" + load.var + '>';
  }

  private static String name(MethodInsnNode call) {
    StringJoiner parameters = new StringJoiner(", ", "(", ")");
    for (Type parameter : Type.getArgumentTypes(call.desc)) {
      parameters.add(shortened(parameter.getClassName()));
    }
    return shortened(Names.dotted(call.owner)) + '.' + call.name + parameters;
  }

  private static String shortened(String type) {
    return type.startsWith("java.lang.Object") || type.startsWith("java.lang.String")
        ? type.replaceFirst("^java\\.lang\\.(Object|String)(?=$|\\[)", "$1")
        : type;
  }

  /**
   * Whether what the message says of the cause is made by an instruction of that kind: the value
   * itself, or anything that it was read from.
   */
  boolean mentions(AbstractInsnNode insn, Predicate<AbstractInsnNode> kind) {
    return mentioned(source(insn), DETAIL_MAX, kind);
  }

  private boolean mentioned(AbstractInsnNode source, int detail, Predicate<AbstractInsnNode> kind) {
    if (source == null || detail <= 0 || frames.get(source) == null) {
      return false;
    }
    return kind.test(source)
        || switch (source.getOpcode()) {
          case Opcodes.IALOAD, Opcodes.AALOAD ->
              mentioned(source(source, 1), detail - 1, kind)
                  || mentioned(source(source, 0), detail, kind);
          case Opcodes.GETFIELD -> mentioned(source(source, 0), detail - 1, kind);
          default -> false;
        };
  }
}
