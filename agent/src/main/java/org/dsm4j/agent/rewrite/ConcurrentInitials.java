package org.dsm4j.agent.rewrite;

import java.util.HashSet;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * The expressions that shared fields of {@code java.util.concurrent} types are assigned by an
 * initializer. One that does nothing but make the object is evaluated on every node, which then
 * knows what to make; one with effects of its own only once per cluster, as rule 3 has it; but for
 * a barrier with an action, which every node must have.
 */
final class ConcurrentInitials {
  private static final Set<String> HARMLESS =
      Set.of(
          "java/lang/Math",
          "java/util/Objects",
          "java/lang/Integer",
          "java/lang/Long",
          "java/lang/Boolean");

  private final ClassLookup lookup;
  private final MethodNode method;
  private final MethodAnalysis analysis;

  ConcurrentInitials(ClassLookup lookup, MethodNode method, MethodAnalysis analysis) {
    this.lookup = lookup;
    this.method = method;
    this.analysis = analysis;
  }

  /** The stores whose expressions must be evaluated only once. */
  Set<AbstractInsnNode> once() {
    Set<AbstractInsnNode> once = new HashSet<>();
    for (AbstractInsnNode insn : method.instructions) {
      if (analysis.frame(insn) == null || !assignsConcurrent(insn)) {
        continue;
      }
      SkipRegion region = SkipRegion.endingAt(method, analysis, insn);
      if (region != null
          && !region.leaksVariables()
          && hasEffects(region)
          && !makesAction(region)) {
        once.add(insn);
      }
    }
    return once;
  }

  private boolean assignsConcurrent(AbstractInsnNode insn) {
    if (insn.getOpcode() != Opcodes.PUTSTATIC) {
      return false;
    }
    FieldInsnNode store = (FieldInsnNode) insn;
    FieldFacts field = lookup.field(store.owner, store.name, store.desc);
    return field != null && field.isLock() && field.isConcurrent();
  }

  private static boolean hasEffects(SkipRegion region) {
    for (AbstractInsnNode at = region.first; at != region.store; at = at.getNext()) {
      boolean assigns =
          at.getOpcode() == Opcodes.PUTSTATIC
              || at.getOpcode() == Opcodes.PUTFIELD
              || (at.getOpcode() >= Opcodes.IASTORE && at.getOpcode() <= Opcodes.SASTORE);
      if (assigns || (at instanceof MethodInsnNode call && !isHarmless(call))) {
        return true;
      }
    }
    return false;
  }

  private static boolean isHarmless(MethodInsnNode call) {
    boolean makes =
        call.name.equals("<init>") || call.name.matches("readLock|writeLock|newCondition");
    return HARMLESS.contains(call.owner)
        || (makes && call.owner.startsWith("java/util/concurrent/"))
        || (call.owner.equals(Names.DSM) && call.name.matches("nodes?"));
  }

  /** Whether the expression makes a barrier with an action, which every node must have. */
  private static boolean makesAction(SkipRegion region) {
    for (AbstractInsnNode at = region.first; at != region.store; at = at.getNext()) {
      if (at instanceof MethodInsnNode call
          && call.owner.equals("java/util/concurrent/CyclicBarrier")
          && call.desc.equals("(ILjava/lang/Runnable;)V")) {
        return true;
      }
    }
    return false;
  }
}
