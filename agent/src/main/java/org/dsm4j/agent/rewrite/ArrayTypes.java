package org.dsm4j.agent.rewrite;

import java.util.List;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.MethodInsnNode;

/** Types of arrays, and the calls that copy them. */
final class ArrayTypes {
  /** By the operand of {@code newarray}, from 4. */
  private static final List<String> NEW_ARRAY =
      List.of("[Z", "[C", "[F", "[D", "[B", "[S", "[I", "[J");

  private ArrayTypes() {}

  static Type ofNewArray(int operand) {
    return Type.getType(NEW_ARRAY.get(operand - Opcodes.T_BOOLEAN));
  }

  /** The type of arrays of a class or array type given by internal name. */
  static Type ofElement(String internalName) {
    return Type.getType("[" + Type.getObjectType(internalName).getDescriptor());
  }

  /** The type of the elements: one dimension less. */
  static Type element(Type array) {
    return Type.getType(array.getDescriptor().substring(1));
  }

  /** Whether it is {@code array.clone()}. */
  static boolean isClone(MethodInsnNode call) {
    return call.name.equals("clone") && call.owner.startsWith("[");
  }

  /** Whether it is {@code Arrays.copyOf} or {@code copyOfRange}. */
  static boolean isCopyOf(MethodInsnNode call) {
    return call.owner.equals("java/util/Arrays") && call.name.startsWith("copyOf");
  }

  /** What tokens of arrays of a type are like, and with that how elements are accessed. */
  enum Shape {
    /** Of a primitive type: the token has address and length. */
    FLAT,
    /** Of arrays of a primitive type, of any dimension: the token's first element has them. */
    NESTED,
    /** Of references to anything but arrays of primitives: an empty token with a holder. */
    REFERENCES,
    /** Object[] and the like, which may be any of the last two. */
    ANY
  }

  static Shape shape(Type array) {
    if (Names.isPrimitiveArray(array)) {
      return array.getDimensions() == 1 ? Shape.FLAT : Shape.NESTED;
    }
    return switch (array.getElementType().getInternalName()) {
      case Names.OBJECT, "java/lang/Cloneable", "java/io/Serializable" -> Shape.ANY;
      default -> Shape.REFERENCES;
    };
  }
}
