package org.dsm4j.agent.rewrite;

import java.util.Set;
import org.objectweb.asm.tree.MethodInsnNode;

/** Methods of the JDK that run none of the program's code, and synchronize with nobody. */
final class QuietCalls {
  private static final Set<String> CLASSES =
      Set.of(
          "java/lang/Math",
          "java/lang/StrictMath",
          "java/lang/Integer",
          "java/lang/Long",
          "java/lang/Double",
          "java/lang/Float",
          "java/lang/Character",
          "java/lang/Byte",
          "java/lang/Short",
          "java/lang/Boolean");

  private static final Set<String> OF_STRINGS =
      Set.of("length", "charAt", "isEmpty", "equals", "hashCode", "compareTo", "indexOf");

  private QuietCalls() {}

  static boolean isQuiet(MethodInsnNode call) {
    return isOfQuietClass(call.owner)
        || (call.owner.equals("java/lang/String") && OF_STRINGS.contains(call.name));
  }

  static boolean isOfQuietClass(String owner) {
    return CLASSES.contains(owner);
  }
}
