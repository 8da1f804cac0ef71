package org.dsm4j.agent.rewrite;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.CodeSizeEvaluator;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TryCatchBlockNode;
import org.objectweb.asm.tree.VarInsnNode;
import org.objectweb.asm.tree.analysis.Frame;

/**
 * Variables of array type whose elements are accessed in a loop: each gets variables of ours beside
 * it, set wherever it is set: the array's address (0 if it is no shared array) and its length; or,
 * of an array of references, its holder (null if it is no shared array). They are right wherever
 * the variable holds an array.
 */
final class Hoisting {
  /** What is passed to the bridge for an array that has variables of ours. */
  interface Hoisted {
    InsnList load();

    /** Their types, as in a descriptor. */
    String parameters();
  }

  /** The variables of an array that has an address. */
  private record Address(int address, int length) implements Hoisted {
    @Override
    public InsnList load() {
      return Instructions.list(
          new VarInsnNode(Opcodes.LLOAD, address), new VarInsnNode(Opcodes.ILOAD, length));
    }

    @Override
    public String parameters() {
      return "JI";
    }
  }

  /** The variables of an array that has a holder. */
  private record Holder(int holder, int remembered) implements Hoisted {
    @Override
    public InsnList load() {
      return Instructions.list(
          new VarInsnNode(Opcodes.ALOAD, holder), new VarInsnNode(Opcodes.ALOAD, remembered));
    }

    @Override
    public String parameters() {
      return HOLDER + REMEMBERED;
    }
  }

  private static final String HOLDER = "Lorg/dsm4j/internal/ReferenceArray;";
  private static final String REMEMBERED = "[Lorg/dsm4j/internal/Remembered;";
  private static final Type HOLDER_TYPE = Type.getType(HOLDER);
  private static final Type OBJECT_ARRAY = Type.getType("[Ljava/lang/Object;");

  /** What an access to a hoisted array is longer by than what javac wrote. */
  private static final int ACCESS_BYTES = 6;

  /** HotSpot's HugeMethodLimit is 8000; fields and calls get longer, too. */
  private static final int COMPILED_BYTES_MAX = 7_000;

  private final MethodNode method;
  private final MethodAnalysis analysis;
  private final Invariants invariants;
  private final Map<AbstractInsnNode, Integer> order = new IdentityHashMap<>();
  private final Map<Integer, Address> addresses = new TreeMap<>();
  private final Map<Integer, Holder> holders = new TreeMap<>();
  private final Map<Integer, List<Integer>> storesBySlot = new HashMap<>();
  private int temporaryAddress;
  private int temporaryLength;
  private int temporaryHolder;
  private int temporaryRemembered;

  private Hoisting(MethodNode method, MethodAnalysis analysis, Invariants invariants) {
    this.method = method;
    this.analysis = analysis;
    this.invariants = invariants;
  }

  /** For code that shall not be hoisted. */
  static Hoisting none(MethodNode method, MethodAnalysis analysis, Invariants invariants) {
    return new Hoisting(method, analysis, invariants);
  }

  /** Finds the variables; before any instruction changes. */
  static Hoisting plan(MethodNode method, MethodAnalysis analysis, Invariants invariants) {
    Hoisting hoisting = new Hoisting(method, analysis, invariants);
    if (hoisting.wouldNotBeCompiled()) {
      return hoisting;
    }
    int index = 0;
    for (AbstractInsnNode insn : method.instructions) {
      if (insn.getOpcode() == Opcodes.ASTORE) {
        hoisting
            .storesBySlot
            .computeIfAbsent(((VarInsnNode) insn).var, key -> new ArrayList<>())
            .add(index);
      }
      hoisting.order.put(insn, index++);
    }
    boolean[] inLoop = hoisting.loops();
    for (AbstractInsnNode insn : method.instructions) {
      ArrayValue array = hoisting.accessed(insn);
      if (array != null && inLoop[hoisting.order.get(insn)] && hoisting.isUnchanged(array, insn)) {
        hoisting.hoist(((VarInsnNode) array.load()).var, array.type());
      }
    }
    invariants.variables().forEach(hoisting::hoist);
    if (hoisting.isAny()) {
      hoisting.temporaryAddress = hoisting.variable(2);
      hoisting.temporaryLength = hoisting.variable(1);
      hoisting.temporaryHolder = hoisting.variable(1);
      hoisting.temporaryRemembered = hoisting.variable(1);
    }
    return hoisting;
  }

  /**
   * Whether hoisting could make a method so long that HotSpot leaves it to the interpreter, which
   * costs far more than is won.
   */
  private boolean wouldNotBeCompiled() {
    int accesses = 0;
    for (AbstractInsnNode insn : method.instructions) {
      accesses += accessed(insn) == null ? 0 : 1;
    }
    if (accesses * ACCESS_BYTES < COMPILED_BYTES_MAX / 2) {
      return false; // measuring it costs more than it could show, of nearly all methods
    }
    CodeSizeEvaluator size = new CodeSizeEvaluator(null);
    method.accept(size);
    return size.getMaxSize() + accesses * ACCESS_BYTES > COMPILED_BYTES_MAX;
  }

  private boolean isAny() {
    return !addresses.isEmpty() || !holders.isEmpty();
  }

  private void hoist(int slot, Type type) {
    if (hasAddress(type)) {
      addresses.computeIfAbsent(slot, key -> new Address(variable(2), variable(1)));
    } else if (hasHolder(type)) {
      holders.computeIfAbsent(slot, key -> new Holder(variable(1), variable(1)));
    }
  }

  private int variable(int size) {
    int slot = method.maxLocals;
    method.maxLocals += size;
    return slot;
  }

  private static boolean hasAddress(Type array) {
    ArrayTypes.Shape shape = ArrayTypes.shape(array);
    return shape == ArrayTypes.Shape.FLAT || shape == ArrayTypes.Shape.NESTED;
  }

  private static boolean hasHolder(Type array) {
    return ArrayTypes.shape(array) == ArrayTypes.Shape.REFERENCES;
  }

  /** The instructions between the target of a jump backwards and the jump. */
  private boolean[] loops() {
    boolean[] inLoop = new boolean[method.instructions.size()];
    for (AbstractInsnNode insn : method.instructions) {
      if (insn instanceof JumpInsnNode jump) {
        for (int at = order.get(jump.label); at <= order.get(insn); at++) {
          inLoop[at] = true;
        }
      }
    }
    return inLoop;
  }

  /**
   * The array that an instruction loads from, stores to or measures, if it may be shared and came
   * from a variable.
   */
  private ArrayValue accessed(AbstractInsnNode insn) {
    Frame<ArrayValue> frame = analysis.frame(insn);
    if (frame == null) {
      return null;
    }
    int depth = depthOfArray(insn);
    ArrayValue array = depth < 0 ? null : MethodAnalysis.peek(frame, depth);
    return array != null
            && array.token()
            && array.load() != null
            && array.load().getOpcode() == Opcodes.ALOAD
            && Names.isArray(array.type())
        ? array
        : null;
  }

  /**
   * How far below the top of the stack the array is that an instruction loads from, stores to or
   * measures; -1 if it does not.
   */
  static int depthOfArray(AbstractInsnNode insn) {
    int opcode = insn.getOpcode();
    if (opcode >= Opcodes.IALOAD && opcode <= Opcodes.SALOAD) {
      return 1;
    } else if (opcode >= Opcodes.IASTORE && opcode <= Opcodes.SASTORE) {
      return 2;
    }
    return opcode == Opcodes.ARRAYLENGTH ? 0 : -1;
  }

  /**
   * Whether the variable that a value came from still holds it: nothing is stored there between the
   * two instructions.
   */
  private boolean isUnchanged(ArrayValue value, AbstractInsnNode use) {
    int from = order.get(value.load());
    int to = order.get(use);
    for (int store : storesBySlot.getOrDefault(((VarInsnNode) value.load()).var, List.of())) {
      if (store > from && store < to) {
        return false;
      }
    }
    return from < to;
  }

  /** Our variables for the array that an instruction accesses; null if it goes the ordinary way. */
  Hoisted of(ArrayValue array, AbstractInsnNode access) {
    if (array.load() == null || !isAny()) {
      return null;
    }
    Integer slot = invariants.marks().get(array.load());
    if (slot == null && array.load().getOpcode() == Opcodes.ALOAD && isUnchanged(array, access)) {
      slot = ((VarInsnNode) array.load()).var;
    }
    if (slot == null) {
      return null;
    }
    if (hasAddress(array.type())) {
      return addresses.get(slot);
    }
    return hasHolder(array.type()) ? holders.get(slot) : null;
  }

  /**
   * The variable of the address that an array has of which a row was taken, where that row is
   * accessed; -1 if there is none.
   */
  int addressOfRows(ArrayValue row, AbstractInsnNode access) {
    AbstractInsnNode load = row.load();
    if (load == null || load.getOpcode() != Opcodes.AALOAD || analysis.frame(load) == null) {
      return -1;
    }
    return of(MethodAnalysis.peek(analysis.frame(load), 1), access) instanceof Address rows
        ? rows.address()
        : -1;
  }

  /**
   * Sets our variables where the method's are set; {@code instructions} are the method's own, in
   * order.
   */
  void install(List<AbstractInsnNode> instructions) {
    invariants.marks().keySet().forEach(method.instructions::remove);
    if (!isAny()) {
      return;
    }
    for (AbstractInsnNode insn : instructions) {
      Frame<ArrayValue> frame = analysis.frame(insn);
      if (frame == null || insn.getOpcode() < 0 || invariants.marks().containsKey(insn)) {
        continue;
      }
      if (insn.getOpcode() == Opcodes.ASTORE && isHoisted(((VarInsnNode) insn).var)) {
        assign((VarInsnNode) insn, MethodAnalysis.peek(frame, 0));
      } else if (mayFree(insn) && insn.getNext() != null) {
        method.instructions.insertBefore(insn.getNext(), refresh(frame));
      }
    }
    for (TryCatchBlockNode block : method.tryCatchBlocks) {
      AbstractInsnNode first = Instructions.next(block.handler);
      if (first != null && analysis.frame(first) != null) {
        method.instructions.insertBefore(first, refresh(analysis.frame(first)));
      }
    }
    method.instructions.insert(parameters());
  }

  private InsnList parameters() {
    InsnList code = new InsnList();
    int slot = 0;
    if ((method.access & Opcodes.ACC_STATIC) == 0) {
      slot = 1;
    }
    for (Type parameter : Type.getArgumentTypes(method.desc)) {
      if (isHoisted(slot) && Names.isArray(parameter)) {
        code.add(new VarInsnNode(Opcodes.ALOAD, slot));
        code.add(measured(slot, parameter));
        code.add(new InsnNode(Opcodes.POP));
        code.add(taken(slot, parameter));
      }
      slot += parameter.getSize();
    }
    return code;
  }

  private boolean isHoisted(int slot) {
    return addresses.containsKey(slot) || holders.containsKey(slot);
  }

  /**
   * All that can fail is computed before any of the variables changes, so a handler sees them
   * agree.
   */
  private void assign(VarInsnNode store, ArrayValue value) {
    if (!value.isReference()) {
      return;
    }
    Type type = value.token() && Names.isArray(value.type()) ? value.type() : null;
    if (isLocked(store)) {
      method.instructions.insertBefore(store.getPrevious(), measured(store.var, type));
      method.instructions.insertBefore(store.getPrevious(), taken(store.var, type));
      return;
    }
    method.instructions.insertBefore(store, measured(store.var, type));
    method.instructions.insert(store, taken(store.var, type));
  }

  /**
   * Whether the variable, which javac may have used for an array before, gets the object of a
   * synchronized block: {@link MonitorBlocks} must find these instructions as javac made them, or
   * HotSpot does not compile the method.
   */
  private static boolean isLocked(VarInsnNode store) {
    return store.getNext() != null
        && store.getNext().getOpcode() == Opcodes.MONITORENTER
        && store.getPrevious() != null
        && store.getPrevious().getOpcode() == Opcodes.DUP;
  }

  /**
   * Takes what the array on the stack is into our temporaries, and leaves it there.
   *
   * @param type of the array, or null if it is no shared one
   */
  private InsnList measured(int slot, Type type) {
    InsnList code = new InsnList();
    if (type != null && addresses.containsKey(slot) && hasAddress(type)) {
      code.add(
          Instructions.list(
              new InsnNode(Opcodes.DUP),
              call("address", type, Type.LONG_TYPE),
              new VarInsnNode(Opcodes.LSTORE, temporaryAddress),
              new InsnNode(Opcodes.DUP),
              call("fastLength", type, Type.INT_TYPE),
              new VarInsnNode(Opcodes.ISTORE, temporaryLength)));
    }
    if (type != null && holders.containsKey(slot) && hasHolder(type)) {
      code.add(
          Instructions.list(
              new InsnNode(Opcodes.DUP),
              call("holder", type, HOLDER_TYPE),
              new VarInsnNode(Opcodes.ASTORE, temporaryHolder),
              new VarInsnNode(Opcodes.ALOAD, temporaryHolder),
              Instructions.call(Names.ROWS, "remembered", "(" + HOLDER + ")" + REMEMBERED),
              new VarInsnNode(Opcodes.ASTORE, temporaryRemembered)));
    }
    return code;
  }

  /**
   * Our variables of the slot become our temporaries; or "no shared array"; or, of an array taken
   * from a loop, "not known": what an address is that is not 0 with a length of 0.
   */
  private InsnList taken(int slot, Type type) {
    InsnList code = new InsnList();
    Address address = addresses.get(slot);
    if (address != null) {
      boolean set = type != null && hasAddress(type);
      code.add(
          Instructions.list(
              set
                  ? new VarInsnNode(Opcodes.LLOAD, temporaryAddress)
                  : new InsnNode(
                      invariants.variables().containsKey(slot)
                          ? Opcodes.LCONST_1
                          : Opcodes.LCONST_0),
              new VarInsnNode(Opcodes.LSTORE, address.address()),
              set
                  ? new VarInsnNode(Opcodes.ILOAD, temporaryLength)
                  : new InsnNode(Opcodes.ICONST_0),
              new VarInsnNode(Opcodes.ISTORE, address.length())));
    }
    Holder holder = holders.get(slot);
    if (holder != null) {
      boolean set = type != null && hasHolder(type);
      code.add(
          Instructions.list(
              set
                  ? new VarInsnNode(Opcodes.ALOAD, temporaryHolder)
                  : new InsnNode(Opcodes.ACONST_NULL),
              new VarInsnNode(Opcodes.ASTORE, holder.holder()),
              set
                  ? new VarInsnNode(Opcodes.ALOAD, temporaryRemembered)
                  : new InsnNode(Opcodes.ACONST_NULL),
              new VarInsnNode(Opcodes.ASTORE, holder.remembered())));
    }
    return code;
  }

  /** A call may have freed the arrays, which shows in their length. */
  private InsnList refresh(Frame<ArrayValue> frame) {
    InsnList code = new InsnList();
    addresses.forEach(
        (slot, ours) -> {
          ArrayValue value = frame.getLocal(slot);
          if (invariants.variables().containsKey(slot) // its loop calls nothing
              || !value.token()
              || !Names.isArray(value.type())
              || !hasAddress(value.type())) {
            return;
          }
          Type parameter = parameterOf(value.type());
          code.add(new VarInsnNode(Opcodes.ALOAD, slot));
          code.add(new VarInsnNode(Opcodes.LLOAD, ours.address()));
          code.add(
              Instructions.call(
                  ownerOf(value.type()),
                  "fastLength",
                  Type.getMethodDescriptor(Type.INT_TYPE, parameter, Type.LONG_TYPE)));
          code.add(new VarInsnNode(Opcodes.ISTORE, ours.length()));
        });
    return code;
  }

  private static boolean mayFree(AbstractInsnNode insn) {
    return insn instanceof MethodInsnNode call
        && !QuietCalls.isOfQuietClass(call.owner)
        && !call.owner.startsWith(Names.BRIDGE);
  }

  private static MethodInsnNode call(String name, Type array, Type result) {
    return Instructions.call(
        ownerOf(array), name, Type.getMethodDescriptor(result, parameterOf(array)));
  }

  static String ownerOf(Type array) {
    return isFlat(array) ? Names.ELEMENTS : Names.ROWS;
  }

  static Type parameterOf(Type array) {
    return isFlat(array) ? array : OBJECT_ARRAY;
  }

  static boolean isFlat(Type array) {
    return Names.isPrimitiveArray(array) && array.getDimensions() == 1;
  }

  /** Whether the bridge has methods of its own for the type, that give its rows. */
  static boolean isGrid(Type array) {
    return Names.isPrimitiveArray(array)
        && (array.getDimensions() == 2 || array.getDimensions() == 3);
  }
}
