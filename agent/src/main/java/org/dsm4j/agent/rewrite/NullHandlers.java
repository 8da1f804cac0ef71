package org.dsm4j.agent.rewrite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.IincInsnNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Frame;

/**
 * NullPointerExceptions of rewritten instructions say what they would say of the program's own: the
 * JVM explains them by the instructions that it finds (JEP 358), which are ours. So each such
 * instruction, and each that has what a rewritten one read, gets an exception handler that gives
 * the exception its message, at no cost to code that meets no null. It then goes the way that the
 * program has for it.
 */
final class NullHandlers {
  /** HotSpot compiles no method that is longer, in bytes. */
  private static final int COMPILED_MAX = 8_000;

  /** {@code ldc, invokestatic, athrow}, and a constant's index of two bytes. */
  private static final int HANDLER_BYTES = 7;

  private static final String NULL_POINTER = "java/lang/NullPointerException";
  private static final String EXPLAIN =
      "(Ljava/lang/NullPointerException;Ljava/lang/String;)Ljava/lang/NullPointerException;";

  private final ClassContext in;
  private final MethodNode method;
  private final MethodAnalysis analysis;
  private final Map<AbstractInsnNode, String> messages = new LinkedHashMap<>();

  /** What {@code synchronized} blocks say, by their monitorenter. */
  private final Map<AbstractInsnNode, String> monitors = new IdentityHashMap<>();

  private NullHandlers(ClassContext in, MethodNode method, MethodAnalysis analysis) {
    this.in = in;
    this.method = method;
    this.analysis = analysis;
  }

  /** Finds the instructions and their messages; before any of them changes. */
  static NullHandlers plan(ClassContext in, MethodNode method, MethodAnalysis analysis) {
    NullHandlers handlers = new NullHandlers(in, method, analysis);
    NullMessages texts = NullMessages.of(in.facts().name, method);
    boolean started = !method.name.equals("<init>");
    for (AbstractInsnNode insn : method.instructions) {
      AbstractInsnNode source = texts.source(insn);
      if (!started) { // what is computed for another constructor's call keeps the JVM's message
        started = isConstructorCall(insn, source);
      } else if (insn.getOpcode() == Opcodes.MONITORENTER) {
        handlers.monitors.put(insn, texts.message(insn));
      } else if (texts.mayFail(insn)
          && !handlers.isNeverNull(source)
          && (handlers.isRewritten(insn) || texts.mentions(insn, handlers::isRewritten))) {
        handlers.messages.put(insn, texts.message(insn));
      }
    }
    return handlers;
  }

  Map<AbstractInsnNode, String> monitors() {
    return monitors;
  }

  private static boolean isConstructorCall(AbstractInsnNode insn, AbstractInsnNode receiver) {
    return insn.getOpcode() == Opcodes.INVOKESPECIAL
        && ((MethodInsnNode) insn).name.equals("<init>")
        && (receiver == null || receiver.getOpcode() != Opcodes.NEW);
  }

  private boolean isNeverNull(AbstractInsnNode source) {
    return source != null
        && switch (source.getOpcode()) {
          case Opcodes.NEW,
              Opcodes.NEWARRAY,
              Opcodes.ANEWARRAY,
              Opcodes.MULTIANEWARRAY,
              Opcodes.LDC ->
              true;
          case Opcodes.ALOAD ->
              ((VarInsnNode) source).var == 0 && (method.access & Opcodes.ACC_STATIC) == 0;
          default -> false;
        };
  }

  private boolean isRewritten(AbstractInsnNode insn) {
    Frame<ArrayValue> frame = analysis.frame(insn);
    if (frame == null) {
      return false;
    }
    int opcode = insn.getOpcode();
    if (opcode >= Opcodes.IALOAD && opcode <= Opcodes.SALOAD) {
      return MethodAnalysis.peek(frame, 1).token();
    } else if (opcode >= Opcodes.IASTORE && opcode <= Opcodes.SASTORE) {
      return MethodAnalysis.peek(frame, 2).token();
    } else if (opcode == Opcodes.ARRAYLENGTH) {
      return MethodAnalysis.peek(frame, 0).token();
    } else if (insn instanceof FieldInsnNode access) {
      FieldFacts field = in.lookup().field(access.owner, access.name, access.desc);
      return field != null && field.isInSharedMemory();
    }
    return opcode == Opcodes.INVOKEVIRTUAL && isRedirected((MethodInsnNode) insn);
  }

  private static boolean isRedirected(MethodInsnNode call) {
    return ConcurrentRewriter.concerns(call.owner, call.name)
        || MonitorRewriter.concerns(call.owner, call.name, call.desc)
        || ArrayTypes.isClone(call);
  }

  /**
   * Adds the handlers, when all instructions are rewritten.
   *
   * @param replacements what took the place of instructions, first and last
   */
  void install(Map<AbstractInsnNode, AbstractInsnNode[]> replacements) {
    List<TryCatchBlockNode> own = List.copyOf(method.tryCatchBlocks);
    Map<AbstractInsnNode, Integer> order = order();
    Map<List<Object>, LabelNode> handlers = new HashMap<>();
    List<TryCatchBlockNode> first = new ArrayList<>();
    List<TryCatchBlockNode> last = new ArrayList<>();
    int budget = budget();
    for (Map.Entry<AbstractInsnNode, String> entry : messages.entrySet()) {
      AbstractInsnNode insn = entry.getKey();
      AbstractInsnNode[] range =
          replacements.getOrDefault(insn, new AbstractInsnNode[] {insn, insn});
      Integer at = order.get(range[0]);
      if (at == null || budget < HANDLER_BYTES) {
        continue;
      }
      List<TryCatchBlockNode> around = around(own, order, at);
      List<Object> key = new ArrayList<>(around);
      key.add(entry.getValue());
      LabelNode handler = handlers.get(key);
      if (handler == null) {
        handler = handler(entry.getValue(), around, last);
        handlers.put(key, handler);
        budget -= HANDLER_BYTES;
      }
      LabelNode start = new LabelNode();
      LabelNode end = new LabelNode();
      method.instructions.insertBefore(range[0], start);
      method.instructions.insert(range[1], end);
      first.add(new TryCatchBlockNode(start, end, handler, NULL_POINTER));
    }
    method.tryCatchBlocks.addAll(0, first);
    method.tryCatchBlocks.addAll(last);
  }

  private Map<AbstractInsnNode, Integer> order() {
    Map<AbstractInsnNode, Integer> order = new IdentityHashMap<>();
    for (AbstractInsnNode insn : method.instructions) {
      order.put(insn, order.size());
    }
    return order;
  }

  /** The program's handlers for an instruction, innermost first. */
  private static List<TryCatchBlockNode> around(
      List<TryCatchBlockNode> all, Map<AbstractInsnNode, Integer> order, int at) {
    return all.stream()
        .filter(block -> order.get(block.start) <= at && at < order.get(block.end))
        .toList();
  }

  private LabelNode handler(
      String message, List<TryCatchBlockNode> around, List<TryCatchBlockNode> last) {
    LabelNode start = new LabelNode();
    LabelNode end = new LabelNode();
    method.instructions.add(
        Instructions.list(
            start,
            new LdcInsnNode(message),
            Instructions.call(Names.BRIDGE + "Nulls", "explain", EXPLAIN),
            new InsnNode(Opcodes.ATHROW),
            end));
    for (TryCatchBlockNode block : around) {
      last.add(new TryCatchBlockNode(start, end, block.handler, block.type));
    }
    return start;
  }

  /** Bytes that handlers may take: not so many that the method is compiled no more. */
  private int budget() {
    int bytes = 0;
    for (AbstractInsnNode insn : method.instructions) {
      bytes += bytes(insn);
    }
    return bytes < COMPILED_MAX ? COMPILED_MAX - bytes : 8 * COMPILED_MAX - 2 * bytes;
  }

  /** At most so many, but for switches, whose tables count little here. */
  private static int bytes(AbstractInsnNode insn) {
    if (insn.getOpcode() < 0) {
      return 0;
    } else if (insn instanceof InsnNode) {
      return 1;
    } else if (insn instanceof VarInsnNode variable) {
      return variable.var < 4 ? 1 : variable.var < 256 ? 2 : 4;
    } else if (insn instanceof IntInsnNode || insn instanceof IincInsnNode) {
      return 3;
    }
    return insn.getOpcode() == Opcodes.INVOKEDYNAMIC || insn.getOpcode() == Opcodes.INVOKEINTERFACE
        ? 5
        : 3;
  }
}
