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

  /** Whether it is {@code array.clone()} of arrays that this version can share. */
  static boolean isClone(MethodInsnNode call) {
    return call.name.equals("clone")
        && call.owner.startsWith("[")
        && Names.isShareableArray(Type.getObjectType(call.owner));
  }

  /** Whether it is {@code Arrays.copyOf} or {@code copyOfRange} of primitives. */
  static boolean isCopyOf(MethodInsnNode call) {
    return call.owner.equals("java/util/Arrays")
        && call.name.startsWith("copyOf")
        && Names.isShareableArray(Type.getReturnType(call.desc));
  }
}
