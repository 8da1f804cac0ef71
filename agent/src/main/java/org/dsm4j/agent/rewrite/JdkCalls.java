package org.dsm4j.agent.rewrite;

import java.util.Map;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.MethodInsnNode;

/**
 * Methods of the JDK that take an array, and are done with it when they return. They are handed a
 * heap copy of a shared array; what they change in it is written back. (Those of {@code Arrays} are
 * in {@link CallRewriter}.)
 */
final class JdkCalls {
  /** What a method does to the arrays that it is handed. */
  enum Use {
    /** It reads elements. */
    READS,
    /** It changes elements, and may read others. */
    FILLS,
    /** Anything, or it keeps the array for later. */
    OTHER
  }

  /** By the class or interface that declares it. */
  private static final Map<String, Set<String>> READERS =
      Map.ofEntries(
          Map.entry(
              "java/lang/String",
              Set.of("<init>", "valueOf", "copyValueOf", "join", "format", "formatted")),
          Map.entry("java/lang/StringBuilder", Set.of("append", "insert")),
          Map.entry("java/lang/StringBuffer", Set.of("append", "insert")),
          Map.entry("java/io/OutputStream", Set.of("write")),
          Map.entry("java/io/DataOutput", Set.of("write")),
          Map.entry("java/io/Writer", Set.of("write")),
          Map.entry(
              "java/io/PrintStream", Set.of("print", "println", "printf", "format", "writeBytes")),
          Map.entry("java/io/PrintWriter", Set.of("print", "println", "printf", "format")),
          Map.entry("java/util/Formatter", Set.of("format")),
          Map.entry("java/util/List", Set.of("of")),
          Map.entry("java/util/Set", Set.of("of")),
          Map.entry("java/util/EnumSet", Set.of("of")),
          Map.entry("java/util/Collections", Set.of("addAll")),
          Map.entry("java/util/Objects", Set.of("hash")),
          Map.entry("java/nio/file/Files", Set.of("write")),
          Map.entry("java/nio/file/Path", Set.of("of")),
          Map.entry("java/nio/file/Paths", Set.of("get")),
          Map.entry("java/nio/ByteBuffer", Set.of("put")),
          Map.entry("java/nio/CharBuffer", Set.of("put")),
          Map.entry("java/nio/ShortBuffer", Set.of("put")),
          Map.entry("java/nio/IntBuffer", Set.of("put")),
          Map.entry("java/nio/LongBuffer", Set.of("put")),
          Map.entry("java/nio/FloatBuffer", Set.of("put")),
          Map.entry("java/nio/DoubleBuffer", Set.of("put")),
          Map.entry("java/math/BigInteger", Set.of("<init>")),
          Map.entry("java/util/zip/Checksum", Set.of("update")),
          Map.entry("java/security/MessageDigest", Set.of("update", "digest", "isEqual")),
          Map.entry("java/util/Base64$Encoder", Set.of("encode", "encodeToString")),
          Map.entry("java/util/Base64$Decoder", Set.of("decode")),
          Map.entry("java/util/HexFormat", Set.of("formatHex")));

  private static final Map<String, Set<String>> FILLERS =
      Map.ofEntries(
          Map.entry("java/lang/String", Set.of("getChars", "getBytes")),
          Map.entry("java/lang/StringBuilder", Set.of("getChars")),
          Map.entry("java/lang/StringBuffer", Set.of("getChars")),
          Map.entry("java/io/InputStream", Set.of("read", "readNBytes")),
          Map.entry("java/io/DataInput", Set.of("readFully")),
          Map.entry("java/io/RandomAccessFile", Set.of("read")),
          Map.entry("java/io/Reader", Set.of("read")),
          Map.entry("java/nio/ByteBuffer", Set.of("get")),
          Map.entry("java/nio/CharBuffer", Set.of("get")),
          Map.entry("java/nio/ShortBuffer", Set.of("get")),
          Map.entry("java/nio/IntBuffer", Set.of("get")),
          Map.entry("java/nio/LongBuffer", Set.of("get")),
          Map.entry("java/nio/FloatBuffer", Set.of("get")),
          Map.entry("java/nio/DoubleBuffer", Set.of("get")),
          Map.entry("java/util/Random", Set.of("nextBytes")),
          Map.entry("java/util/random/RandomGenerator", Set.of("nextBytes")));

  /** Readers whose code is the JDK's, whatever object they are called on. */
  private static final Set<String> FINAL =
      Set.of(
          "java/lang/String",
          "java/lang/StringBuilder",
          "java/lang/StringBuffer",
          "java/util/Objects",
          "java/util/Collections");

  private static final String ARRAYS = "java/util/Arrays";

  private JdkCalls() {}

  /** What a call does to the arrays among its arguments. */
  static Use use(ClassLookup lookup, MethodInsnNode call) {
    if (!Names.takesArray(call.desc) || fillsWhatItIsNotKnownFor(call)) {
      return Use.OTHER;
    }
    for (String ancestor : lookup.ancestors(call.owner)) {
      if (Names.isApplication(ancestor)) {
        ClassFacts facts = lookup.find(ancestor);
        if (facts == null || facts.method(call.name, call.desc) != null) {
          return Use.OTHER; // code of the program, which may keep what it is handed
        }
      } else if (READERS.getOrDefault(ancestor, Set.of()).contains(call.name)) {
        return Use.READS;
      } else if (FILLERS.getOrDefault(ancestor, Set.of()).contains(call.name)) {
        return Use.FILLS;
      }
    }
    return Use.OTHER;
  }

  /** Overloads of readers that write into their argument, or into one of them. */
  private static boolean fillsWhatItIsNotKnownFor(MethodInsnNode call) {
    return (call.name.equals("digest") && call.desc.endsWith(")I"))
        || (call.owner.startsWith("java/util/Base64$") && call.desc.endsWith(")I"));
  }

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
              || (FINAL.contains(call.owner)
                  && (READERS.getOrDefault(call.owner, Set.of()).contains(call.name)
                      || FILLERS.getOrDefault(call.owner, Set.of()).contains(call.name)));
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
