package org.dsm4j.agent.rewrite;

import java.util.List;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.LdcInsnNode;

/** Rule 5: where shared arrays may go. */
final class EscapeRules {
  /** Methods of the JDK that look into arrays that they take as Object. */
  static final List<MethodPattern> LOOK_INTO_OBJECTS =
      MethodPattern.all(
          MethodPattern.of("java/lang/reflect/Array", "*"),
          MethodPattern.of("java/lang/invoke/MethodHandle", "*"),
          MethodPattern.of("java/lang/invoke/MethodHandles", "*"),
          MethodPattern.of("java/lang/invoke/VarHandle", "*"),
          MethodPattern.of("java/io/ObjectOutputStream", "*"),
          MethodPattern.of("java/io/ObjectOutput", "*"),
          MethodPattern.of("sun/misc/Unsafe", "*"),
          MethodPattern.of("java/util/Objects", "deepEquals"));

  /** Those that do so in a method that is handed an Object. */
  static final List<MethodPattern> COPY = MethodPattern.of("java/lang/System", "arraycopy");

  /** What an array is to the type system. */
  private static final Set<String> SUPERTYPES =
      Set.of(Names.OBJECT, "java/lang/Cloneable", "java/io/Serializable");

  private static final String OBJECTS = "[Ljava/lang/Object;";

  private EscapeRules() {}

  /** Whether the method looks into an array that it takes as an Object, or hands it on as one. */
  static boolean looksIntoObjects(String owner, String name) {
    return MethodPattern.matchAny(LOOK_INTO_OBJECTS, owner, name);
  }

  /** Whether a parameter takes several values, each of which may be a shared array. */
  static boolean takesSeveral(String owner, Type parameter) {
    return owner.startsWith("java/lang/invoke/MethodHandle")
        && (parameter.getDescriptor().equals(OBJECTS)
            || parameter.getDescriptor().equals("Ljava/util/List;"));
  }

  /**
   * Whether the method that a call names can be handed shared arrays: it is rewritten code, as are
   * all that override it.
   */
  static boolean takesSharedArrays(
      ClassLookup lookup, String owner, String name, String descriptor) {
    if (!Names.isApplication(owner)) {
      return false;
    }
    for (String ancestor : lookup.ancestors(owner)) {
      ClassFacts facts = lookup.find(ancestor);
      MethodFacts method = facts == null ? null : facts.method(name, descriptor);
      if (method != null) {
        return !method.isNative() && lookup.isRewritten(ancestor);
      }
    }
    return false;
  }

  /** Whether an array value may be shared, or a heap array that has shared rows. */
  static boolean mayCarryShared(ArrayValue value) {
    Type type = value.type();
    return value.token()
        || (type != null && type.getSort() == Type.ARRAY && type.getDimensions() > 1);
  }

  /** The same for a value of any reference type. */
  static boolean mayCarrySharedAsObject(ArrayValue value) {
    Type type = value.type();
    return mayCarryShared(value) || (type != null && isSupertypeOfArrays(type));
  }

  /** Whether a value of the type, which is no array type, may be an array. */
  static boolean isSupertypeOfArrays(Type type) {
    return type.getSort() == Type.OBJECT && SUPERTYPES.contains(type.getInternalName());
  }

  /** Stops the value on the stack if any of its elements is shared. */
  static InsnList checkEach(String place) {
    return check("checkEach", place);
  }

  /** Stops the value on the stack if it is shared. */
  static InsnList check(String place) {
    return check("check", place);
  }

  /**
   * Stops an argument that is shared. To a parameter that is an {@code Object[]} or a {@code T...},
   * what the array's elements are is no more than any object is to code that passes it on.
   */
  static InsnList checkArgument(Type parameter, String place) {
    return check(parameter.getDescriptor().equals(OBJECTS) ? "checkItself" : "check", place);
  }

  private static InsnList check(String method, String place) {
    return Instructions.list(
        new InsnNode(Opcodes.DUP),
        new LdcInsnNode(place),
        Instructions.call(Names.ESCAPES, method, "(Ljava/lang/Object;Ljava/lang/String;)V"));
  }
}
