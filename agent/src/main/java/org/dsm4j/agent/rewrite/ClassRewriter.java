package org.dsm4j.agent.rewrite;

import java.util.List;
import java.util.Set;
import org.dsm4j.internal.SharedClasses;
import org.dsm4j.internal.Spins;
import org.dsm4j.internal.StaticField;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.analysis.AnalyzerException;
import org.objectweb.asm.tree.analysis.Frame;

/** Rewrites one class that is tied to shared things. */
final class ClassRewriter {
  private static final String INITIALIZER = "<clinit>";

  private final ClassContext in;
  private boolean once;
  private boolean spins;

  private ClassRewriter(ClassContext in) {
    this.in = in;
  }

  /**
   * The rewritten class file.
   *
   * @param loader the class's; null if it will never be loaded, only checked
   * @param problems receives what is wrong with the class; if anything is, the result is null
   */
  static byte[] rewrite(
      byte[] classFile,
      ClassFacts facts,
      ClassLookup lookup,
      ClassLoader loader,
      List<Problem> problems) {
    ClassNode node = new ClassNode();
    new ClassReader(classFile).accept(node, ClassReader.SKIP_FRAMES);
    MethodSummaries summaries = new MethodSummaries(lookup, facts.name, classFile);
    ClassContext in = new ClassContext(node, facts, lookup, summaries);
    ClassRewriter rewriter = new ClassRewriter(in);
    rewriter.run();
    problems.addAll(in.problems());
    if (problems.isEmpty() && loader != null) {
      rewriter.register(loader, problems);
    }
    if (!problems.isEmpty()) {
      return null;
    }
    return rewriter.write();
  }

  private void run() {
    ClassChecker.check(in);
    InheritanceChecker.check(in);
    if (in.problems().isEmpty()) {
      members();
      return;
    }
    try {
      members(); // for what else is wrong: all of it is told at once
    } catch (RuntimeException consequence) {
      // of what is wrong with the declarations, and told already
    }
  }

  private void members() {
    SharedClassWriter shared =
        in.lookup().isSharedClass(in.facts().name) ? new SharedClassWriter(in) : null;
    moveConstantsToInitializer();
    if (shared != null) {
      shared.constructors();
    }
    in.node().methods.forEach(this::analyzed);
    in.addedMethods().forEach(this::analyzed);
    in.node().methods.addAll(in.addedMethods());
    if (shared != null && in.problems().isEmpty()) {
      shared.finish();
    }
  }

  /**
   * A shared field that is not final and has a ConstantValue is assigned by the initializer
   * instead, once per cluster.
   */
  private void moveConstantsToInitializer() {
    for (FieldNode field : in.node().fields) {
      FieldFacts facts = in.facts().field(field.name, field.desc);
      if (!facts.isStatic() || !facts.isInSharedMemory() || field.value == null) {
        continue;
      }
      initializer()
          .instructions
          .insert(
              Instructions.list(
                  new LdcInsnNode(field.value),
                  new FieldInsnNode(Opcodes.PUTSTATIC, in.facts().name, field.name, field.desc)));
      field.value = null;
    }
  }

  private MethodNode initializer() {
    for (MethodNode method : in.node().methods) {
      if (method.name.equals(INITIALIZER)) {
        return method;
      }
    }
    MethodNode added = new MethodNode(Opcodes.ACC_STATIC, INITIALIZER, "()V", null, null);
    added.instructions.add(new InsnNode(Opcodes.RETURN));
    added.maxStack = 2;
    in.node().methods.add(added);
    return added;
  }

  private void analyzed(MethodNode method) {
    try {
      method(method);
    } catch (AnalyzerException failure) {
      in.problems()
          .add(
              new Problem(
                  Problem.member(method.name),
                  0,
                  "its code cannot be analyzed: " + failure.getMessage(),
                  "compile it with javac"));
    }
  }

  private void method(MethodNode method) throws AnalyzerException {
    if (method.instructions.size() == 0) {
      return;
    }
    MethodAnalysis analysis =
        MethodAnalysis.of(in.facts().name, method, in.lookup(), in.summaries());
    NullHandlers nulls = NullHandlers.plan(in, method, analysis);
    boolean initializer = method.name.equals(INITIALIZER);
    Set<AbstractInsnNode> decisions =
        initializer ? Set.of() : SpinLoops.decisions(in.facts().name, method, analysis);
    Invariants invariants =
        initializer
            ? Invariants.none(in, method, analysis)
            : Invariants.take(in, method, analysis, decisions);
    if (invariants.areAny()) {
      analysis = analysis.again(invariants.marks().keySet());
    }
    boolean writes = initializer && InitializerRewriter.writesShared(in.lookup(), method, analysis);
    List<AbstractInsnNode> instructions = List.of(method.instructions.toArray());
    Set<AbstractInsnNode> onlyWhereOnce =
        initializer ? InitializerRewriter.rewrite(in, method, analysis, writes) : Set.of();
    once |= writes;
    Hoisting hoisting =
        writes
            ? Hoisting.none(method, analysis, invariants)
            : Hoisting.plan(method, analysis, invariants);
    MethodContext context =
        new MethodContext(in, method, analysis, hoisting, writes, onlyWhereOnce);
    List<InstructionRewriter> rewriters =
        List.of(
            new ElementRewriter(context),
            new AllocationRewriter(context),
            new FieldRewriter(context),
            new VariableRewriter(context),
            new ReturnRewriter(context),
            new CallRewriter(context));
    for (AbstractInsnNode insn : instructions) {
      Frame<ArrayValue> frame = analysis.frame(insn);
      if (frame != null && insn.getOpcode() >= 0) {
        context.releaseTemporaries();
        rewriters.stream().anyMatch(rewriter -> rewriter.rewrite(insn, frame));
      }
    }
    hoisting.install(instructions);
    for (AbstractInsnNode decision : decisions) {
      method.instructions.insertBefore(decision, Instructions.call(Names.SPINS, "seen", "()V"));
      spins = true;
    }
    ConcurrentRewriter.rewrite(method);
    MonitorRewriter.rewrite(in.lookup(), method, nulls.monitors());
    ReflectionRewriter.rewrite(method);
    StreamRewriter.rewrite(in.node(), method);
    IdentityRewriter.rewrite(method);
    RecordMethods.rewrite(in.lookup(), method);
    nulls.install(context.replacements());
    if (SynchronizedMethods.isSynchronized(method) && mayBeClusterWide(method)) {
      SynchronizedMethods.rewrite(in.facts().name, method);
    }
  }

  /** Whether the monitor of a synchronized method may be the cluster's. */
  private boolean mayBeClusterWide(MethodNode method) {
    return SynchronizedMethods.isStatic(method)
        ? in.hasSharedStatics()
        : in.lookup().isSharedClass(in.facts().name);
  }

  /**
   * Tells the bridge of the class before the JVM can know it; unless there is another of its name.
   */
  private void register(ClassLoader loader, List<Problem> problems) {
    String name = Names.dotted(in.facts().name);
    List<StaticField> statics =
        in.facts().fields.stream()
            .filter(field -> field.isStatic() && (field.isInSharedMemory() || field.isLock()))
            .map(
                field ->
                    new StaticField(
                        field.name(),
                        field.descriptor(),
                        field.sharedName(),
                        field.isVolatile(),
                        field.isLock()))
            .toList();
    boolean instances = in.lookup().isSharedClass(in.facts().name);
    boolean registers = once || !statics.isEmpty();
    ClassLoader other = instances || registers ? SharedClasses.otherLoader(loader, name) : null;
    if (other != null) {
      problems.add(
          new Problem(
              "class " + name,
              0,
              "another class loader ("
                  + other
                  + ") has a shared class of that name too, and nodes know shared classes by"
                  + " their names",
              "load the class once, by a loader that both ask"));
      return;
    }
    if (instances) {
      SharedClasses.registerInstances(loader, name, in.lookup().instanceLayout(in.facts().name));
    }
    SharedClasses.registerRewritten(loader, name);
    if (spins) {
      Spins.begin();
    }
    if (registers) {
      SharedClasses.register(loader, name, statics);
    }
  }

  private byte[] write() {
    FrameWriter writer = new FrameWriter(ClassWriter.COMPUTE_FRAMES, in.lookup());
    in.node().accept(writer);
    return writer.toByteArray();
  }
}
