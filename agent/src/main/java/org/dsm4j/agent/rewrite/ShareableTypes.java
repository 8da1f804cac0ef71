package org.dsm4j.agent.rewrite;

import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * Rule 7, as far as a declared type tells: what can never be held by a shared reference is found at
 * load; of the rest, each store is checked.
 */
final class ShareableTypes {
  private static final Set<String> VALUES =
      Set.of(
          "java/lang/String",
          "java/lang/Boolean",
          "java/lang/Byte",
          "java/lang/Character",
          "java/lang/Short",
          "java/lang/Integer",
          "java/lang/Long",
          "java/lang/Float",
          "java/lang/Double",
          "java/lang/Class");

  /** Classes that are no values but that values, or shared classes, extend. */
  private static final Set<String> OPEN =
      Set.of("java/lang/Object", "java/lang/Number", "java/lang/Enum", "java/lang/Record");

  private final ClassLookup lookup;

  /** The other way out of a remedy, of an instance field. */
  static final String OR_TRANSIENT = ", or make the field transient";

  /** The same, of a static field. */
  static final String OR_NOT_SHARED =
      ", or remove @Shared from the field, of which each node then has its own";

  /** The same, of what is no field. */
  static final String NO_OTHER = "";

  ShareableTypes(ClassLookup lookup) {
    this.lookup = lookup;
  }

  /** Whether values of the type are immutable, so that a reference to one shares nothing. */
  boolean isValue(Type type) {
    if (type.getSort() != Type.OBJECT) {
      return type.getSort() < Type.ARRAY;
    }
    ClassFacts facts = lookup.find(type.getInternalName());
    return VALUES.contains(type.getInternalName())
        || (facts != null && (facts.access & Opcodes.ACC_ENUM) != 0);
  }

  /**
   * Whether values of the type hold on to no other shared instance on the heap. (An array does not:
   * what represents it has none of its elements.)
   */
  boolean refersToNothing(Type type) {
    return type.getSort() == Type.ARRAY || isValue(type);
  }

  /**
   * What to write instead of a type that no shared reference can hold a value of; null if one may.
   *
   * @param exact whether the value is of that very class, not of one that extends it
   * @param otherwise what else helps where the value is to be held: {@link #OR_TRANSIENT} and such
   */
  String remedy(Type type, boolean exact, String otherwise) {
    Type element = type.getSort() == Type.ARRAY ? type.getElementType() : type;
    if (element.getSort() < Type.ARRAY) {
      return null;
    }
    String name = element.getInternalName();
    boolean exactElement = exact && element == type;
    if (VALUES.contains(name) || (OPEN.contains(name) && !exactElement)) {
      return null;
    }
    ClassFacts facts = lookup.find(name);
    if (facts == null || isShareable(facts) || (!exactElement && mayBeExtended(facts))) {
      return null;
    }
    return Names.isApplication(name)
        ? "mark class " + Names.dotted(name) + " @Shared" + otherwise
        : replacement(name, otherwise);
  }

  private boolean isShareable(ClassFacts facts) {
    return (facts.access & Opcodes.ACC_ENUM) != 0 || lookup.isSharedClass(facts.name);
  }

  /** Whether a shared class may extend it: an interface, or a class without fields of its own. */
  private boolean mayBeExtended(ClassFacts facts) {
    return facts.isInterface()
        || ((facts.access & Opcodes.ACC_FINAL) == 0 && stateful(facts.name) == null);
  }

  /** The class itself or one it extends that has instance fields and is not shared, or null. */
  String stateful(String name) {
    for (String at = name; at != null && !lookup.isSharedClass(at); ) {
      ClassFacts facts = lookup.find(at);
      if (facts == null) {
        return null;
      }
      if (facts.fields.stream().anyMatch(field -> !field.isStatic())) {
        return at;
      }
      at = facts.superName;
    }
    return null;
  }

  private static String replacement(String name, String otherwise) {
    if (ConcurrentRewriter.isHeldBy("L" + name + ";")) {
      return "keep it in a @Shared static field, or use synchronized and plain or volatile fields";
    }
    if (name.equals(Names.OBJECT)) {
      return "synchronize on a shared instance, or on @Shared static final Object lock = new"
          + " Object()";
    }
    if (name.startsWith("java/util/concurrent/")) {
      return "use a @Shared class of your own with synchronized methods, or an array, instead"
          + otherwise;
    }
    return "use a @Shared class of your own, arrays, String or boxed values instead" + otherwise;
  }
}
