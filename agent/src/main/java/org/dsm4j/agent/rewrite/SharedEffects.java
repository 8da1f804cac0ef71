package org.dsm4j.agent.rewrite;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Whether code that an initializer calls changes shared state or waits at a barrier (rule 3): the
 * initializer runs on every node, and what it calls would do it again on each. Follows calls to the
 * program's own methods as they are declared.
 */
final class SharedEffects {
  /** Methods looked at per initializer; beyond that the rest is taken to have no effect. */
  private static final int METHODS_MAX = 500;

  private final ClassLookup lookup;
  private final ShareableTypes types;

  SharedEffects(ClassLookup lookup) {
    this.lookup = lookup;
    this.types = new ShareableTypes(lookup);
  }

  /**
   * What a call does that an initializer must not: "assigns the shared field a.B.c"; null if
   * nothing.
   */
  String of(MethodInsnNode call) {
    String direct = barrier(call);
    if (direct != null) {
      return direct;
    }
    Set<String> seen = new HashSet<>();
    Deque<MethodInsnNode> left = new ArrayDeque<>();
    left.add(call);
    while (!left.isEmpty() && seen.size() < METHODS_MAX) {
      MethodInsnNode next = left.remove();
      if (!Names.isApplication(next.owner) || !seen.add(next.owner + "." + next.name + next.desc)) {
        continue;
      }
      MethodNode body = body(next);
      String effect = body == null ? null : effect(body, left);
      if (effect != null) {
        return effect;
      }
    }
    return null;
  }

  private String effect(MethodNode body, Deque<MethodInsnNode> calls) {
    String reads = null;
    boolean stores = false;
    for (AbstractInsnNode insn : body.instructions) {
      if (insn instanceof FieldInsnNode access) {
        FieldFacts field = lookup.field(access.owner, access.name, access.desc);
        if (field == null || !field.isInSharedMemory()) {
          continue;
        }
        String name = Names.dotted(field.owner()) + "." + field.name();
        if (insn.getOpcode() == Opcodes.PUTSTATIC) {
          return "assigns the shared field " + name;
        }
        if (insn.getOpcode() == Opcodes.PUTFIELD) {
          stores = true;
        } else if (insn.getOpcode() == Opcodes.GETSTATIC && !types.isValue(field.type())) {
          reads =
              field.type().getSort() == Type.ARRAY
                  ? "array " + name
                  : "object that " + name + " refers to";
        }
      } else if (insn instanceof MethodInsnNode call) {
        if (barrier(call) != null) {
          return barrier(call);
        }
        calls.add(call);
      } else if (insn.getOpcode() >= Opcodes.IASTORE && insn.getOpcode() <= Opcodes.SASTORE) {
        stores = true;
      }
    }
    return reads != null && stores ? "may write into the shared " + reads : null;
  }

  private static String barrier(MethodInsnNode call) {
    boolean waits =
        (call.owner.equals(Names.DSM) && call.name.equals("barrier") && call.desc.equals("()V"))
            || (call.owner.equals(Names.BARRIER) && call.name.equals("await"));
    return waits ? "waits at a barrier" : null;
  }

  private MethodNode body(MethodInsnNode call) {
    for (String ancestor : lookup.ancestors(call.owner)) {
      ClassNode code = Names.isApplication(ancestor) ? lookup.code(ancestor) : null;
      if (code == null) {
        continue;
      }
      for (MethodNode method : code.methods) {
        if (method.name.equals(call.name) && method.desc.equals(call.desc)) {
          return method;
        }
      }
    }
    return null;
  }
}
