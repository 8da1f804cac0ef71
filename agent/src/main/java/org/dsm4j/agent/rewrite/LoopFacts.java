package org.dsm4j.agent.rewrite;

import java.util.BitSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * What a loop may change, as long as it is <em>quiet</em>: runs no code that is not seen here, and
 * does nothing that another thread's writes must be seen after (JLS 17.4.5). In a quiet loop a
 * field that it does not assign may be read once, as a compiler might.
 */
final class LoopFacts {
  private final ClassLookup lookup;
  private final String self;
  private final BitSet variables = new BitSet();
  private final Set<String> fields = new HashSet<>();
  private final Set<String> foreign = new LinkedHashSet<>();
  private final boolean hasThis;
  private boolean storesReferences;
  private boolean quiet = true;

  /**
   * @param in the class that has the method
   * @param ours instructions that the rewriting added: they change nothing
   * @param waits those before which the loop waits for what others write
   */
  LoopFacts(
      ClassContext in,
      MethodNode method,
      AbstractInsnNode[] code,
      BitSet body,
      Set<AbstractInsnNode> ours,
      Set<AbstractInsnNode> waits) {
    this.lookup = in.lookup();
    this.self = in.facts().name;
    this.hasThis = (method.access & Opcodes.ACC_STATIC) == 0;
    for (int at = body.nextSetBit(0); at >= 0 && quiet; at = body.nextSetBit(at + 1)) {
      if (waits.contains(code[at])) {
        quiet = false;
      } else if (!ours.contains(code[at])) {
        add(code[at]);
      }
    }
  }

  private void add(AbstractInsnNode insn) {
    switch (insn.getOpcode()) {
      case Opcodes.ISTORE, Opcodes.FSTORE, Opcodes.ASTORE ->
          variables.set(((VarInsnNode) insn).var);
      case Opcodes.LSTORE, Opcodes.DSTORE ->
          variables.set(((VarInsnNode) insn).var, ((VarInsnNode) insn).var + 2);
      case Opcodes.IINC -> variables.set(((IincInsnNode) insn).var);
      case Opcodes.AASTORE -> storesReferences = true;
      case Opcodes.GETSTATIC, Opcodes.GETFIELD, Opcodes.PUTSTATIC, Opcodes.PUTFIELD ->
          field((FieldInsnNode) insn);
      case Opcodes.INVOKESTATIC, Opcodes.INVOKEVIRTUAL, Opcodes.INVOKESPECIAL ->
          quiet = QuietCalls.isQuiet((MethodInsnNode) insn);
      case Opcodes.NEW -> quiet = !Names.isApplication(((TypeInsnNode) insn).desc);
      case Opcodes.INVOKEINTERFACE,
          Opcodes.INVOKEDYNAMIC,
          Opcodes.MONITORENTER,
          Opcodes.MONITOREXIT,
          Opcodes.JSR,
          Opcodes.RET ->
          quiet = false;
      default -> {}
    }
  }

  private void field(FieldInsnNode insn) {
    boolean stores = insn.getOpcode() == Opcodes.PUTSTATIC || insn.getOpcode() == Opcodes.PUTFIELD;
    if (stores) {
      fields.add(insn.name);
    }
    if (!Names.isApplication(insn.owner)) {
      quiet = !stores;
      return;
    }
    FieldFacts field = lookup.field(insn.owner, insn.name, insn.desc);
    if (field == null || field.isVolatile()) {
      quiet = false;
    } else if (field.isStatic() && !isInitialized(field.owner())) {
      foreign.add(field.owner());
    }
  }

  /** Whether the class is surely initialized, or this thread is at it, wherever the method runs. */
  private boolean isInitialized(String owner) {
    for (ClassFacts at = lookup.find(self);
        at != null;
        at = at.superName == null ? null : lookup.find(at.superName)) {
      if (at.name.equals(owner)) {
        return true;
      }
    }
    return false;
  }

  boolean isQuiet() {
    return quiet;
  }

  /** Classes that the loop may initialize: what that runs is not seen here. */
  Set<String> foreign() {
    return foreign;
  }

  boolean keeps(int variable) {
    return !variables.get(variable);
  }

  /** Whether the variable is {@code this}, which is never null. */
  boolean isThis(int variable) {
    return variable == 0 && hasThis && keeps(0);
  }

  /** Whether the field is the same at each iteration, of the same object. */
  boolean keeps(FieldInsnNode insn) {
    FieldFacts field = lookup.field(insn.owner, insn.name, insn.desc);
    return field != null && !field.isVolatile() && !fields.contains(insn.name);
  }

  /** Whether arrays of references keep their elements. */
  boolean keepsElements() {
    return !storesReferences;
  }
}
