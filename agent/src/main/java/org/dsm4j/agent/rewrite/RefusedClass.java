package org.dsm4j.agent.rewrite;

import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.TypeInsnNode;

/**
 * A refused class: it can be loaded, but its initialization fails with the refusal, so that none of
 * its code ever runs.
 */
final class RefusedClass {
  /**
   * A string constant's bound, in bytes of UTF-8 (JVMS 4.4.7), with room for characters of three.
   */
  private static final int MESSAGE_CHARACTERS_MAX = 20_000;

  private RefusedClass() {}

  static byte[] of(byte[] classFile, String message) {
    ClassNode node = new ClassNode();
    new ClassReader(classFile).accept(node, 0);
    node.methods.removeIf(method -> method.name.equals("<clinit>"));
    MethodNode initializer = new MethodNode(Opcodes.ACC_STATIC, "<clinit>", "()V", null, null);
    initializer.instructions.add(new TypeInsnNode(Opcodes.NEW, "org/dsm4j/NotShareableException"));
    initializer.instructions.add(new InsnNode(Opcodes.DUP));
    initializer.instructions.add(
        new LdcInsnNode(message.substring(0, Math.min(message.length(), MESSAGE_CHARACTERS_MAX))));
    initializer.instructions.add(
        new MethodInsnNode(
            Opcodes.INVOKESPECIAL,
            "org/dsm4j/NotShareableException",
            "<init>",
            "(Ljava/lang/String;)V",
            false));
    initializer.instructions.add(new InsnNode(Opcodes.ATHROW));
    initializer.maxStack = 3;
    node.methods.add(initializer);
    ClassWriter writer = new ClassWriter(0);
    node.accept(writer);
    return writer.toByteArray();
  }
}
