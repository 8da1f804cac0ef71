package org.dsm4j.agent.rewrite;

import java.util.Map;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.MethodInsnNode;

/** What methods of the JDK do with arrays that they are handed, where it is known. */
final class JdkCalls {
  /** Methods that read or fill an array while they run, and keep none; the JDK's code for sure. */
  private static final Map<String, Set<String>> KEEP_NOTHING =
      Map.of(
          "java/lang/String",
          Set.of(
              "<init>",
              "valueOf",
              "copyValueOf",
              "join",
              "format",
              "formatted",
              "getChars",
              "getBytes"),
          "java/lang/StringBuilder",
          Set.of("append", "insert", "getChars"),
          "java/lang/StringBuffer",
          Set.of("append", "insert", "getChars"),
          "java/util/Objects",
          Set.of("hash"),
          "java/util/Collections",
          Set.of("addAll"));

  private static final String ARRAYS = "java/util/Arrays";

  private JdkCalls() {}

  /**
   * Whether a call keeps no array that it is handed, and stores none in another, whatever object it
   * is called on.
   */
  static boolean keepsNothing(MethodInsnNode call) {
    return switch (call.owner) {
      case ARRAYS -> !Set.of("asList", "stream", "spliterator").contains(call.name);
      case "java/lang/System" -> call.name.equals("arraycopy");
      case "java/util/Objects" -> true;
      case Names.OBJECT -> call.getOpcode() != Opcodes.INVOKESPECIAL;
      default ->
          ArrayTypes.isClone(call)
              || returnsArgument(call)
              || KEEP_NOTHING.getOrDefault(call.owner, Set.of()).contains(call.name);
    };
  }

  /** Whether a call returns one of its arguments, or may. */
  static boolean returnsArgument(MethodInsnNode call) {
    return returnsOnly(call) || isToArray(call);
  }

  /** Whether it does nothing else. */
  static boolean returnsOnly(MethodInsnNode call) {
    return call.owner.equals("java/util/Objects") && call.name.startsWith("requireNonNull");
  }

  /** Whether it is {@code Collection.toArray(T[])}. */
  static boolean isToArray(MethodInsnNode call) {
    return call.owner.startsWith("java/")
        && call.name.equals("toArray")
        && call.desc.equals("([Ljava/lang/Object;)[Ljava/lang/Object;");
  }
}
