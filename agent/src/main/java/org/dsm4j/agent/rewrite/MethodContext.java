package org.dsm4j.agent.rewrite;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.MethodNode;

/**
 * One method while it is rewritten: its instructions, what is known of them, and variables of our
 * own. Not thread-safe.
 */
final class MethodContext {
  final ClassContext in;
  final MethodNode method;
  final MethodAnalysis analysis;
  final Hoisting hoisting;

  /** Whether it is a static initializer that touches shared state: run once per cluster. */
  private final boolean once;

  private final Set<AbstractInsnNode> onlyWhereOnce;

  private final Map<AbstractInsnNode, AbstractInsnNode[]> replacements = new IdentityHashMap<>();
  private final int firstTemporary;
  private int nextTemporary;

  MethodContext(
      ClassContext in,
      MethodNode method,
      MethodAnalysis analysis,
      Hoisting hoisting,
      boolean once,
      Set<AbstractInsnNode> onlyWhereOnce) {
    this.in = in;
    this.method = method;
    this.analysis = analysis;
    this.hoisting = hoisting;
    this.once = once;
    this.onlyWhereOnce = onlyWhereOnce;
    this.firstTemporary = method.maxLocals;
    this.nextTemporary = firstTemporary;
  }

  /**
   * Whether a node comes to the instruction that does not run the initializer for the cluster: it
   * must not change shared state there.
   */
  boolean mayBeDoneElsewhere(AbstractInsnNode insn) {
    return once && !onlyWhereOnce.contains(insn);
  }

  /** A variable for the instructions that replace one instruction. */
  int temporary(Type type) {
    int slot = nextTemporary;
    nextTemporary += type.getSize();
    method.maxLocals = Math.max(method.maxLocals, nextTemporary);
    return slot;
  }

  /** Ends the use of temporaries: the next instruction may have them. */
  void releaseTemporaries() {
    nextTemporary = firstTemporary;
  }

  void before(AbstractInsnNode insn, AbstractInsnNode... added) {
    method.instructions.insertBefore(insn, Instructions.list(added));
  }

  void before(AbstractInsnNode insn, InsnList added) {
    method.instructions.insertBefore(insn, added);
  }

  void replace(AbstractInsnNode insn, AbstractInsnNode... by) {
    replace(insn, Instructions.list(by));
  }

  void replace(AbstractInsnNode insn, InsnList by) {
    replacements.put(insn, new AbstractInsnNode[] {by.getFirst(), by.getLast()});
    method.instructions.insertBefore(insn, by);
    method.instructions.remove(insn);
  }

  /** What took the place of instructions: the first and last of each. */
  Map<AbstractInsnNode, AbstractInsnNode[]> replacements() {
    return replacements;
  }

  void problem(AbstractInsnNode at, String reason, String remedy) {
    in.problems()
        .add(new Problem(Problem.member(method.name), Instructions.line(at), reason, remedy));
  }

  /** The method as messages name it. */
  String name() {
    return Names.dotted(in.facts().name) + "." + method.name;
  }

  boolean isStatic() {
    return (method.access & Opcodes.ACC_STATIC) != 0;
  }
}
