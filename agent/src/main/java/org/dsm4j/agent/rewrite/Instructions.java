package org.dsm4j.agent.rewrite;

import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.IntInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.LineNumberNode;
import org.objectweb.asm.tree.MethodInsnNode;

/** Small helpers on instruction lists. */
final class Instructions {
  private Instructions() {}

  /** The next real instruction, past labels, lines and frames; null at the end. */
  static AbstractInsnNode next(AbstractInsnNode from) {
    AbstractInsnNode next = from.getNext();
    while (next != null && next.getOpcode() < 0) {
      next = next.getNext();
    }
    return next;
  }

  /** The real instruction before. */
  static AbstractInsnNode previous(AbstractInsnNode from) {
    AbstractInsnNode previous = from.getPrevious();
    while (previous != null && previous.getOpcode() < 0) {
      previous = previous.getPrevious();
    }
    return previous;
  }

  /** The source line of an instruction, or 0. */
  static int line(AbstractInsnNode instruction) {
    for (AbstractInsnNode at = instruction; at != null; at = at.getPrevious()) {
      if (at instanceof LineNumberNode line) {
        return line.line;
      }
    }
    return 0;
  }

  static MethodInsnNode call(String owner, String name, String descriptor) {
    return new MethodInsnNode(Opcodes.INVOKESTATIC, owner, name, descriptor, false);
  }

  static AbstractInsnNode pushInt(int value) {
    if (value >= -1 && value <= 5) {
      return new InsnNode(Opcodes.ICONST_0 + value);
    }
    return value >= Short.MIN_VALUE && value <= Short.MAX_VALUE
        ? new IntInsnNode(Opcodes.SIPUSH, value)
        : new LdcInsnNode(value);
  }

  static AbstractInsnNode pushClass(String internalName) {
    return new LdcInsnNode(Type.getObjectType(internalName));
  }

  static InsnList list(AbstractInsnNode... instructions) {
    InsnList list = new InsnList();
    for (AbstractInsnNode instruction : instructions) {
      list.add(instruction);
    }
    return list;
  }
}
