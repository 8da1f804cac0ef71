package org.dsm4j.agent.rewrite;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.ConstantDynamic;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MultiANewArrayInsnNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.analysis.Interpreter;

/** Follows arrays through a method: which may be shared, and which were made here. */
final class ArrayInterpreter extends Interpreter<ArrayValue> {
  private static final Type OBJECT = Type.getObjectType(Names.OBJECT);

  private final ClassLookup lookup;
  private final MethodSummaries summaries;
  private final Set<AbstractInsnNode> sharedSites;
  private final Map<Integer, ? extends AbstractInsnNode> parameters;
  private final Set<AbstractInsnNode> marks;

  /**
   * @param summaries of the methods that are called
   * @param sharedSites the instructions that make shared arrays
   * @param parameters what stands for the arrays that the method is handed, by the parameter's
   *     variable; null if they shall be unknown, as what methods do that are not rewritten
   * @param marks casts that only say where a value came from ({@link Invariants})
   */
  ArrayInterpreter(
      ClassLookup lookup,
      MethodSummaries summaries,
      Set<AbstractInsnNode> sharedSites,
      Map<Integer, ? extends AbstractInsnNode> parameters,
      Set<AbstractInsnNode> marks) {
    super(Opcodes.ASM9);
    this.lookup = lookup;
    this.summaries = summaries;
    this.sharedSites = sharedSites;
    this.parameters = parameters;
    this.marks = marks;
  }

  @Override
  public ArrayValue newParameterValue(boolean isInstanceMethod, int local, Type type) {
    AbstractInsnNode parameter = parameters == null ? null : parameters.get(local);
    return parameter == null ? newValue(type) : ArrayValue.unknown(type, Set.of(parameter));
  }

  @Override
  public ArrayValue newValue(Type type) {
    if (type == null) {
      return ArrayValue.UNUSABLE;
    }
    if (type == Type.VOID_TYPE) {
      return null;
    }
    return switch (type.getSort()) {
      case Type.BOOLEAN, Type.BYTE, Type.CHAR, Type.SHORT, Type.INT ->
          ArrayValue.plain(Type.INT_TYPE);
      default -> ArrayValue.unknown(type);
    };
  }

  @Override
  public ArrayValue newOperation(AbstractInsnNode insn) {
    return switch (insn.getOpcode()) {
      case Opcodes.ACONST_NULL -> ArrayValue.NULL;
      case Opcodes.LCONST_0, Opcodes.LCONST_1 -> ArrayValue.plain(Type.LONG_TYPE);
      case Opcodes.FCONST_0, Opcodes.FCONST_1, Opcodes.FCONST_2 ->
          ArrayValue.plain(Type.FLOAT_TYPE);
      case Opcodes.DCONST_0, Opcodes.DCONST_1 -> ArrayValue.plain(Type.DOUBLE_TYPE);
      case Opcodes.LDC -> constant(((LdcInsnNode) insn).cst);
      case Opcodes.GETSTATIC -> from(insn, field((FieldInsnNode) insn));
      case Opcodes.NEW ->
          ArrayValue.made(Type.getObjectType(((TypeInsnNode) insn).desc), false, insn);
      default -> ArrayValue.plain(Type.INT_TYPE);
    };
  }

  private ArrayValue constant(Object constant) {
    if (constant instanceof Integer) {
      return ArrayValue.plain(Type.INT_TYPE);
    } else if (constant instanceof Long) {
      return ArrayValue.plain(Type.LONG_TYPE);
    } else if (constant instanceof Float) {
      return ArrayValue.plain(Type.FLOAT_TYPE);
    } else if (constant instanceof Double) {
      return ArrayValue.plain(Type.DOUBLE_TYPE);
    } else if (constant instanceof ConstantDynamic dynamic) {
      return newValue(Type.getType(dynamic.getDescriptor()));
    } else if (constant instanceof Type
        || constant instanceof Handle
        || constant instanceof String) {
      return ArrayValue.plain(OBJECT);
    }
    throw new IllegalArgumentException("unknown constant " + constant);
  }

  private ArrayValue field(FieldInsnNode insn) {
    ArrayValue value = newValue(Type.getType(insn.desc));
    FieldFacts field = value.isReference() ? lookup.field(insn.owner, insn.name, insn.desc) : null;
    if (field != null && field.isCompilers()) {
      return ArrayValue.plain(value.type());
    }
    return field != null && field.isInSharedMemory()
        ? new ArrayValue(value.type(), value.token(), value.token(), true, Set.of(), true, null)
        : value;
  }

  /** What a published object refers to is published too; it is shared in any case. */
  private ArrayValue instanceField(FieldInsnNode insn, ArrayValue object) {
    ArrayValue value = field(insn);
    return value.published() && !object.published()
        ? new ArrayValue(value.type(), value.token(), value.sure(), false, Set.of(), true, null)
        : value;
  }

  @Override
  public ArrayValue copyOperation(AbstractInsnNode insn, ArrayValue value) {
    return switch (insn.getOpcode()) {
      case Opcodes.ALOAD -> from(insn, value);
      case Opcodes.ASTORE -> value.withLoad(null);
      default -> value;
    };
  }

  @Override
  public ArrayValue unaryOperation(AbstractInsnNode insn, ArrayValue value) {
    return switch (insn.getOpcode()) {
      case Opcodes.NEWARRAY -> made(insn, ArrayTypes.ofNewArray(((IntInsnNode) insn).operand));
      case Opcodes.ANEWARRAY -> made(insn, ArrayTypes.ofElement(((TypeInsnNode) insn).desc));
      case Opcodes.CHECKCAST ->
          marks.contains(insn)
              ? value.withLoad(insn)
              : cast(Type.getObjectType(((TypeInsnNode) insn).desc), value);
      case Opcodes.GETFIELD -> from(insn, instanceField((FieldInsnNode) insn, value));
      case Opcodes.LNEG, Opcodes.I2L, Opcodes.F2L, Opcodes.D2L -> ArrayValue.plain(Type.LONG_TYPE);
      case Opcodes.FNEG, Opcodes.I2F, Opcodes.L2F, Opcodes.D2F -> ArrayValue.plain(Type.FLOAT_TYPE);
      case Opcodes.DNEG, Opcodes.I2D, Opcodes.L2D, Opcodes.F2D ->
          ArrayValue.plain(Type.DOUBLE_TYPE);
      case Opcodes.IFEQ,
          Opcodes.IFNE,
          Opcodes.IFLT,
          Opcodes.IFGE,
          Opcodes.IFGT,
          Opcodes.IFLE,
          Opcodes.IFNULL,
          Opcodes.IFNONNULL,
          Opcodes.TABLESWITCH,
          Opcodes.LOOKUPSWITCH,
          Opcodes.PUTSTATIC,
          Opcodes.IRETURN,
          Opcodes.LRETURN,
          Opcodes.FRETURN,
          Opcodes.DRETURN,
          Opcodes.ARETURN,
          Opcodes.ATHROW,
          Opcodes.MONITORENTER,
          Opcodes.MONITOREXIT ->
          null;
      default -> ArrayValue.plain(Type.INT_TYPE);
    };
  }

  private ArrayValue made(AbstractInsnNode site, Type type) {
    return ArrayValue.made(type, sharedSites.contains(site), site);
  }

  private ArrayValue cast(Type to, ArrayValue value) {
    if (value.isNull()) {
      return ArrayValue.NULL;
    }
    if (value.published() && !value.token()) {
      return ArrayValue.unknown(to).asPublished();
    }
    return value.type().getSort() == Type.ARRAY || isOfNew(value)
        ? value.withType(to)
        : new ArrayValue(
            to,
            ArrayValue.mayHoldToken(to),
            value.sure(),
            value.published(),
            value.sites(),
            value.elsewhere(),
            null);
  }

  private static boolean isOfNew(ArrayValue value) {
    return !value.elsewhere()
        && value.sites().stream()
            .allMatch(
                site -> site.getOpcode() == Opcodes.NEW || site instanceof InvokeDynamicInsnNode);
  }

  @Override
  public ArrayValue binaryOperation(AbstractInsnNode insn, ArrayValue left, ArrayValue right) {
    int opcode = insn.getOpcode();
    return switch (opcode) {
      case Opcodes.AALOAD -> from(insn, row(left));
      case Opcodes.LALOAD,
          Opcodes.LADD,
          Opcodes.LSUB,
          Opcodes.LMUL,
          Opcodes.LDIV,
          Opcodes.LREM,
          Opcodes.LSHL,
          Opcodes.LSHR,
          Opcodes.LUSHR,
          Opcodes.LAND,
          Opcodes.LOR,
          Opcodes.LXOR ->
          ArrayValue.plain(Type.LONG_TYPE);
      case Opcodes.FALOAD, Opcodes.FADD, Opcodes.FSUB, Opcodes.FMUL, Opcodes.FDIV, Opcodes.FREM ->
          ArrayValue.plain(Type.FLOAT_TYPE);
      case Opcodes.DALOAD, Opcodes.DADD, Opcodes.DSUB, Opcodes.DMUL, Opcodes.DDIV, Opcodes.DREM ->
          ArrayValue.plain(Type.DOUBLE_TYPE);
      case Opcodes.IF_ICMPEQ,
          Opcodes.IF_ICMPNE,
          Opcodes.IF_ICMPLT,
          Opcodes.IF_ICMPGE,
          Opcodes.IF_ICMPGT,
          Opcodes.IF_ICMPLE,
          Opcodes.IF_ACMPEQ,
          Opcodes.IF_ACMPNE,
          Opcodes.PUTFIELD ->
          null;
      default -> ArrayValue.plain(Type.INT_TYPE);
    };
  }

  private static ArrayValue from(AbstractInsnNode insn, ArrayValue value) {
    return value.token() ? value.withLoad(insn) : value;
  }

  private static ArrayValue row(ArrayValue rows) {
    if (rows.isNull()) {
      return ArrayValue.NULL; // never: and what another path brings is not blurred
    }
    Type type = rows.type();
    if (type == null || type.getSort() != Type.ARRAY) {
      return ArrayValue.plain(OBJECT);
    }
    Type element = ArrayTypes.element(type);
    if (element.getSort() != Type.ARRAY) {
      return ArrayValue.plain(element);
    }
    return new ArrayValue(
        element,
        ArrayValue.mayHoldToken(element),
        rows.sure(),
        rows.published(),
        rows.sites(),
        true,
        null);
  }

  @Override
  public ArrayValue ternaryOperation(
      AbstractInsnNode insn, ArrayValue array, ArrayValue index, ArrayValue value) {
    return null;
  }

  @Override
  public ArrayValue naryOperation(AbstractInsnNode insn, List<? extends ArrayValue> values) {
    if (insn instanceof MultiANewArrayInsnNode made) {
      return made(insn, Type.getType(made.desc));
    }
    if (insn instanceof InvokeDynamicInsnNode dynamic) {
      Type made = Type.getReturnType(dynamic.desc);
      return StoreChecker.isLambda(insn) ? ArrayValue.made(made, false, insn) : newValue(made);
    }
    MethodInsnNode call = (MethodInsnNode) insn;
    if (ArrayTypes.isClone(call)) {
      return made(insn, Type.getObjectType(call.owner));
    }
    Type result = Type.getReturnType(call.desc);
    if (ArrayTypes.isCopyOf(call)) {
      return made(insn, result);
    }
    boolean follows =
        Names.isArray(result)
            || (result.getSort() == Type.OBJECT
                && EscapeRules.isSupertypeOfArrays(result)
                && mayBeOneOf(call, values));
    return follows ? result(call, result, values) : newValue(result);
  }

  private static boolean mayBeOneOf(MethodInsnNode call, List<? extends ArrayValue> arguments) {
    return call.name.equals("newInstance")
        || arguments.stream().anyMatch(argument -> !argument.sites().isEmpty());
  }

  /** What a call returns: a new array, one of its arguments, or what nobody knows. */
  private ArrayValue result(MethodInsnNode call, Type type, List<? extends ArrayValue> arguments) {
    if (!Names.isApplication(call.owner)) {
      return resultOfJdk(call, type, arguments);
    }
    MethodSummary summary = summaries.of(call);
    if (summary.alwaysFresh()) {
      return ArrayValue.madeByCall(type, sharedSites.contains(call), call);
    }
    if (summary.fresh()) { // unless a subclass has another method
      return ArrayValue.unknown(type, Set.of(call));
    }
    if (parameters == null
        && !EscapeRules.takesSharedArrays(lookup, call.owner, call.name, call.desc)) {
      return newValue(type); // what it is handed must not be made shared
    }
    return oneOf(arguments, summary.returned(), type);
  }

  private static ArrayValue oneOf(List<? extends ArrayValue> arguments, long which, Type type) {
    Set<AbstractInsnNode> sites = new HashSet<>();
    for (int argument = 0; argument < Math.min(arguments.size(), Long.SIZE); argument++) {
      if ((which >> argument & 1) != 0) {
        sites.addAll(arguments.get(argument).sites());
      }
    }
    return ArrayValue.unknown(type, sites);
  }

  /** The JDK never returns a shared array as an array: it was never handed one. */
  private ArrayValue resultOfJdk(
      MethodInsnNode call, Type type, List<? extends ArrayValue> arguments) {
    if (FreshCalls.isFresh(call, summaries)) {
      return Names.isArray(type)
          ? made(call, type)
          : ArrayValue.madeByCall(type, sharedSites.contains(call), call);
    }
    if (JdkCalls.returnsArgument(call)) {
      return oneOf(arguments, MethodSummary.ALL, type);
    }
    boolean heap = Names.isArray(type) && !call.owner.startsWith("java/lang/invoke/");
    return heap && call.owner.startsWith("java/") ? ArrayValue.plain(type) : newValue(type);
  }

  @Override
  public void returnOperation(AbstractInsnNode insn, ArrayValue value, ArrayValue expected) {}

  @Override
  public ArrayValue merge(ArrayValue one, ArrayValue other) {
    return one.merge(other, lookup::commonSuperClass);
  }
}
