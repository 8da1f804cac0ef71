package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.LdcInsnNode;

/** Rule 5: where shared arrays may go. */
final class EscapeRules {
  private EscapeRules() {}

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
    return mayCarryShared(value)
        || (type != null
            && type.getSort() == Type.OBJECT
            && type.getInternalName().equals(Names.OBJECT));
  }

  /** Stops the value on the stack if it is shared. */
  static InsnList check(String place) {
    return Instructions.list(
        new InsnNode(Opcodes.DUP),
        new LdcInsnNode(place),
        Instructions.call(Names.ESCAPES, "check", "(Ljava/lang/Object;Ljava/lang/String;)V"));
  }
}
