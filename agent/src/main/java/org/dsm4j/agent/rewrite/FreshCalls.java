package org.dsm4j.agent.rewrite;

import java.util.Map;
import java.util.Set;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.TypeInsnNode;

/**
 * Calls of the JDK whose result is an array that nobody else knows, as their documentation has it.
 * Such an array may be replaced by a shared copy at once: there will never be two.
 */
final class FreshCalls {
  /** By class; the JDK's methods of these names that return arrays, all of them. */
  private static final Map<String, Set<String>> METHODS =
      Map.ofEntries(
          Map.entry(
              "java/lang/String",
              Set.of("toCharArray", "getBytes", "split", "splitWithDelimiters")),
          Map.entry("java/lang/Character", Set.of("toChars")),
          Map.entry("java/lang/Class", Set.of("getEnumConstants", "getInterfaces", "getClasses")),
          Map.entry("java/lang/reflect/Array", Set.of("newInstance")),
          Map.entry("java/util/regex/Pattern", Set.of("split", "splitWithDelimiters")),
          Map.entry("java/nio/file/Files", Set.of("readAllBytes")),
          Map.entry("java/io/ByteArrayOutputStream", Set.of("toByteArray")),
          Map.entry("java/io/CharArrayWriter", Set.of("toCharArray")),
          Map.entry("java/io/File", Set.of("list")),
          Map.entry("java/math/BigInteger", Set.of("toByteArray")),
          Map.entry("java/util/BitSet", Set.of("toLongArray", "toByteArray")),
          Map.entry("java/util/Base64$Encoder", Set.of("encode")),
          Map.entry("java/util/Base64$Decoder", Set.of("decode")),
          Map.entry("java/util/HexFormat", Set.of("parseHex")),
          Map.entry("java/security/MessageDigest", Set.of("digest")),
          Map.entry("java/security/SecureRandom", Set.of("generateSeed", "getSeed")),
          Map.entry("java/net/InetAddress", Set.of("getAddress")));

  private FreshCalls() {}

  /**
   * Whether what the call returns is new and known to nobody else. Of {@code toArray} with an array
   * or a function: where that one is made in place, as by {@code new String[0]} or {@code
   * String[]::new}.
   */
  static boolean isFresh(MethodInsnNode call, MethodSummaries summaries) {
    if (!call.owner.startsWith("java/")) {
      return false;
    }
    Set<String> names = METHODS.get(call.owner);
    if (names != null && names.contains(call.name)) {
      // new T[0] of a class that Array.newInstance is given is an Object to the verifier.
      return Names.givesArray(call.desc) || call.name.equals("newInstance");
    }
    if (call.name.equals("values") && call.desc.equals("()[L" + call.owner + ";")) {
      return true; // an enum of the JDK
    }
    if (call.name.equals("readAllBytes") || call.name.equals("readNBytes")) {
      return call.desc.endsWith(")[B");
    }
    return call.name.equals("toArray") && isFreshToArray(call, summaries);
  }

  /** Whether what a site makes has arrays in it that are as new as it is. */
  static boolean isDeep(AbstractInsnNode site, MethodSummaries summaries) {
    return site.getOpcode() == Opcodes.MULTIANEWARRAY
        || (site instanceof MethodInsnNode call
            && (Names.isApplication(call.owner)
                || call.owner.equals("java/lang/reflect/Array")
                || isOfFreshRows(call, summaries)));
  }

  /**
   * Whether it is {@code stream.map(x -> new array).toArray(T[][]::new)}: nobody sees the rows
   * between the function that makes them and the array.
   */
  static boolean isOfFreshRows(MethodInsnNode call, MethodSummaries summaries) {
    AbstractInsnNode generator = Instructions.previous(call);
    if (!call.owner.equals("java/util/stream/Stream")
        || !call.name.equals("toArray")
        || !makesArrays(generator, summaries)
        || !(Instructions.previous(generator) instanceof MethodInsnNode map)
        || !map.owner.startsWith("java/util/stream/")
        || !(map.name.equals("map") || map.name.equals("mapToObj"))
        || !(Instructions.previous(map) instanceof InvokeDynamicInsnNode rows)
        || !StoreChecker.isLambda(rows)
        || jumps(rows, call)) {
      return false;
    }
    Handle target = (Handle) rows.bsmArgs[1];
    boolean clones = target.getOwner().startsWith("[") && target.getName().equals("clone");
    return (clones && target.getOwner().indexOf('[', 1) < 0 && target.getOwner().length() == 2)
        || summaries.of(target).alwaysFresh();
  }

  /** Whether a jump may lead between the two. */
  private static boolean jumps(AbstractInsnNode from, AbstractInsnNode to) {
    for (AbstractInsnNode at = from; at != to; at = at.getNext()) {
      if (at instanceof JumpInsnNode) {
        return true;
      }
    }
    return false;
  }

  /** Whether the array may have arrays in it, which others know: only a list or stream has such. */
  static boolean mayHoldArrays(MethodInsnNode call) {
    AbstractInsnNode argument = Instructions.previous(call);
    if (!call.name.equals("toArray") || call.desc.startsWith("()")) {
      return false; // Object[] has, but is no array of arrays
    }
    return argument instanceof TypeInsnNode made
        ? made.desc.startsWith("[")
        : !(argument instanceof InvokeDynamicInsnNode lambda)
            || ((Handle) lambda.bsmArgs[1]).getDesc().startsWith("(I)[[");
  }

  private static boolean isFreshToArray(MethodInsnNode call, MethodSummaries summaries) {
    if (!Names.givesArray(call.desc)) {
      return false;
    }
    AbstractInsnNode argument = Instructions.previous(call);
    return switch (call.desc.substring(0, call.desc.indexOf(')'))) {
      case "(" -> true;
      case "([Ljava/lang/Object;" ->
          argument != null
              && argument.getOpcode() == Opcodes.ANEWARRAY
              && argument.getNext() == call;
      case "(Ljava/util/function/IntFunction;" -> makesArrays(argument, summaries);
      default -> false;
    };
  }

  /** Whether it is {@code T[]::new}, for which javac writes a method, or a lambda that does so. */
  private static boolean makesArrays(AbstractInsnNode argument, MethodSummaries summaries) {
    if (!(argument instanceof InvokeDynamicInsnNode lambda) || !StoreChecker.isLambda(lambda)) {
      return false;
    }
    Handle target = (Handle) lambda.bsmArgs[1];
    return Type.getArgumentTypes(lambda.desc).length == 0
        && target.getTag() == Opcodes.H_INVOKESTATIC
        && summaries.of(target).alwaysFresh();
  }
}
