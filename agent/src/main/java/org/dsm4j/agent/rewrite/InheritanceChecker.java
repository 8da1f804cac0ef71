package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * A method that a rewritten class or interface declares can be handed shared arrays; a class that
 * lets an inherited method of a class that is not rewritten implement it would be handed them
 * unseen. Refused.
 */
final class InheritanceChecker {
  private InheritanceChecker() {}

  static void check(ClassContext in) {
    ClassLookup lookup = in.lookup();
    for (String ancestor : lookup.ancestors(in.facts().name)) {
      ClassFacts facts = lookup.isRewritten(ancestor) ? lookup.find(ancestor) : null;
      if (facts == null || !facts.isInterface()) {
        continue;
      }
      for (MethodFacts method : facts.methods) {
        if (Names.takesArray(method.descriptor())) {
          implementation(in, ancestor, method);
        }
      }
    }
  }

  private static void implementation(ClassContext in, String declaring, MethodFacts method) {
    ClassFacts at = in.facts();
    while (at != null && at.method(method.name(), method.descriptor()) == null) {
      at = at.superName == null ? null : in.lookup().find(at.superName);
    }
    if (at != null
        && !in.lookup().isRewritten(at.name)
        && (at.access & Opcodes.ACC_INTERFACE) == 0) {
      in.problems()
          .add(
              new Problem(
                  "method " + method.name() + "(" + arguments(method) + ")",
                  0,
                  "it may be handed shared arrays by callers of "
                      + Names.dotted(declaring)
                      + ", but is inherited from "
                      + Names.dotted(at.name)
                      + ", which mentions nothing shared",
                  "mark the parameter there @Shared, or override the method"));
    }
  }

  private static String arguments(MethodFacts method) {
    StringBuilder text = new StringBuilder();
    for (Type argument : Type.getArgumentTypes(method.descriptor())) {
      text.append(text.isEmpty() ? "" : ", ").append(argument.getClassName());
    }
    return text.toString();
  }
}
