package org.dsm4j.agent.rewrite;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.MultiANewArrayInsnNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Analyzer;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.Frame;

/**
 * The arrays of one method: which values may be shared, and which of the arrays it makes flow into
 * a shared place and are therefore made shared (rule 5). The latter are found by repeating until no
 * more are.
 */
final class MethodAnalysis {
  private final String owner;
  private final MethodNode method;
  private final ClassLookup lookup;
  private final MethodSummaries summaries;
  private final Map<Integer, LabelNode> parameters;
  private final Set<AbstractInsnNode> marks;
  private final Set<AbstractInsnNode> sharedSites = new HashSet<>();
  private final Set<AbstractInsnNode> markedLocals = new HashSet<>();
  private final Set<AbstractInsnNode> markedParameters = new HashSet<>();
  private final Map<AbstractInsnNode, Frame<ArrayValue>> frames = new IdentityHashMap<>();

  private MethodAnalysis(
      String owner,
      MethodNode method,
      ClassLookup lookup,
      MethodSummaries summaries,
      Map<Integer, LabelNode> parameters,
      Set<AbstractInsnNode> marks) {
    this.owner = owner;
    this.method = method;
    this.lookup = lookup;
    this.summaries = summaries;
    this.parameters = parameters;
    this.marks = marks;
  }

  static MethodAnalysis of(
      String owner, MethodNode method, ClassLookup lookup, MethodSummaries summaries)
      throws AnalyzerException {
    return ofParameters(owner, method, lookup, summaries, null);
  }

  /**
   * Also follows the arrays that the method is handed: where they come from is what stands for
   * them, and a site is shared if one of them flows into a shared place.
   */
  static MethodAnalysis ofParameters(
      String owner,
      MethodNode method,
      ClassLookup lookup,
      MethodSummaries summaries,
      Map<Integer, LabelNode> parameters)
      throws AnalyzerException {
    MethodAnalysis analysis =
        new MethodAnalysis(owner, method, lookup, summaries, parameters, Set.of());
    analysis.run();
    analysis.collectMarkedStores();
    boolean found = analysis.collectMarkedAllocations();
    while (analysis.collectSharedSites() || found) {
      found = false;
      analysis.run();
    }
    return analysis;
  }

  /**
   * The same method, after its loops changed ({@link Invariants}): what is shared stays so.
   *
   * @param added casts that only say where a value came from
   */
  MethodAnalysis again(Set<AbstractInsnNode> added) throws AnalyzerException {
    MethodAnalysis analysis =
        new MethodAnalysis(owner, method, lookup, summaries, parameters, added);
    analysis.sharedSites.addAll(sharedSites);
    analysis.markedLocals.addAll(markedLocals);
    analysis.markedParameters.addAll(markedParameters);
    analysis.run();
    return analysis;
  }

  private void run() throws AnalyzerException {
    Analyzer<ArrayValue> analyzer =
        new Analyzer<>(new ArrayInterpreter(lookup, summaries, sharedSites, parameters, marks)) {
          @Override
          protected Frame<ArrayValue> newFrame(int locals, int stack) {
            return new ArrayFrame(locals, stack, insn -> isInSharedMemory(insn));
          }

          @Override
          protected Frame<ArrayValue> newFrame(Frame<? extends ArrayValue> frame) {
            return new ArrayFrame((ArrayFrame) frame);
          }
        };
    analyzer.setComputeLimits(FrameWriter.BYTES_MAX, FrameWriter.STEPS_MAX);
    Frame<ArrayValue>[] computed = analyzer.analyze(owner, method);
    int index = 0;
    for (AbstractInsnNode insn : method.instructions) {
      frames.put(insn, computed[index++]);
    }
  }

  private boolean collectMarkedAllocations() {
    for (AbstractInsnNode insn : method.instructions) {
      int dimensions = SharedMarks.markedAllocation(insn);
      if (dimensions >= 0 && frame(insn) != null) {
        AbstractInsnNode site = allocationWhoseSizeBegins(insn, dimensions);
        if (site != null) {
          sharedSites.add(site);
        }
      }
    }
    return !sharedSites.isEmpty();
  }

  /**
   * The creation that takes what the instruction begins to compute: the first that leaves the stack
   * as it was before, plus one. One of more dimensions than the mark tells is it ({@code new
   * int[n] @Shared []}), unless it is within the size of one that has as many.
   */
  private AbstractInsnNode allocationWhoseSizeBegins(AbstractInsnNode begin, int dimensions) {
    int depth = frame(begin).getStackSize();
    AbstractInsnNode deeper = null;
    for (AbstractInsnNode insn = begin; insn != null; insn = insn.getNext()) {
      if (frame(insn) == null || insn.getOpcode() < 0) {
        continue;
      }
      int stack = frame(insn).getStackSize();
      if (deeper != null && stack <= depth) {
        return deeper;
      }
      if (stack - sizesTaken(insn) == depth && sizesTaken(insn) > 0) {
        int made = typeMade(insn).getDimensions();
        if (dimensions == 0 || made == dimensions) {
          return insn;
        }
        if (deeper == null && made > dimensions) {
          deeper = insn;
        }
      }
    }
    return deeper;
  }

  /** How many sizes a creation of an array takes from the stack; 0 for other instructions. */
  private static int sizesTaken(AbstractInsnNode insn) {
    return switch (insn.getOpcode()) {
      case Opcodes.NEWARRAY, Opcodes.ANEWARRAY -> 1;
      case Opcodes.MULTIANEWARRAY -> ((MultiANewArrayInsnNode) insn).dims;
      default -> 0;
    };
  }

  private void collectMarkedStores() {
    for (AbstractInsnNode insn : method.instructions) {
      if (insn.getOpcode() == Opcodes.ASTORE) {
        VarInsnNode store = (VarInsnNode) insn;
        if (SharedMarks.marksStore(method, store, store.var)) {
          markedLocals.add(store);
        } else if (storesToMarkedParameter(store)) {
          markedParameters.add(store);
        }
      }
    }
  }

  private boolean collectSharedSites() {
    int before = sharedSites.size();
    boolean resultShared = SharedMarks.marksResult(method);
    for (AbstractInsnNode insn : method.instructions) {
      Frame<ArrayValue> frame = frame(insn);
      if (frame == null) {
        continue;
      }
      boolean flows =
          switch (insn.getOpcode()) {
            case Opcodes.PUTSTATIC, Opcodes.PUTFIELD -> isInSharedMemory((FieldInsnNode) insn);
            case Opcodes.ASTORE -> storesToMarked((VarInsnNode) insn);
            case Opcodes.AASTORE -> peek(frame, 2).sure() && peek(frame, 2).token();
            case Opcodes.ARETURN -> resultShared;
            default -> false;
          };
      if (flows) {
        share(peek(frame, 0));
      } else if (insn instanceof MethodInsnNode call && Names.isApplication(call.owner)) {
        shareArguments(call, frame);
      }
    }
    return sharedSites.size() > before;
  }

  private void share(ArrayValue value) {
    value.sites().stream().filter(MethodAnalysis::makesArray).forEach(sharedSites::add);
  }

  /** Arrays that the called method will store in a shared place: in a field, as constructors do. */
  private void shareArguments(MethodInsnNode call, Frame<ArrayValue> frame) {
    int count = CallArguments.count(call);
    for (int argument = 0; argument < count; argument++) {
      ArrayValue value = peek(frame, count - 1 - argument);
      if (value.sites().stream().anyMatch(MethodAnalysis::makesArray)
          && summaries.of(call).mayStore(argument)
          && EscapeRules.takesSharedArrays(lookup, call.owner, call.name, call.desc)) {
        share(value);
      }
    }
  }

  private static boolean makesArray(AbstractInsnNode site) {
    return site.getOpcode() != Opcodes.NEW && site.getOpcode() != Opcodes.INVOKEDYNAMIC;
  }

  /** The variables of a method's arguments, its receiver among them. */
  static List<Integer> slots(MethodNode method) {
    List<Integer> slots = new ArrayList<>();
    int slot = 0;
    if ((method.access & Opcodes.ACC_STATIC) == 0) {
      slots.add(slot++);
    }
    for (Type parameter : Type.getArgumentTypes(method.desc)) {
      slots.add(slot);
      slot += parameter.getSize();
    }
    return slots;
  }

  /** The type of the parameter that is in a variable; null for the receiver. */
  static Type parameterType(MethodNode method, int slot) {
    Type[] types = Type.getArgumentTypes(method.desc);
    List<Integer> slots = slots(method);
    int parameter = slots.indexOf(slot) - (slots.size() - types.length);
    return parameter < 0 ? null : types[parameter];
  }

  /** Something that stands for each parameter that may be an array, by its variable. */
  static Map<Integer, LabelNode> parameters(MethodNode method) {
    Map<Integer, LabelNode> parameters = new TreeMap<>();
    for (int slot : slots(method)) {
      Type type = parameterType(method, slot);
      if (type != null && (Names.isArray(type) || EscapeRules.isSupertypeOfArrays(type))) {
        parameters.put(slot, new LabelNode());
      }
    }
    return parameters;
  }

  private boolean storesToMarked(VarInsnNode store) {
    return markedLocals.contains(store) || markedParameters.contains(store);
  }

  /**
   * Whether it stores into a local variable marked {@code @Shared} (not a parameter, which takes
   * either kind).
   */
  boolean storesToMarkedLocal(VarInsnNode store) {
    return markedLocals.contains(store);
  }

  private boolean storesToMarkedParameter(VarInsnNode store) {
    int slot = (method.access & Opcodes.ACC_STATIC) == 0 ? 1 : 0;
    Type[] parameters = Type.getArgumentTypes(method.desc);
    for (int parameter = 0; parameter < parameters.length; parameter++) {
      Frame<ArrayValue> frame = frame(store);
      if (slot == store.var
          && SharedMarks.marksParameter(method, parameter)
          && frame != null
          && parameters[parameter].equals(peek(frame, 0).type())) {
        return true;
      }
      slot += parameters[parameter].getSize();
    }
    return false;
  }

  /** Whether a field instruction reaches shared memory. */
  boolean isInSharedMemory(FieldInsnNode insn) {
    FieldFacts field = lookup.field(insn.owner, insn.name, insn.desc);
    return field != null && field.isInSharedMemory();
  }

  /** Whether a field instruction reaches a variable in shared memory that is not volatile. */
  boolean isPlainInSharedMemory(FieldInsnNode insn) {
    FieldFacts field = lookup.field(insn.owner, insn.name, insn.desc);
    return field != null && field.isInSharedMemory() && !field.isVolatile();
  }

  /** The state before an instruction; null if it is never reached. */
  Frame<ArrayValue> frame(AbstractInsnNode insn) {
    return frames.get(insn);
  }

  /** Whether the arrays that the instruction makes are shared. */
  boolean isSharedSite(AbstractInsnNode insn) {
    return sharedSites.contains(insn);
  }

  /** The type of the arrays that an instruction makes. */
  static Type typeMade(AbstractInsnNode insn) {
    return switch (insn.getOpcode()) {
      case Opcodes.NEWARRAY -> ArrayTypes.ofNewArray(((IntInsnNode) insn).operand);
      case Opcodes.ANEWARRAY -> ArrayTypes.ofElement(((TypeInsnNode) insn).desc);
      default -> Type.getType(((MultiANewArrayInsnNode) insn).desc);
    };
  }

  /** The value that many below the top of the stack. */
  static ArrayValue peek(Frame<ArrayValue> frame, int depth) {
    return frame.getStack(frame.getStackSize() - 1 - depth);
  }

  /**
   * Whether what the instruction made is never known but by the stack: no variable, field or other
   * method ever holds it.
   */
  boolean staysOnStack(AbstractInsnNode site) {
    for (AbstractInsnNode insn : method.instructions) {
      Frame<ArrayValue> frame = frame(insn);
      if (frame == null) {
        continue;
      }
      int consumed =
          switch (insn.getOpcode()) {
            case Opcodes.ASTORE, Opcodes.PUTFIELD, Opcodes.PUTSTATIC, Opcodes.ARETURN -> 1;
            case Opcodes.INVOKEDYNAMIC,
                Opcodes.INVOKEINTERFACE,
                Opcodes.INVOKESPECIAL,
                Opcodes.INVOKESTATIC,
                Opcodes.INVOKEVIRTUAL ->
                CallArguments.count(insn);
            default -> 0;
          };
      for (int depth = 0; depth < consumed; depth++) {
        if (peek(frame, depth).sites().contains(site)) {
          return false;
        }
      }
    }
    return true;
  }
}
