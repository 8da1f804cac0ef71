package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.InvokeDynamicInsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.TypeInsnNode;
import org.objectweb.asm.tree.analysis.Frame;

/**
 * Accesses to static fields in shared memory become {@code invokedynamic}; a store of an array that
 * may be shared into a field of a class that is not rewritten is checked (rule 5).
 */
final class FieldRewriter implements InstructionRewriter {
  private static final Handle BOOTSTRAP =
      new Handle(
          Opcodes.H_INVOKESTATIC,
          Names.BOOTSTRAPS,
          "field",
          "(Ljava/lang/invoke/MethodHandles$Lookup;Ljava/lang/String;Ljava/lang/invoke/MethodType;"
              + "Ljava/lang/Class;Ljava/lang/String;)Ljava/lang/invoke/CallSite;",
          false);

  private final MethodContext context;

  FieldRewriter(MethodContext context) {
    this.context = context;
  }

  @Override
  public boolean rewrite(AbstractInsnNode insn, Frame<ArrayValue> frame) {
    if (!(insn instanceof FieldInsnNode access)) {
      return false;
    }
    if (context.in.earlyStores().contains(access)) {
      return true;
    }
    FieldFacts field = context.in.lookup().field(access.owner, access.name, access.desc);
    boolean stores = insn.getOpcode() == Opcodes.PUTSTATIC || insn.getOpcode() == Opcodes.PUTFIELD;
    if (field != null && field.shared() && field.isStatic()) {
      shared(access, field, stores, frame);
    } else if (field != null && field.isInSharedMemory()) {
      instance(access, field, stores, frame);
    } else if (stores && field != null && field.shared() && field.isTransient()) {
      ofThisNode(access);
    } else if (stores
        && MethodAnalysis.peek(frame, 0).token()
        && !isOfRewrittenClass(access, field)) {
      context.before(
          access,
          new InsnNode(Opcodes.DUP),
          new LdcInsnNode(
              "the field "
                  + Names.dotted(access.owner)
                  + "."
                  + access.name
                  + ", whose class mentions nothing shared"),
          Instructions.call(Names.ESCAPES, "check", "(Ljava/lang/Object;Ljava/lang/String;)V"));
    }
    return true;
  }

  /** A field of a shared instance: by the accessor of the class that declares it. */
  private void instance(
      FieldInsnNode access, FieldFacts field, boolean stores, Frame<ArrayValue> frame) {
    if (stores) {
      shareable(access, field, frame);
    }
    String self = "(L" + field.owner() + ";";
    MethodInsnNode accessor =
        stores
            ? Instructions.call(
                access.owner, SharedClassWriter.setter(field.name()), self + access.desc + ")V")
            : Instructions.call(
                access.owner, SharedClassWriter.getter(field.name()), self + ")" + access.desc);
    if (stores && context.mayBeDoneElsewhere(access) && MethodAnalysis.peek(frame, 1).published()) {
      onlyWhereInitialized(access, accessor);
    } else {
      context.replace(access, accessor);
    }
  }

  /** A static initializer's store into an object that is published: made once per cluster. */
  private void onlyWhereInitialized(FieldInsnNode access, MethodInsnNode accessor) {
    LabelNode elsewhere = new LabelNode();
    LabelNode end = new LabelNode();
    boolean wide = Type.getType(access.desc).getSize() == 2;
    context.replace(
        access,
        Instructions.pushClass(context.in.facts().name),
        Instructions.call(Names.INITIALIZERS, "here", "(Ljava/lang/Class;)Z"),
        new JumpInsnNode(Opcodes.IFEQ, elsewhere),
        accessor,
        new JumpInsnNode(Opcodes.GOTO, end),
        elsewhere,
        new InsnNode(wide ? Opcodes.POP2 : Opcodes.POP),
        new InsnNode(Opcodes.POP),
        end);
  }

  /** A transient field of a shared instance: this node's own, so its handle must stay. */
  private void ofThisNode(FieldInsnNode access) {
    boolean wide = Type.getType(access.desc).getSize() == 2;
    InsnList code = new InsnList();
    code.add(new InsnNode(wide ? Opcodes.DUP2_X1 : Opcodes.SWAP));
    if (wide) {
      code.add(new InsnNode(Opcodes.POP2));
    }
    code.add(new InsnNode(Opcodes.DUP));
    code.add(
        Instructions.call(Names.INSTANCES, "keeps", "(L" + Names.BRIDGE + "SharedInstance;)V"));
    code.add(new InsnNode(wide ? Opcodes.DUP_X2 : Opcodes.SWAP));
    if (wide) {
      code.add(new InsnNode(Opcodes.POP));
    }
    context.before(access, code);
  }

  /** What is known at load to be refused at the store is told at load (rule 7). */
  private void shareable(FieldInsnNode access, FieldFacts field, Frame<ArrayValue> frame) {
    StoreChecker.check(
        context,
        access,
        MethodAnalysis.peek(frame, 0),
        place(field),
        field.isStatic() ? ShareableTypes.OR_NOT_SHARED : ShareableTypes.OR_TRANSIENT);
  }

  /**
   * A field of type Object may hold anything; one of an array type only if all who read it are
   * rewritten.
   */
  private boolean isOfRewrittenClass(FieldInsnNode access, FieldFacts field) {
    return !Names.isArray(Type.getType(access.desc))
        || (field != null && context.in.lookup().isRewritten(field.owner()));
  }

  private void shared(
      FieldInsnNode access, FieldFacts field, boolean stores, Frame<ArrayValue> frame) {
    if (field.isLock()) {
      if (stores && field.isConcurrent()) {
        concurrent(access, field);
      } else if (stores) {
        lockObject(access, field, MethodAnalysis.peek(frame, 0));
      }
      return;
    }
    if (!field.isInSharedMemory()) {
      return;
    }
    if (field.isFinal() && stores && !context.method.name.equals("<clinit>")) {
      context.problem(
          access, "a final field is assigned outside of its initializer", "recompile the class");
      return;
    }
    if (stores && field.isConcurrent()) {
      assignable(access, field);
    } else if (stores) {
      shareable(access, field, frame);
    }
    String type = stores ? "(" + access.desc + ")V" : "()" + access.desc;
    context.replace(
        access,
        new InvokeDynamicInsnNode(
            access.name,
            type,
            BOOTSTRAP,
            Type.getObjectType(access.owner),
            Names.dotted(field.owner())));
  }

  /**
   * Rule 10, of a field that is not final: it gets an object of ours instead of one that nobody has
   * yet.
   */
  private void assignable(FieldInsnNode access, FieldFacts field) {
    boolean fresh =
        Instructions.previous(access) instanceof MethodInsnNode made
            && made.getOpcode() == Opcodes.INVOKESPECIAL
            && made.name.equals("<init>");
    context.before(
        access,
        new LdcInsnNode(place(field)),
        Instructions.call(
            Names.BRIDGE + "SharedConcurrent",
            fresh ? "fresh" : "known",
            "(Ljava/lang/Object;Ljava/lang/String;)Ljava/lang/Object;"),
        new TypeInsnNode(Opcodes.CHECKCAST, field.type().getInternalName()));
  }

  private static String place(FieldFacts field) {
    return "the shared field " + Names.dotted(field.owner()) + "." + field.name();
  }

  /** Rule 10: the field gets an object of ours, which is like the one that it is assigned. */
  private void concurrent(FieldInsnNode access, FieldFacts field) {
    context.before(
        access,
        new LdcInsnNode(clusterName(field)),
        Instructions.call(
            Names.BRIDGE + "SharedConcurrent",
            context.in.onceStores().contains(access) ? "announced" : "shared",
            "(Ljava/lang/Object;Ljava/lang/String;)Ljava/lang/Object;"),
        new TypeInsnNode(Opcodes.CHECKCAST, field.type().getInternalName()));
  }

  /** What the nodes know the field by. */
  static String clusterName(FieldFacts field) {
    return field.sharedName().isEmpty()
        ? Names.dotted(field.owner()) + "." + field.name()
        : field.sharedName();
  }

  private void lockObject(FieldInsnNode access, FieldFacts field, ArrayValue value) {
    boolean fresh =
        value.type() != null
            && value.type().getInternalName().equals(Names.OBJECT)
            && !value.elsewhere()
            && value.sites().size() == 1
            && value.sites().iterator().next().getOpcode() == Opcodes.NEW;
    if (!fresh) {
      context.problem(
          access,
          "a shared field of type Object can only hold a lock object made by new Object()",
          "write @Shared static final Object " + field.name() + " = new Object()");
      return;
    }
    context.before(
        access,
        new InsnNode(Opcodes.DUP),
        new LdcInsnNode(clusterName(field)),
        Instructions.call(Names.MONITORS, "register", "(Ljava/lang/Object;Ljava/lang/String;)V"));
  }
}
