package org.dsm4j.agent.rewrite;

import java.util.List;
import org.objectweb.asm.Type;

/** Internal names and descriptors that the rewriting looks for or writes. */
final class Names {
  static final String SHARED = "Lorg/dsm4j/Shared;";
  static final String API = "org/dsm4j/";
  static final String DSM = "org/dsm4j/Dsm";
  static final String BARRIER = "org/dsm4j/DsmBarrier";
  static final String BRIDGE = "org/dsm4j/internal/";
  static final String ELEMENTS = BRIDGE + "Elements";
  static final String ROWS = BRIDGE + "Rows";
  static final String GRIDS = BRIDGE + "Grids";
  static final String PLANES = BRIDGE + "Planes";
  static final String ARRAYS = BRIDGE + "SharedArrays";
  static final String ARRAY_CALLS = BRIDGE + "ArrayCalls";
  static final String ARRAYS_CALLS = BRIDGE + "ArraysCalls";
  static final String INITIALIZERS = BRIDGE + "Initializers";
  static final String MONITORS = BRIDGE + "Monitors";
  static final String ESCAPES = BRIDGE + "Escapes";
  static final String BOOTSTRAPS = BRIDGE + "Bootstraps";
  static final String REFLECTION = BRIDGE + "Reflection";
  static final String INSTANCES = BRIDGE + "Instances";
  static final String SPINS = BRIDGE + "Spins";
  static final String OBJECT = "java/lang/Object";
  static final String OBJECT_DESCRIPTOR = "Ljava/lang/Object;";

  /** What the names of classes of the JDK begin with. */
  static final List<String> PLATFORM = List.of("java/", "jdk/", "sun/", "com/sun/");

  /** The same of ours, besides those in the very package of the API. */
  static final List<String> OUR_PACKAGES =
      List.of(BRIDGE, API + "agent/", API + "node/", API + "core/");

  private Names() {}

  /** Whether a class is the program's own: neither the JDK's nor ours. */
  static boolean isApplication(String name) {
    return !name.startsWith("[") && !startsWithOneOf(PLATFORM, name) && !isOurs(name);
  }

  private static boolean startsWithOneOf(List<String> prefixes, String name) {
    for (String each : prefixes) {
      if (name.startsWith(each)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the API, the bridge or the agent owns that name. */
  static boolean isOurs(String name) {
    return name.startsWith(API)
        && (name.indexOf('/', API.length()) < 0 || startsWithOneOf(OUR_PACKAGES, name));
  }

  /** Whether values of the type are arrays, of any dimension, of a primitive type. */
  static boolean isPrimitiveArray(Type type) {
    return type.getSort() == Type.ARRAY && type.getElementType().getSort() < Type.ARRAY;
  }

  /** Whether values of the type are arrays: any of them may be shared. */
  static boolean isArray(Type type) {
    return type.getSort() == Type.ARRAY;
  }

  /** Whether a method with that descriptor has a parameter that is an array. */
  static boolean takesArray(String methodDescriptor) {
    return methodDescriptor.lastIndexOf('[', methodDescriptor.indexOf(')')) >= 0;
  }

  /** Whether a method with that descriptor returns an array. */
  static boolean givesArray(String methodDescriptor) {
    return methodDescriptor.charAt(methodDescriptor.indexOf(')') + 1) == '[';
  }

  /**
   * Whether a loader of the application's that defines that class brings a second copy of the API.
   */
  static boolean isApi(String name) {
    return isOurs(name) && (name.indexOf('/', API.length()) < 0 || name.startsWith(BRIDGE));
  }

  /** The name as the source has it. */
  static String dotted(String internalName) {
    return internalName.replace('/', '.');
  }

  /** A method as a message names it: "java.util.Arrays.stream(double[])". */
  static String method(String owner, String name, String descriptor) {
    StringBuilder text = new StringBuilder(dotted(owner));
    if (name.equals("<init>")) {
      text.insert(0, "new ");
    } else {
      text.append('.').append(name);
    }
    text.append('(');
    String separator = "";
    for (Type argument : Type.getArgumentTypes(descriptor)) {
      text.append(separator).append(argument.getClassName());
      separator = ", ";
    }
    return text.append(')').toString();
  }
}
