package org.dsm4j.agent.rewrite;

import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * A class of the program that mentions nothing shared: only its monitors are rewritten (rule 8), if
 * it has any.
 */
final class PlainClassRewriter {
  private static final byte MONITORENTER = (byte) 0xc2;

  private PlainClassRewriter() {}

  /** The rewritten class file, or null if there is nothing to rewrite. */
  static byte[] rewrite(byte[] classFile, ClassFacts facts) {
    if (!facts.pool.callsWait() && !contains(classFile, MONITORENTER)) {
      return null;
    }
    ClassNode node = new ClassNode();
    ClassReader reader = new ClassReader(classFile);
    reader.accept(node, 0);
    boolean changed = false;
    for (MethodNode method : node.methods) {
      changed |= MonitorRewriter.rewrite(method);
    }
    if (!changed) {
      return null;
    }
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
    node.accept(writer);
    return writer.toByteArray();
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
