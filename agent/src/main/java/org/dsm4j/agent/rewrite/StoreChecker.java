package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.TypeInsnNode;

/** What is known at load to be refused at a store of a reference is told at load (rule 7). */
final class StoreChecker {
  private StoreChecker() {}

  /**
   * @param place where the value is stored: "the shared field a.B.c"
   * @param otherwise what else helps there, see {@link ShareableTypes#remedy}
   */
  static void check(
      MethodContext context,
      AbstractInsnNode at,
      ArrayValue value,
      String place,
      String otherwise) {
    Type type = value.type();
    if (type == null || type.getSort() != Type.OBJECT || value.isNull()) {
      return;
    }
    boolean madeHere = !value.elsewhere() && !value.sites().isEmpty();
    if (madeHere && value.sites().stream().allMatch(StoreChecker::isLambda)) {
      context.problem(
          at,
          "a lambda or method reference is stored in " + place + ": its code is each node's own",
          "write a @Shared class (or record) that implements "
              + value.sites().stream()
                  .map(StoreChecker::implemented)
                  .sorted()
                  .findFirst()
                  .orElseThrow()
              + ", or keep it in a field that is not shared");
      return;
    }
    boolean exact = madeHere && value.sites().stream().allMatch(site -> makes(site, type));
    String remedy = new ShareableTypes(context.in.lookup()).remedy(type, exact, otherwise);
    if (remedy != null) {
      context.problem(
          at,
          "a " + type.getClassName() + " is stored in " + place + ", which cannot hold one",
          remedy);
    }
  }

  static boolean isLambda(AbstractInsnNode site) {
    return site instanceof InvokeDynamicInsnNode call
        && call.bsm.getOwner().equals("java/lang/invoke/LambdaMetafactory");
  }

  private static String implemented(AbstractInsnNode lambda) {
    return Type.getReturnType(((InvokeDynamicInsnNode) lambda).desc).getClassName();
  }

  private static boolean makes(AbstractInsnNode site, Type type) {
    return site.getOpcode() == Opcodes.NEW
        && ((TypeInsnNode) site).desc.equals(type.getInternalName());
  }
}
