package org.dsm4j.agent.rewrite;

import java.util.HashSet;
import java.util.Set;
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
 * @param sites the instructions of this method that may have made it
 * @param load the instruction that brought it from a variable to the stack, if it is that one only;
 *     else null
 */
record ArrayValue(
    Type type,
    boolean token,
    boolean sure,
    boolean published,
    Set<AbstractInsnNode> sites,
    AbstractInsnNode load)
    implements Value {

  static final Type NULL_TYPE = Type.getObjectType("null");
  static final ArrayValue UNUSABLE = plain(null);
  static final ArrayValue NULL = plain(NULL_TYPE);
  private static final Type OBJECT_ARRAY = Type.getType("[Ljava/lang/Object;");

  static ArrayValue plain(Type type) {
    return new ArrayValue(type, false, false, false, Set.of(), null);
  }

  /** A value of unknown origin. */
  static ArrayValue unknown(Type type) {
    return new ArrayValue(type, mayHoldToken(type), false, false, Set.of(), null);
  }

  /** A value that an instruction of this method makes. */
  static ArrayValue made(Type type, boolean token, AbstractInsnNode site) {
    return new ArrayValue(type, token, token, false, Set.of(site), null);
  }

  /**
   * Whether a variable of the type can hold a shared array: of primitives, or Object[] that is an
   * array of arrays.
   */
  static boolean mayHoldToken(Type type) {
    if (type.getSort() != Type.ARRAY) {
      return false;
    }
    if (Names.isPrimitiveArray(type)) {
      return type.getDimensions() <= 2;
    }
    String element = type.getElementType().getInternalName();
    return type.getDimensions() == 1
        && (element.equals(Names.OBJECT)
            || element.equals("java/lang/Cloneable")
            || element.equals("java/io/Serializable"));
  }

  ArrayValue asPublished() {
    return new ArrayValue(type, token, sure, true, sites, load);
  }

  /** The value after a cast. */
  ArrayValue withType(Type other) {
    boolean stillToken = token && mayHoldToken(other);
    return new ArrayValue(other, stillToken, sure && stillToken, published, sites, null);
  }

  ArrayValue withLoad(AbstractInsnNode from) {
    return load == from ? this : new ArrayValue(type, token, sure, published, sites, from);
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

  ArrayValue merge(ArrayValue other) {
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
            common(type, other.type),
            token || other.token,
            bothSure,
            published || other.published,
            both,
            load == other.load ? load : null);
    return merged.equals(this) ? this : merged;
  }

  private static Type common(Type one, Type other) {
    if (one.equals(other) || other == NULL_TYPE) {
      return one;
    }
    if (one == NULL_TYPE) {
      return other;
    }
    return hasReferences(one) && hasReferences(other)
        ? OBJECT_ARRAY
        : Type.getObjectType(Names.OBJECT);
  }

  private static boolean hasReferences(Type type) {
    return type.getSort() == Type.ARRAY
        && (type.getDimensions() > 1 || type.getElementType().getSort() == Type.OBJECT);
  }
}
