package org.dsm4j.agent.rewrite;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LookupSwitchInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TableSwitchInsnNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Analyzer;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.Frame;
import org.objectweb.asm.tree.analysis.SourceInterpreter;
import org.objectweb.asm.tree.analysis.SourceValue;

/**
 * Loops that only wait for somebody else's plain write: nothing in them changes anything but local
 * variables, and what ends them is computed from places in shared memory and from what stays as it
 * is. One JVM's threads see such a write soon, in practice, and programs rely on it: a barrier that
 * looks at the elements of a {@code volatile boolean[]} until they change. The pages of plain
 * variables are brought up to date by synchronization alone, so the loop has to ask for it, before
 * it believes what it read.
 */
final class SpinLoops {
  /** Methods that a loop which only waits may call. */
  private static final Set<String> WAITS =
      Set.of(
          "java/lang/Thread.yield",
          "java/lang/Thread.onSpinWait",
          "java/lang/Thread.sleep",
          "java/lang/Thread.interrupted",
          "java/lang/Thread.currentThread",
          "java/lang/Thread.isInterrupted",
          "java/lang/Thread.interrupt",
          "java/lang/System.nanoTime",
          "java/lang/System.currentTimeMillis",
          "java/util/concurrent/locks/LockSupport.parkNanos",
          "java/util/concurrent/TimeUnit.sleep",
          "java/lang/Math.abs",
          "java/lang/Math.max",
          "java/lang/Math.min");

  private final String owner;
  private final MethodNode method;
  private final MethodAnalysis analysis;
  private final Map<AbstractInsnNode, Integer> order = new IdentityHashMap<>();
  private Frame<SourceValue>[] sources;

  private SpinLoops(String owner, MethodNode method, MethodAnalysis analysis) {
    this.owner = owner;
    this.method = method;
    this.analysis = analysis;
  }

  /**
   * The jumps that decide whether such a loop goes on, by what was read from shared memory; before
   * any instruction changes.
   */
  static Set<AbstractInsnNode> decisions(String owner, MethodNode method, MethodAnalysis analysis)
      throws AnalyzerException {
    SpinLoops loops = new SpinLoops(owner, method, analysis);
    Set<AbstractInsnNode> found = new LinkedHashSet<>();
    int index = 0;
    for (AbstractInsnNode insn : method.instructions) {
      loops.order.put(insn, index++);
    }
    for (AbstractInsnNode insn : method.instructions) {
      if (insn instanceof JumpInsnNode jump && loops.at(jump.label) <= loops.at(jump)) {
        found.addAll(loops.decisions(loops.at(jump.label), loops.at(jump)));
      }
    }
    return found;
  }

  private int at(AbstractInsnNode insn) {
    return order.get(insn);
  }

  /** Those of the loop between two instructions; none if it does more than wait. */
  private List<AbstractInsnNode> decisions(int first, int last) throws AnalyzerException {
    List<JumpInsnNode> jumps = new ArrayList<>();
    Set<Integer> changed = new HashSet<>();
    boolean leaves = false;
    for (int at = first; at <= last; at++) {
      AbstractInsnNode insn = method.instructions.get(at);
      if (changesMore(insn)) {
        return List.of();
      }
      int opcode = insn.getOpcode();
      if (opcode >= Opcodes.ISTORE && opcode <= Opcodes.ASTORE) {
        changed.add(((VarInsnNode) insn).var);
      } else if (insn instanceof IincInsnNode increment) {
        changed.add(increment.var);
      } else if (insn instanceof JumpInsnNode jump && opcode != Opcodes.GOTO) {
        jumps.add(jump);
      }
      leaves |= opcode >= Opcodes.IRETURN && opcode <= Opcodes.RETURN || opcode == Opcodes.ATHROW;
    }
    List<AbstractInsnNode> found = new ArrayList<>();
    for (JumpInsnNode jump : jumps) {
      if (analysis.frame(jump) == null) {
        continue;
      }
      boolean ends = leaves || at(jump.label) < first || at(jump.label) > last || at(jump) == last;
      Condition condition = new Condition(changed);
      condition.add(jump);
      if (condition.varies && ends) {
        return List.of(); // it counts, or walks along something
      }
      if (condition.readsShared && !condition.varies) {
        found.add(jump);
      }
    }
    return found;
  }

  /** Whether an instruction does more than compute, read and wait. */
  private static boolean changesMore(AbstractInsnNode insn) {
    if (insn instanceof MethodInsnNode call) {
      return !WAITS.contains(call.owner + "." + call.name);
    }
    int opcode = insn.getOpcode();
    return opcode >= Opcodes.IASTORE && opcode <= Opcodes.SASTORE
        || opcode == Opcodes.PUTFIELD
        || opcode == Opcodes.PUTSTATIC
        || opcode == Opcodes.INVOKEDYNAMIC
        || opcode >= Opcodes.NEW && opcode <= Opcodes.ANEWARRAY
        || opcode == Opcodes.MULTIANEWARRAY
        || opcode == Opcodes.MONITORENTER
        || opcode == Opcodes.MONITOREXIT
        || insn instanceof TableSwitchInsnNode
        || insn instanceof LookupSwitchInsnNode;
  }

  /** What a jump depends on. */
  private final class Condition {
    private final Set<Integer> changed;
    private final Set<AbstractInsnNode> seen = new HashSet<>();
    private boolean readsShared;
    private boolean varies;

    Condition(Set<Integer> changed) {
      this.changed = changed;
    }

    void add(AbstractInsnNode user) throws AnalyzerException {
      operands(user, true);
    }

    /**
     * @param decides whether the result of the instruction decides, rather than tells where to read
     */
    private void operands(AbstractInsnNode user, boolean decides) throws AnalyzerException {
      Frame<SourceValue> frame = source(user);
      int operands = frame == null ? 0 : frame.getStackSize() - stackBelow(user, frame);
      for (int depth = 0; depth < operands; depth++) {
        for (AbstractInsnNode from : frame.getStack(frame.getStackSize() - 1 - depth).insns) {
          from(from, decides);
        }
      }
    }

    private void from(AbstractInsnNode insn, boolean decides) throws AnalyzerException {
      int opcode = insn.getOpcode();
      if (opcode >= Opcodes.ILOAD && opcode <= Opcodes.ALOAD) {
        varies |= changed.contains(((VarInsnNode) insn).var);
        return;
      }
      boolean reads = isSharedRead(insn);
      readsShared |= reads && decides;
      if (seen.add(insn)) {
        operands(insn, decides && !isRead(insn));
      }
    }
  }

  private static boolean isRead(AbstractInsnNode insn) {
    int opcode = insn.getOpcode();
    return opcode >= Opcodes.IALOAD && opcode <= Opcodes.SALOAD
        || opcode == Opcodes.GETFIELD
        || opcode == Opcodes.GETSTATIC;
  }

  /** Whether it reads a plain variable that other nodes may write. */
  private boolean isSharedRead(AbstractInsnNode insn) {
    Frame<ArrayValue> frame = analysis.frame(insn);
    if (frame == null || !isRead(insn)) {
      return false;
    }
    return insn instanceof FieldInsnNode field
        ? analysis.isPlainInSharedMemory(field)
        : MethodAnalysis.peek(frame, 1).token();
  }

  /** How many values are below the operands of an instruction, of those that can decide a jump. */
  private static int stackBelow(AbstractInsnNode insn, Frame<SourceValue> frame) {
    int opcode = insn.getOpcode();
    int taken;
    if (opcode >= Opcodes.IALOAD && opcode <= Opcodes.SALOAD) {
      taken = 2;
    } else if (opcode >= Opcodes.INEG && opcode <= Opcodes.DNEG) {
      taken = 1;
    } else if (opcode >= Opcodes.IADD && opcode <= Opcodes.LXOR) {
      taken = 2;
    } else if (opcode >= Opcodes.LCMP && opcode <= Opcodes.DCMPG) {
      taken = 2;
    } else if (opcode >= Opcodes.IF_ICMPEQ && opcode <= Opcodes.IF_ACMPNE) {
      taken = 2;
    } else if (opcode >= Opcodes.ACONST_NULL && opcode <= Opcodes.LDC
        || opcode == Opcodes.GETSTATIC) {
      taken = 0;
    } else if (insn instanceof MethodInsnNode) {
      taken = CallArguments.count(insn);
    } else {
      taken = 1; // conversions, casts, GETFIELD, ARRAYLENGTH, jumps on one value
    }
    return Math.max(0, frame.getStackSize() - taken);
  }

  private Frame<SourceValue> source(AbstractInsnNode insn) throws AnalyzerException {
    if (sources == null) {
      sources = new Analyzer<>(new SourceInterpreter()).analyze(owner, method);
    }
    return sources[at(insn)];
  }
}
