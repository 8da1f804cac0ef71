package org.dsm4j.agent.rewrite;

import java.util.HashSet;
import java.util.Set;
import java.util.function.BinaryOperator;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.analysis.Value;

/**
 * What is known of a value on the stack or in a local variable. Immutable.
 *
 * @param type its static type; null: not usable (two paths disagree, or the second half of a long)
 * @param token whether it may be a shared array
 * @param sure whether it comes from a place that holds only shared arrays (or null)
 * @param published whether other nodes may already know it
 * @param sites the instructions of this method that may have made it, or what holds it as a row
 * @param elsewhere whether something else may have made it, too
 * @param load the instruction that brought it from a variable, a field or an array to the stack, if
 *     it is that one only; else null
 */
record ArrayValue(
    Type type,
    boolean token,
    boolean sure,
    boolean published,
    Set<AbstractInsnNode> sites,
    boolean elsewhere,
    AbstractInsnNode load)
    implements Value {

  static final Type NULL_TYPE = Type.getObjectType("null");
  static final ArrayValue UNUSABLE = plain(null);
  static final ArrayValue NULL =
      new ArrayValue(NULL_TYPE, false, false, false, Set.of(), false, null);
  private static final Type OBJECT = Type.getObjectType(Names.OBJECT);

  static ArrayValue plain(Type type) {
    return new ArrayValue(type, false, false, false, Set.of(), true, null);
  }

  /** A value of unknown origin. */
  static ArrayValue unknown(Type type) {
    return unknown(type, Set.of());
  }

  /** A value of unknown origin; but it may be one of those that are made here. */
  static ArrayValue unknown(Type type, Set<AbstractInsnNode> sites) {
    return new ArrayValue(type, mayHoldToken(type), false, false, sites, true, null);
  }

  /** A value that an instruction of this method makes. */
  static ArrayValue made(Type type, boolean token, AbstractInsnNode site) {
    return new ArrayValue(type, token, token, false, Set.of(site), false, null);
  }

  /** A value that an instruction makes which may make a shared array anyway. */
  static ArrayValue madeByCall(Type type, boolean shared, AbstractInsnNode site) {
    return new ArrayValue(type, mayHoldToken(type), shared, false, Set.of(site), false, null);
  }

  /** Whether a variable of the type can hold a shared array that is used as one. */
  static boolean mayHoldToken(Type type) {
    return Names.isArray(type);
  }

  ArrayValue asPublished() {
    return new ArrayValue(type, token, sure, true, sites, elsewhere, load);
  }

  /** The value after a cast. */
  ArrayValue withType(Type other) {
    boolean stillToken = token && mayHoldToken(other);
    return new ArrayValue(other, stillToken, sure && stillToken, published, sites, elsewhere, null);
  }

  ArrayValue withLoad(AbstractInsnNode from) {
    return load == from
        ? this
        : new ArrayValue(type, token, sure, published, sites, elsewhere, from);
  }

  boolean isNull() {
    return type == NULL_TYPE;
  }

  boolean isReference() {
    return type != null && type.getSort() >= Type.ARRAY;
  }

  @Override
  public int getSize() {
    return type == Type.LONG_TYPE || type == Type.DOUBLE_TYPE ? 2 : 1;
  }

  /**
   * What is known after two paths meet.
   *
   * @param superClass gives the internal name of the nearest common superclass of two
   */
  ArrayValue merge(ArrayValue other, BinaryOperator<String> superClass) {
    if (equals(other)) {
      return this;
    }
    if (type == null || other.type == null) {
      return UNUSABLE;
    }
    if (!isReference() || !other.isReference()) {
      return type.equals(other.type) ? this : UNUSABLE;
    }
    Set<AbstractInsnNode> both = sites;
    if (!sites.containsAll(other.sites)) {
      both = new HashSet<>(sites);
      both.addAll(other.sites);
    }
    boolean bothSure = isNull() ? other.sure : other.isNull() ? sure : sure && other.sure;
    ArrayValue merged =
        new ArrayValue(
            common(type, other.type, superClass),
            token || other.token,
            bothSure,
            published || other.published,
            both,
            elsewhere || other.elsewhere,
            load == other.load ? load : null);
    return merged.equals(this) ? this : merged;
  }

  /** As the verifier has it (JVMS 4.10.1.2), but that classes meet at Object. */
  private static Type common(Type one, Type other, BinaryOperator<String> superClass) {
    if (one.equals(other) || other == NULL_TYPE) {
      return one;
    }
    if (one == NULL_TYPE) {
      return other;
    }
    boolean arrays = one.getSort() == Type.ARRAY && other.getSort() == Type.ARRAY;
    if (arrays
        && one.getDimensions() == other.getDimensions()
        && one.getElementType().getSort() == Type.OBJECT
        && other.getElementType().getSort() == Type.OBJECT) {
      String element =
          superClass.apply(
              one.getElementType().getInternalName(), other.getElementType().getInternalName());
      return Type.getType("[".repeat(one.getDimensions()) + "L" + element + ";");
    }
    int dimensions = arrays ? Math.min(depth(one), depth(other)) : 0;
    return dimensions == 0 ? OBJECT : Type.getType("[".repeat(dimensions) + OBJECT.getDescriptor());
  }

  /** As how many dimensions of Object[] an array can be seen. */
  private static int depth(Type array) {
    return array.getDimensions() - (Names.isPrimitiveArray(array) ? 1 : 0);
  }
}
