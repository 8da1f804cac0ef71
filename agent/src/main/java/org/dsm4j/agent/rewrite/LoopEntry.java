package org.dsm4j.agent.rewrite;

import java.util.Arrays;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * What runs before a loop: sets the variables of {@link Invariants}, or leaves them null. Never
 * fails: what a freed array throws is caught, and thrown again by the loop if it comes to it.
 */
final class LoopEntry {
  private static final Handle INITIALIZED =
      new Handle(
          Opcodes.H_INVOKESTATIC,
          Names.BOOTSTRAPS,
          "initialized",
          "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/invoke/MethodType;"
              + "Ljava/lang/Class;)Ljava/lang/invoke/CallSite;",
          false);

  private final LoopFacts facts;
  private final InsnList unset = new InsnList();
  private final InsnList asked = new InsnList();
  private final Map<AbstractInsnNode, AbstractInsnNode> copies = new IdentityHashMap<>();

  LoopEntry(LoopFacts facts) {
    this.facts = facts;
  }

  /**
   * The variable gets the expression's value, if that is no null and computing it does not fail.
   */
  void add(Expression expression, int variable) {
    unset.add(new InsnNode(Opcodes.ACONST_NULL));
    unset.add(new VarInsnNode(Opcodes.ASTORE, variable));
    LabelNode absent = new LabelNode();
    LabelNode done = new LabelNode();
    expression.ask(asked, absent, facts, copies);
    asked.add(
        Instructions.list(
            new InsnNode(Opcodes.DUP),
            new JumpInsnNode(Opcodes.IFNULL, absent),
            new VarInsnNode(Opcodes.ASTORE, variable),
            new JumpInsnNode(Opcodes.GOTO, done),
            absent,
            new InsnNode(Opcodes.POP),
            done));
  }

  /** The copies of the expressions' instructions, with their originals. */
  Map<AbstractInsnNode, AbstractInsnNode> copies() {
    return copies;
  }

  /**
   * Puts it before the loop.
   *
   * @param code the instructions that the loop's body counts
   * @return the instructions added
   */
  Set<AbstractInsnNode> install(MethodNode method, Loops.Loop loop, AbstractInsnNode[] code) {
    LabelNode entry = new LabelNode();
    LabelNode start = new LabelNode();
    LabelNode end = new LabelNode();
    LabelNode failed = new LabelNode();
    for (int at = 0; at < code.length; at++) {
      if (!loop.body().get(at)) {
        redirect(code[at], loop.header(), entry);
      }
    }
    InsnList added = Instructions.list(entry);
    added.add(unset);
    added.add(start);
    LabelNode absent = new LabelNode();
    for (String owner : facts.foreign()) {
      added.add(
          new InvokeDynamicInsnNode("initialized", "()Z", INITIALIZED, Type.getObjectType(owner)));
      added.add(new JumpInsnNode(Opcodes.IFEQ, absent));
    }
    added.add(asked);
    added.add(absent);
    added.add(
        Instructions.list(
            new JumpInsnNode(Opcodes.GOTO, loop.header()), end, failed, new InsnNode(Opcodes.POP)));
    Set<AbstractInsnNode> ours = new HashSet<>(Arrays.asList(added.toArray()));
    method.instructions.insertBefore(loop.header(), added);
    method.tryCatchBlocks.add(0, new TryCatchBlockNode(start, end, failed, "java/lang/Throwable"));
    return ours;
  }

  private static void redirect(AbstractInsnNode insn, LabelNode from, LabelNode to) {
    if (insn instanceof JumpInsnNode jump && jump.label == from) {
      jump.label = to;
    } else if (insn instanceof TableSwitchInsnNode table) {
      table.dflt = table.dflt == from ? to : table.dflt;
      replace(table.labels, from, to);
    } else if (insn instanceof LookupSwitchInsnNode lookup) {
      lookup.dflt = lookup.dflt == from ? to : lookup.dflt;
      replace(lookup.labels, from, to);
    }
  }

  private static void replace(List<LabelNode> labels, LabelNode from, LabelNode to) {
    labels.replaceAll(label -> label == from ? to : label);
  }
}
