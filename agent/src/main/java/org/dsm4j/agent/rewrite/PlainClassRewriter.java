package org.dsm4j.agent.rewrite;

import java.util.IdentityHashMap;
import java.util.Map;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * A class of the program that mentions nothing shared: its monitors are rewritten (rule 8), its
 * reflective field accesses checked (rule 11), and a shared array that reaches it as an Object is
 * stopped where it becomes an array (rule 5). Most classes have none of these.
 */
final class PlainClassRewriter {
  private static final byte MONITORENTER = (byte) 0xc2;

  private PlainClassRewriter() {}

  /** Whether there may be something to rewrite. */
  static boolean concerns(byte[] classFile, ConstantPool pool) {
    return pool.callsMonitor()
        || pool.callsAtomic()
        || pool.reflects()
        || pool.looksIntoArrays()
        || pool.refersToArrayTaker()
        || pool.asksIdentity(classFile)
        || pool.castsToArray(classFile)
        || contains(classFile, MONITORENTER);
  }

  /**
   * The rewritten class file, or null if there is nothing to rewrite.
   *
   * @param redefines whether the class is loaded already, so that it keeps its superclass and no
   *     method may be added
   */
  static byte[] rewrite(byte[] classFile, ClassFacts facts, ClassLookup lookup, boolean redefines) {
    ConstantPool pool = facts.pool;
    boolean guards =
        pool.castsToArray(classFile) || pool.looksIntoArrays() || pool.refersToArrayTaker();
    boolean identity = pool.asksIdentity(classFile);
    ClassNode node = new ClassNode();
    new ClassReader(classFile).accept(node, 0);
    if (node.methods.stream().anyMatch(MonitorBlocks::areIn)) {
      node = new ClassNode();
      new ClassReader(classFile).accept(node, ClassReader.EXPAND_FRAMES);
    }
    ClassContext in = new ClassContext(node, facts, lookup, null);
    boolean changed = false;
    for (MethodNode method : node.methods) {
      changed |= guards && ArrayGuards.install(in, method);
      changed |= !redefines && (guards || pool.reflects()) && ArrayGuards.references(in, method);
      changed |= pool.reflects() && ReflectionRewriter.rewrite(method);
      changed |= !redefines && pool.reflects() && StreamRewriter.rewrite(node, method);
      changed |= identity && IdentityRewriter.rewrite(method);
      changed |= pool.callsAtomic() && ConcurrentRewriter.rewrite(method);
      changed |= MonitorRewriter.rewrite(lookup, method, monitorMessages(in, method));
    }
    if (!changed) {
      return null;
    }
    for (MethodNode added : in.addedMethods()) {
      ArrayGuards.install(in, added);
      ReflectionRewriter.rewrite(added);
      StreamRewriter.rewrite(node, added);
      node.methods.add(added);
    }
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    node.accept(writer);
    return writer.toByteArray();
  }

  private static Map<AbstractInsnNode, String> monitorMessages(ClassContext in, MethodNode method) {
    Map<AbstractInsnNode, String> messages = new IdentityHashMap<>();
    if (MonitorBlocks.areIn(method)) {
      NullMessages texts = NullMessages.of(in.facts().name, method);
      for (AbstractInsnNode insn : method.instructions) {
        if (insn.getOpcode() == Opcodes.MONITORENTER) {
          messages.put(insn, texts.message(insn));
        }
      }
    }
    return messages;
  }

  private static boolean contains(byte[] bytes, byte wanted) {
    for (byte candidate : bytes) {
      if (candidate == wanted) {
        return true;
      }
    }
    return false;
  }
}
