package org.dsm4j.agent.rewrite;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.analysis.Frame;

/**
 * Rule 3: what a static initializer does to shared state happens once per cluster. The expressions
 * that shared statics are assigned are jumped over on nodes where it was done elsewhere; the rest
 * runs everywhere.
 */
final class InitializerRewriter {
  private static final String REMEDY =
      "do it on one node after start (if (Dsm.node() == 0) ...), then Dsm.barrier()";

  private final ClassContext in;
  private final MethodNode method;
  private final MethodAnalysis analysis;
  private final List<SkipRegion> regions = new ArrayList<>();
  private final Set<AbstractInsnNode> concurrent;

  private InitializerRewriter(ClassContext in, MethodNode method, MethodAnalysis analysis) {
    this.in = in;
    this.method = method;
    this.analysis = analysis;
    this.concurrent = new ConcurrentInitials(in.lookup(), method, analysis).once();
    in.onceStores().addAll(concurrent);
  }

  /** Whether the initializer writes shared state. */
  static boolean writesShared(ClassLookup lookup, MethodNode method, MethodAnalysis analysis) {
    if (!new ConcurrentInitials(lookup, method, analysis).once().isEmpty()) {
      return true;
    }
    for (AbstractInsnNode insn : method.instructions) {
      Frame<ArrayValue> frame = analysis.frame(insn);
      if (frame == null) {
        continue;
      }
      boolean storesElement =
          insn.getOpcode() >= Opcodes.IASTORE
              && insn.getOpcode() <= Opcodes.SASTORE
              && MethodAnalysis.peek(frame, 2).token();
      boolean storesField =
          insn.getOpcode() == Opcodes.PUTFIELD
              && MethodAnalysis.peek(frame, 1).published()
              && analysis.isInSharedMemory((FieldInsnNode) insn);
      if (storesElement || storesField || isSharedStore(insn, analysis)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSharedStore(AbstractInsnNode insn, MethodAnalysis analysis) {
    return insn.getOpcode() == Opcodes.PUTSTATIC && analysis.isInSharedMemory((FieldInsnNode) insn);
  }

  /**
   * Refuses what cannot be done once only; and adds the jumps, and the bracket around the whole, if
   * the initializer writes shared state. Before the single instructions are rewritten.
   *
   * @return the instructions that only the node that runs the initializer for the cluster comes to
   */
  static Set<AbstractInsnNode> rewrite(
      ClassContext in, MethodNode method, MethodAnalysis analysis, boolean writes) {
    InitializerRewriter rewriter = new InitializerRewriter(in, method, analysis);
    rewriter.findRegions();
    rewriter.refuse();
    Set<AbstractInsnNode> inRegions = new HashSet<>();
    for (AbstractInsnNode insn : method.instructions) {
      if (rewriter.inRegion(insn)) {
        inRegions.add(insn);
      }
    }
    if (writes) {
      rewriter.regions.forEach(rewriter::skip);
      rewriter.bracket();
    }
    return inRegions;
  }

  private void findRegions() {
    AbstractInsnNode[] code = method.instructions.toArray();
    for (int at = code.length - 1; at >= 0; at--) {
      if (analysis.frame(code[at]) == null
          || !(isSharedStore(code[at], analysis) || concurrent.contains(code[at]))
          || inRegion(code[at])) {
        continue;
      }
      SkipRegion region = SkipRegion.endingAt(method, analysis, code[at]);
      if (region == null || region.leaksVariables()) {
        problem(
            code[at],
            "the expression assigned to the shared field "
                + ((FieldInsnNode) code[at]).name
                + " is evaluated on one node only, but its parts are used elsewhere in the initializer",
            "assign the field in a statement of its own");
      } else {
        regions.add(region);
      }
    }
  }

  private boolean inRegion(AbstractInsnNode insn) {
    return regions.stream().anyMatch(region -> region.contains(insn, method));
  }

  private void refuse() {
    SharedEffects effects = new SharedEffects(in.lookup());
    for (AbstractInsnNode insn : method.instructions) {
      Frame<ArrayValue> frame = analysis.frame(insn);
      boolean call = insn instanceof MethodInsnNode || insn.getOpcode() == Opcodes.INVOKEDYNAMIC;
      if (frame == null || !call) {
        continue;
      }
      String effect = insn instanceof MethodInsnNode named ? effects.of(named) : null;
      if (effect != null && (effect.contains("barrier") || !inRegion(insn))) {
        problem(insn, "a static initializer calls code that " + effect, REMEDY);
      } else if (!inRegion(insn) && passesPublished(insn, frame)) {
        problem(
            insn,
            "a static initializer hands a shared "
                + (passesPublishedArray(insn, frame) ? "array" : "object")
                + " that other nodes may know to other code",
            REMEDY);
      }
    }
  }

  private boolean passesPublished(AbstractInsnNode call, Frame<ArrayValue> frame) {
    ShareableTypes types = new ShareableTypes(in.lookup());
    for (int depth = 0; depth < CallArguments.count(call); depth++) {
      ArrayValue argument = MethodAnalysis.peek(frame, depth);
      if (argument.published() && argument.isReference() && !types.isValue(argument.type())) {
        return true;
      }
    }
    return false;
  }

  private static boolean passesPublishedArray(AbstractInsnNode call, Frame<ArrayValue> frame) {
    for (int depth = 0; depth < CallArguments.count(call); depth++) {
      ArrayValue argument = MethodAnalysis.peek(frame, depth);
      if (argument.published() && argument.token()) {
        return true;
      }
    }
    return false;
  }

  private void problem(AbstractInsnNode at, String reason, String remedy) {
    in.problems().add(new Problem("static initializer", Instructions.line(at), reason, remedy));
  }

  private void skip(SkipRegion region) {
    LabelNode after = new LabelNode();
    if (concurrent.contains(region.store)) {
      adopt(region, after);
      return;
    }
    method.instructions.insertBefore(
        region.first,
        Instructions.list(
            Instructions.pushClass(in.facts().name),
            Instructions.call(Names.INITIALIZERS, "here", "(Ljava/lang/Class;)Z"),
            new JumpInsnNode(Opcodes.IFEQ, after)));
    method.instructions.insert(region.store, after);
  }

  /** Elsewhere the field gets an object like the one that the first node has made. */
  private void adopt(SkipRegion region, LabelNode store) {
    FieldInsnNode field = (FieldInsnNode) region.store;
    LabelNode here = new LabelNode();
    method.instructions.insertBefore(
        region.first,
        Instructions.list(
            Instructions.pushClass(in.facts().name),
            Instructions.call(Names.INITIALIZERS, "here", "(Ljava/lang/Class;)Z"),
            new JumpInsnNode(Opcodes.IFNE, here),
            new LdcInsnNode(
                FieldRewriter.clusterName(in.lookup().field(field.owner, field.name, field.desc))),
            Instructions.call(
                Names.BRIDGE + "SharedConcurrent",
                "adopted",
                "(Ljava/lang/String;)Ljava/lang/Object;"),
            new TypeInsnNode(Opcodes.CHECKCAST, Type.getType(field.desc).getInternalName()),
            new JumpInsnNode(Opcodes.GOTO, store),
            here));
    method.instructions.insertBefore(region.store, store);
  }

  private void bracket() {
    String owner = in.facts().name;
    LabelNode start = new LabelNode();
    LabelNode end = new LabelNode();
    LabelNode handler = new LabelNode();
    for (AbstractInsnNode insn : method.instructions.toArray()) {
      if (insn.getOpcode() == Opcodes.RETURN) {
        method.instructions.insertBefore(
            insn,
            Instructions.list(
                Instructions.pushClass(owner),
                Instructions.call(Names.INITIALIZERS, "end", "(Ljava/lang/Class;)V")));
      }
    }
    method.instructions.insert(
        Instructions.list(
            Instructions.pushClass(owner),
            Instructions.call(Names.INITIALIZERS, "begin", "(Ljava/lang/Class;)V"),
            start));
    method.instructions.add(
        Instructions.list(
            end,
            handler,
            new InsnNode(Opcodes.DUP),
            Instructions.pushClass(owner),
            Instructions.call(
                Names.INITIALIZERS, "failed", "(Ljava/lang/Throwable;Ljava/lang/Class;)V"),
            new InsnNode(Opcodes.ATHROW)));
    method.tryCatchBlocks.add(new TryCatchBlockNode(start, end, handler, null));
  }
}
