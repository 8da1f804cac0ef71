package org.dsm4j.agent.rewrite;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.CodeSizeEvaluator;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Frame;

/**
 * Arrays that a loop takes from fields, or from arrays of arrays, and that are the same at each
 * iteration: {@code a[i]} of a static {@code a}, {@code this.x[i]}, the row of {@code g[i][j]} in
 * the loop over j; and objects from arrays of them. Such an array gets a variable, set before the
 * loop, and {@link Hoisting} others beside that.
 *
 * <p>Before the loop nothing may fail, nor any class be initialized: where the array is not to be
 * had in that way (a null, an index out of bounds, a class that nobody used yet, an array that was
 * freed) the variable is null, and the loop does what was written. So it does, if need be, what
 * Java does, in Java's order. It reads a field once where it says to read it at each iteration:
 * that is right in loops that are quiet ({@link LoopFacts}).
 */
final class Invariants {
  /** What a use of the variable is longer by than the expression it stands for. */
  private static final int USE_BYTES = 18;

  /** What setting the variables of an array takes, besides asking for it. */
  private static final int ENTRY_BYTES = 60;

  /** So many, or a loop more: each costs the verifier, and us, something at every instruction. */
  private static final int VARIABLES_MAX = 32;

  /** Slots of the stack that it may take beyond what the method does: for the second analysis. */
  private static final int STACK = 4;

  /** HotSpot's HugeMethodLimit is 8000; the rest gets longer, too. */
  private static final int COMPILED_BYTES_MAX = 6_500;

  private final ClassContext in;
  private final MethodNode method;
  private final MethodAnalysis analysis;
  private final Set<AbstractInsnNode> waits;

  /** The instructions that give an array whose elements are accessed, and its type. */
  private final Map<AbstractInsnNode, Type> sources = new IdentityHashMap<>();

  private final Set<AbstractInsnNode> ours = new HashSet<>();
  private final Map<AbstractInsnNode, Integer> marks = new IdentityHashMap<>();
  private final Map<Integer, Type> variables = new LinkedHashMap<>();
  private int added;
  private int growth;
  private int growthMax;

  private Invariants(
      ClassContext in, MethodNode method, MethodAnalysis analysis, Set<AbstractInsnNode> waits) {
    this.waits = waits;
    this.in = in;
    this.method = method;
    this.analysis = analysis;
  }

  /** For code that is left as it is. */
  static Invariants none(ClassContext in, MethodNode method, MethodAnalysis analysis) {
    return new Invariants(in, method, analysis, Set.of());
  }

  /**
   * Changes the method's loops; which is analyzed anew if {@link #areAny}.
   *
   * @param waits the jumps before which the loop waits for others ({@link SpinLoops})
   */
  static Invariants take(
      ClassContext in, MethodNode method, MethodAnalysis analysis, Set<AbstractInsnNode> waits) {
    Invariants invariants = new Invariants(in, method, analysis, waits);
    if (Loops.areIn(method)) {
      invariants.findSources();
      if (!invariants.sources.isEmpty()) {
        CodeSizeEvaluator size = new CodeSizeEvaluator(null);
        method.accept(size);
        invariants.growthMax = COMPILED_BYTES_MAX - size.getMaxSize();
        while (invariants.takeOne()) {}
        method.maxStack += invariants.areAny() ? STACK : 0;
      }
    }
    return invariants;
  }

  boolean areAny() {
    return added > 0;
  }

  /** The variables that were added, and the types of their arrays. */
  Map<Integer, Type> variables() {
    return variables;
  }

  /**
   * Casts that say only where a value came from, each with its variable: what they leave on the
   * stack is the variable's array, or, if that is null, the value of the expression.
   */
  Map<AbstractInsnNode, Integer> marks() {
    return marks;
  }

  private void findSources() {
    for (AbstractInsnNode insn : method.instructions) {
      Frame<ArrayValue> frame = analysis.frame(insn);
      int depth = Hoisting.depthOfArray(insn);
      if (frame == null || depth < 0) {
        continue;
      }
      ArrayValue array = MethodAnalysis.peek(frame, depth);
      if (!array.sites().isEmpty()) {
        continue; // where one goes that is made here decides how it is made
      }
      if (insn.getOpcode() == Opcodes.AALOAD && isOfObjects(array)) {
        sources.put(insn, ArrayTypes.element(array.type()));
      }
      if (array.token()
          && array.load() != null
          && array.load().getOpcode() != Opcodes.ALOAD
          && Names.isArray(array.type())
          && ArrayTypes.shape(array.type()) != ArrayTypes.Shape.ANY) {
        sources.put(array.load(), array.type());
      }
    }
  }

  private static boolean isOfObjects(ArrayValue array) {
    return array.token()
        && Names.isArray(array.type())
        && array.type().getDimensions() == 1
        && ArrayTypes.shape(array.type()) == ArrayTypes.Shape.REFERENCES;
  }

  /** A source, its expression, and the outermost loop that keeps it. */
  private record Candidate(Expression expression, Loops.Loop loop, LoopFacts facts) {}

  /** Takes what is kept by one loop: of those that have any, the innermost. */
  private boolean takeOne() {
    AbstractInsnNode[] code = method.instructions.toArray();
    Set<LabelNode> targets = targets();
    List<Candidate> candidates = new ArrayList<>();
    Loops.Loop innermost = null;
    List<Loops.Loop> loops = Loops.of(method);
    List<LoopFacts> facts = new ArrayList<>();
    for (Loops.Loop loop : loops) {
      facts.add(
          isEnteredPlainly(loop, code)
              ? new LoopFacts(in, method, code, loop.body(), ours, waits)
              : null);
    }
    for (int at = 0; at < code.length; at++) {
      Expression expression =
          sources.containsKey(code[at]) ? Expression.endingAt(code[at], targets) : null;
      Candidate found = null;
      for (int i = 0; expression != null && i < loops.size(); i++) {
        if (loops.get(i).body().get(at)
            && facts.get(i) != null
            && facts.get(i).isQuiet()
            && expression.isKeptBy(facts.get(i))
            && expression.canBeAsked(facts.get(i))) {
          found = new Candidate(expression, loops.get(i), facts.get(i));
        }
      }
      if (found != null) {
        candidates.add(found);
        if (innermost == null || found.loop.body().cardinality() < innermost.body().cardinality()) {
          innermost = found.loop;
        }
      }
    }
    return innermost != null && added < VARIABLES_MAX && take(innermost, candidates, code);
  }

  private boolean take(Loops.Loop loop, List<Candidate> candidates, AbstractInsnNode[] code) {
    Map<String, List<Candidate>> byValue = new LinkedHashMap<>();
    Set<AbstractInsnNode> taken = new HashSet<>();
    for (int i = candidates.size() - 1; i >= 0; i--) { // a row before what it is taken from
      Candidate candidate = candidates.get(i);
      if (candidate.loop == loop && !taken.contains(candidate.expression.root)) {
        candidate.expression.collect(taken);
        byValue
            .computeIfAbsent(candidate.expression.key(), key -> new ArrayList<>())
            .add(candidate);
      }
    }
    int bytes = 0;
    for (List<Candidate> uses : byValue.values()) {
      bytes += ENTRY_BYTES + uses.get(0).expression.askedBytes() + USE_BYTES * uses.size();
    }
    if (growth + bytes <= growthMax) {
      growth += bytes;
      LoopEntry entry = new LoopEntry(byValue.values().iterator().next().get(0).facts);
      for (List<Candidate> uses : byValue.values()) {
        Expression expression = uses.get(0).expression;
        Type type = sources.get(expression.root);
        int variable = method.maxLocals++;
        added++;
        if (Names.isArray(type)) {
          variables.put(variable, type);
        }
        entry.add(expression, variable);
        uses.forEach(use -> use(use.expression, variable, type));
      }
      entry
          .copies()
          .forEach(
              (copy, original) -> {
                if (sources.containsKey(original)) {
                  sources.put(copy, sources.get(original));
                }
              });
      ours.addAll(entry.install(method, loop, code));
    }
    taken.forEach(sources::remove);
    return true;
  }

  /** Where the expression stands the variable comes first. */
  private void use(Expression expression, int variable, Type type) {
    LabelNode known = new LabelNode();
    TypeInsnNode mark = new TypeInsnNode(Opcodes.CHECKCAST, type.getInternalName());
    method.instructions.insertBefore(
        expression.first(),
        Instructions.list(
            new VarInsnNode(Opcodes.ALOAD, variable),
            new InsnNode(Opcodes.DUP),
            new JumpInsnNode(Opcodes.IFNONNULL, known),
            new InsnNode(Opcodes.POP)));
    method.instructions.insert(expression.root, known);
    if (Names.isArray(type)) {
      method.instructions.insert(known, mark);
      marks.put(mark, variable);
    }
  }

  /**
   * Whether code before the header runs once each time that the loop is entered, with nothing on
   * the stack.
   */
  private boolean isEnteredPlainly(Loops.Loop loop, AbstractInsnNode[] code) {
    Frame<ArrayValue> frame = analysis.frame(loop.header());
    AbstractInsnNode before = loop.header().getPrevious();
    int header = loop.body().nextSetBit(0);
    while (code[header] != loop.header()) {
      header = loop.body().nextSetBit(header + 1);
    }
    return frame != null
        && frame.getStackSize() == 0
        && (before == null || !loop.body().get(header - 1) || !Loops.mayContinue(before));
  }

  private Set<LabelNode> targets() {
    Set<LabelNode> targets = new HashSet<>();
    for (AbstractInsnNode insn : method.instructions) {
      if (insn instanceof JumpInsnNode jump) {
        targets.add(jump.label);
      } else if (insn instanceof TableSwitchInsnNode table) {
        targets.add(table.dflt);
        targets.addAll(table.labels);
      } else if (insn instanceof LookupSwitchInsnNode lookup) {
        targets.add(lookup.dflt);
        targets.addAll(lookup.labels);
      }
    }
    method.tryCatchBlocks.forEach(block -> targets.add(block.handler));
    return targets;
  }
}
