package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.analysis.Frame;

/**
 * Results that may be shared arrays. Whoever calls a method of a rewritten class that returns an
 * array is rewritten too (see {@link ClassLookup#isRewritten}), so they may be returned; unless the
 * method overrides one of a class that is not, by which other code may call it: then a shared array
 * is stopped at the return.
 */
final class ReturnRewriter implements InstructionRewriter {
  private final MethodContext context;
  private final String foreign;

  ReturnRewriter(MethodContext context) {
    this.context = context;
    this.foreign = foreignDeclaration();
  }

  @Override
  public boolean rewrite(AbstractInsnNode insn, Frame<ArrayValue> frame) {
    if (insn.getOpcode() != Opcodes.ARETURN) {
      return false;
    }
    if (foreign != null && EscapeRules.mayCarryShared(MethodAnalysis.peek(frame, 0))) {
      context.before(
          insn,
          EscapeRules.check(
              "callers of "
                  + Names.method(foreign, context.method.name, context.method.desc)
                  + ", result of its implementation in "
                  + Names.dotted(context.in.facts().name)));
    }
    return true;
  }

  /** A class that is not rewritten and declares the method too, or null. */
  private String foreignDeclaration() {
    if (!Names.givesArray(context.method.desc)
        || (context.method.access & (Opcodes.ACC_STATIC | Opcodes.ACC_PRIVATE)) != 0) {
      return null;
    }
    ClassLookup lookup = context.in.lookup();
    for (String ancestor : lookup.ancestors(context.in.facts().name)) {
      ClassFacts facts = lookup.isRewritten(ancestor) ? null : lookup.find(ancestor);
      if (facts != null && facts.method(context.method.name, context.method.desc) != null) {
        return ancestor;
      }
    }
    return null;
  }
}
