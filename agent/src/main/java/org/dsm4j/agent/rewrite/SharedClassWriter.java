package org.dsm4j.agent.rewrite;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.dsm4j.internal.InstanceLayout;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.VarInsnNode;

/**
 * Makes a class's objects handles of shared instances (rule 6): its fields move to shared memory
 * and are reached by static accessors, {@code dsm$get$x(C)} and {@code dsm$put$x(C, T)}; what is
 * left on the heap is the address, in the topmost shared class.
 */
final class SharedClassWriter {
  static final String ADDRESS = "dsm$address";
  static final String STATE = "dsm$state";
  static final String EARLY = "dsm$early";
  private static final String EARLY_FIELD = EARLY + "$";
  private static final String SEEN_FIELD = "dsm$seen$";
  private static final String MIRROR = "dsm$mirror";
  private static final String TYPE = "dsm$type";
  private static final String INSTANCE = Names.BRIDGE + "SharedInstance";
  private static final String FIELDS = Names.BRIDGE + "Fields";
  private static final String INSTANCE_TYPE = "()L" + Names.BRIDGE + "InstanceType;";
  private static final int ADDED = Opcodes.ACC_PUBLIC | Opcodes.ACC_SYNTHETIC;
  private static final Handle TYPE_BOOTSTRAP =
      new Handle(
          Opcodes.H_INVOKESTATIC,
          Names.BOOTSTRAPS,
          "instanceType",
          "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/invoke/MethodType;)"
              + "Ljava/lang/invoke/CallSite;",
          false);

  private final ClassContext in;
  private final String name;
  private final boolean isRoot;
  private final List<FieldFacts> fields;
  private final boolean mirrors = Debugger.MAY_ATTACH;
  private final Set<FieldFacts> earlyFields = new LinkedHashSet<>();

  SharedClassWriter(ClassContext in) {
    this.in = in;
    this.name = in.facts().name;
    this.isRoot = in.lookup().sharedRoot(name).equals(name);
    this.fields = in.lookup().sharedFields(in.facts());
  }

  static String getter(String field) {
    return "dsm$get$" + field;
  }

  static String setter(String field) {
    return "dsm$put$" + field;
  }

  // ---- before the methods are rewritten ------------------------------------------------------

  /**
   * The object is allocated when the topmost shared class's constructor has called {@code super()}.
   * What is assigned before (the outer instance, captured variables) waits on the heap until then.
   */
  void constructors() {
    for (MethodNode method : in.node().methods) {
      if (method.name.equals("<init>")) {
        ConstructorStart start = ConstructorStart.of(name, in.facts().superName, method);
        start.assignments().forEach(this::assignedEarly);
        if (isRoot && start.superCall() != null) {
          method.instructions.insert(
              start.superCall(),
              Instructions.list(
                  new VarInsnNode(Opcodes.ALOAD, 0),
                  Instructions.call(Names.INSTANCES, "constructed", "(L" + INSTANCE + ";)V")));
        }
      }
    }
  }

  private void assignedEarly(FieldInsnNode store) {
    in.earlyStores().add(store);
    FieldFacts field = in.lookup().field(name, store.name, store.desc);
    if (field != null && field.isInSharedMemory()) {
      earlyFields.add(field);
      store.name = EARLY_FIELD + store.name;
    }
  }

  // ---- after -----------------------------------------------------------------------------------

  /** Adds what makes the class a shared one, and removes the fields. */
  void finish() {
    InstanceLayout layout = in.lookup().instanceLayout(name);
    for (FieldFacts field : fields) {
      withdraw(field);
      int offset = layout.offset(Names.dotted(name), field.name(), field.descriptor());
      in.node().methods.add(get(field, offset));
      in.node().methods.add(put(field, offset));
    }
    in.node().methods.add(type());
    if (isRoot) {
      root();
    }
    if (isRoot || !earlyFields.isEmpty()) {
      early();
    }
    if (mirrors || isRoot) {
      mirrorAll();
    }
    if (isSerializable() && !inherits("writeReplace", "()Ljava/lang/Object;")) {
      in.node().methods.add(writeReplace());
    }
  }

  /** Removes a field; or keeps it as the mirror that a debugger looks at. */
  private void withdraw(FieldFacts field) {
    for (FieldNode node : List.copyOf(in.node().fields)) {
      if (!node.name.equals(field.name()) || !node.desc.equals(field.descriptor())) {
        continue;
      }
      if (mirrors) {
        node.access &= ~(Opcodes.ACC_FINAL | Opcodes.ACC_VOLATILE);
        node.access |= Opcodes.ACC_TRANSIENT;
      } else {
        in.node().fields.remove(node);
      }
    }
  }

  /** The value in that variable is what the field was last seen to hold. */
  private void mirror(InsnList code, FieldFacts field, int variable) {
    code.add(new VarInsnNode(Opcodes.ALOAD, 0));
    code.add(new VarInsnNode(field.type().getOpcode(Opcodes.ILOAD), variable));
    code.add(new FieldInsnNode(Opcodes.PUTFIELD, name, field.name(), field.descriptor()));
  }

  /** Reads the fields that refer to nothing, when this node first meets an object. */
  private void mirrorAll() {
    MethodNode method = added(MIRROR, "()V");
    InsnList code = method.instructions;
    if (!isRoot) {
      code.add(new VarInsnNode(Opcodes.ALOAD, 0));
      code.add(
          new MethodInsnNode(Opcodes.INVOKESPECIAL, in.facts().superName, MIRROR, "()V", false));
    }
    ShareableTypes types = new ShareableTypes(in.lookup());
    for (FieldFacts field : mirrors ? fields : List.<FieldFacts>of()) {
      if (types.isValue(field.type())) {
        code.add(new VarInsnNode(Opcodes.ALOAD, 0));
        code.add(
            Instructions.call(name, getter(field.name()), "(L" + name + ";)" + field.descriptor()));
        code.add(new InsnNode(field.type().getSize() == 2 ? Opcodes.POP2 : Opcodes.POP));
      }
    }
    code.add(new InsnNode(Opcodes.RETURN));
    in.node().methods.add(method);
  }

  private void root() {
    in.node().interfaces.add(INSTANCE);
    int transientField = ADDED | Opcodes.ACC_TRANSIENT;
    in.node().fields.add(new FieldNode(transientField, ADDRESS, "J", null, null));
    in.node().fields.add(new FieldNode(transientField, STATE, "I", null, null));
    reader(ADDRESS, Type.LONG_TYPE);
    reader(STATE, Type.INT_TYPE);
    if (!inherits("hashCode", "()I")) {
      MethodNode hash = added("hashCode", "()I");
      hash.instructions.add(new VarInsnNode(Opcodes.ALOAD, 0));
      hash.instructions.add(Instructions.call(Names.INSTANCES, "hash", "(L" + INSTANCE + ";)I"));
      hash.instructions.add(new InsnNode(Opcodes.IRETURN));
      in.node().methods.add(hash);
    }
  }

  /** Whether the class or one it extends, but for Object, has the method (with a body). */
  private boolean inherits(String method, String descriptor) {
    for (ClassFacts at = in.facts();
        at != null && !at.name.equals(Names.OBJECT);
        at = at.superName == null ? null : in.lookup().find(at.superName)) {
      MethodFacts found = at.method(method, descriptor);
      if (found != null && !found.isAbstract()) {
        return true;
      }
    }
    return false;
  }

  private boolean isSerializable() {
    Set<String> ancestors = in.lookup().ancestors(name);
    return ancestors.contains("java/io/Serializable")
        && !ancestors.contains("java/io/Externalizable");
  }

  private void reader(String field, Type type) {
    MethodNode get = added(field, "()" + type.getDescriptor());
    get.instructions.add(new VarInsnNode(Opcodes.ALOAD, 0));
    get.instructions.add(new FieldInsnNode(Opcodes.GETFIELD, name, field, type.getDescriptor()));
    get.instructions.add(new InsnNode(type.getOpcode(Opcodes.IRETURN)));
    in.node().methods.add(get);
    MethodNode set = added(field, "(" + type.getDescriptor() + ")V");
    set.instructions.add(new VarInsnNode(Opcodes.ALOAD, 0));
    set.instructions.add(new VarInsnNode(type.getOpcode(Opcodes.ILOAD), 1));
    set.instructions.add(new FieldInsnNode(Opcodes.PUTFIELD, name, field, type.getDescriptor()));
    set.instructions.add(new InsnNode(Opcodes.RETURN));
    in.node().methods.add(set);
  }

  private MethodNode type() {
    MethodNode method = added(TYPE, INSTANCE_TYPE);
    method.instructions.add(new InvokeDynamicInsnNode("type", INSTANCE_TYPE, TYPE_BOOTSTRAP));
    method.instructions.add(new InsnNode(Opcodes.ARETURN));
    return method;
  }

  private MethodNode get(FieldFacts field, int offset) {
    Type type = field.type();
    boolean isReference = type.getSort() >= Type.ARRAY;
    MethodNode method = accessor(getter(field.name()), "(L" + name + ";)" + field.descriptor());
    InsnList code = method.instructions;
    place(code, offset);
    String raw = isReference ? "Long" + (field.isVolatile() ? "Volatile" : "") : suffix(field);
    code.add(
        Instructions.call(
            FIELDS,
            "get" + raw,
            "(JL" + INSTANCE + ";I)" + (isReference ? "J" : field.descriptor())));
    if (isReference) {
      decode(code, field, offset);
    }
    if (mirrors) {
      code.add(new VarInsnNode(type.getOpcode(Opcodes.ISTORE), 4));
      mirror(code, field, 4);
      code.add(new VarInsnNode(type.getOpcode(Opcodes.ILOAD), 4));
    }
    code.add(new InsnNode(type.getOpcode(Opcodes.IRETURN)));
    return method;
  }

  /**
   * From a reference to what it names. The handle remembers per field what it last referred to:
   * weakly if that may be an instance, or the first of a list would hold all of it.
   */
  private void decode(InsnList code, FieldFacts field, int offset) {
    boolean value = new ShareableTypes(in.lookup()).refersToNothing(field.type());
    String memo = Names.BRIDGE + (value ? "Kept" : "Seen");
    String last = SEEN_FIELD + field.name() + "$" + offset;
    in.node()
        .fields
        .add(
            new FieldNode(
                Opcodes.ACC_PRIVATE | Opcodes.ACC_SYNTHETIC | Opcodes.ACC_TRANSIENT,
                last,
                "L" + memo + ";",
                null,
                null));
    LabelNode done = new LabelNode();
    code.add(new VarInsnNode(Opcodes.LSTORE, 1));
    code.add(new VarInsnNode(Opcodes.ALOAD, 0));
    code.add(new FieldInsnNode(Opcodes.GETFIELD, name, last, "L" + memo + ";"));
    code.add(new VarInsnNode(Opcodes.LLOAD, 1));
    code.add(Instructions.call(FIELDS, "seen", "(L" + memo + ";J)Ljava/lang/Object;"));
    code.add(new VarInsnNode(Opcodes.ASTORE, 3));
    code.add(new VarInsnNode(Opcodes.ALOAD, 3));
    code.add(new JumpInsnNode(Opcodes.IFNONNULL, done));
    code.add(new VarInsnNode(Opcodes.LLOAD, 1));
    code.add(new InsnNode(Opcodes.LCONST_0));
    code.add(new InsnNode(Opcodes.LCMP));
    code.add(new JumpInsnNode(Opcodes.IFEQ, done));
    code.add(new VarInsnNode(Opcodes.LLOAD, 1));
    code.add(place(field));
    code.add(Instructions.call(FIELDS, "decode", "(JLjava/lang/String;)Ljava/lang/Object;"));
    code.add(new VarInsnNode(Opcodes.ASTORE, 3));
    code.add(new VarInsnNode(Opcodes.ALOAD, 0));
    code.add(new VarInsnNode(Opcodes.ALOAD, 3));
    code.add(new VarInsnNode(Opcodes.LLOAD, 1));
    code.add(
        Instructions.call(
            FIELDS, value ? "keep" : "remember", "(Ljava/lang/Object;J)L" + memo + ";"));
    code.add(new FieldInsnNode(Opcodes.PUTFIELD, name, last, "L" + memo + ";"));
    code.add(done);
    code.add(new VarInsnNode(Opcodes.ALOAD, 3));
    if (!field.descriptor().equals(Names.OBJECT_DESCRIPTOR)) {
      code.add(new TypeInsnNode(Opcodes.CHECKCAST, field.type().getInternalName()));
    }
  }

  private MethodNode put(FieldFacts field, int offset) {
    Type type = field.type();
    boolean isReference = type.getSort() >= Type.ARRAY;
    MethodNode method =
        accessor(setter(field.name()), "(L" + name + ";" + field.descriptor() + ")V");
    InsnList code = method.instructions;
    place(code, offset);
    code.add(new VarInsnNode(type.getOpcode(Opcodes.ILOAD), 1));
    String value = field.descriptor();
    if (isReference) {
      code.add(place(field));
      value = Names.OBJECT_DESCRIPTOR + "Ljava/lang/String;";
    }
    code.add(
        Instructions.call(FIELDS, "put" + suffix(field), "(JL" + INSTANCE + ";I" + value + ")V"));
    if (mirrors) {
      mirror(code, field, 1);
    }
    code.add(new InsnNode(Opcodes.RETURN));
    return method;
  }

  /** The field as messages name it. */
  private LdcInsnNode place(FieldFacts field) {
    return new LdcInsnNode("the shared field " + Names.dotted(name) + "." + field.name());
  }

  private void place(InsnList code, int offset) {
    code.add(new VarInsnNode(Opcodes.ALOAD, 0));
    code.add(new FieldInsnNode(Opcodes.GETFIELD, name, ADDRESS, "J"));
    code.add(new VarInsnNode(Opcodes.ALOAD, 0));
    code.add(Instructions.pushInt(offset));
  }

  private static String suffix(FieldFacts field) {
    Type type = field.type();
    String kind = "Reference";
    if (type.getSort() < Type.ARRAY) {
      String primitive = type.getClassName();
      kind = Character.toUpperCase(primitive.charAt(0)) + primitive.substring(1);
    }
    return kind + (field.isVolatile() ? "Volatile" : "");
  }

  private void early() {
    MethodNode method = added(EARLY, "()V");
    InsnList code = method.instructions;
    if (!isRoot) {
      code.add(new VarInsnNode(Opcodes.ALOAD, 0));
      code.add(
          new MethodInsnNode(Opcodes.INVOKESPECIAL, in.facts().superName, EARLY, "()V", false));
    }
    for (FieldFacts field : earlyFields) {
      String waiting = EARLY_FIELD + field.name();
      in.node()
          .fields
          .add(
              new FieldNode(
                  Opcodes.ACC_PRIVATE | Opcodes.ACC_SYNTHETIC | Opcodes.ACC_TRANSIENT,
                  waiting,
                  field.descriptor(),
                  null,
                  null));
      code.add(new VarInsnNode(Opcodes.ALOAD, 0));
      code.add(new VarInsnNode(Opcodes.ALOAD, 0));
      code.add(new FieldInsnNode(Opcodes.GETFIELD, name, waiting, field.descriptor()));
      code.add(
          Instructions.call(
              name, setter(field.name()), "(L" + name + ";" + field.descriptor() + ")V"));
      if (field.type().getSort() >= Type.ARRAY) {
        code.add(new VarInsnNode(Opcodes.ALOAD, 0));
        code.add(new InsnNode(Opcodes.ACONST_NULL));
        code.add(new FieldInsnNode(Opcodes.PUTFIELD, name, waiting, field.descriptor()));
      }
    }
    code.add(new InsnNode(Opcodes.RETURN));
    in.node().methods.add(method);
  }

  private static MethodNode writeReplace() {
    MethodNode method =
        new MethodNode(
            Opcodes.ACC_PROTECTED | Opcodes.ACC_SYNTHETIC,
            "writeReplace",
            "()Ljava/lang/Object;",
            null,
            null);
    method.instructions.add(new VarInsnNode(Opcodes.ALOAD, 0));
    method.instructions.add(
        Instructions.call(
            Names.INSTANCES, "notSerializable", "(Ljava/lang/Object;)Ljava/lang/Object;"));
    method.instructions.add(new InsnNode(Opcodes.ARETURN));
    return method;
  }

  private static MethodNode added(String method, String descriptor) {
    return new MethodNode(ADDED, method, descriptor, null, null);
  }

  private static MethodNode accessor(String method, String descriptor) {
    return new MethodNode(ADDED | Opcodes.ACC_STATIC, method, descriptor, null, null);
  }
}
