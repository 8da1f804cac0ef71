package org.dsm4j.agent.rewrite;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.LabelNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.analysis.AnalyzerException;

/**
 * Summaries of the program's methods that a class calls, from their code. For one class while it is
 * rewritten, so that they are the same on each node, whatever else was loaded there before. Not
 * thread-safe.
 *
 * <p>Recursion is cut: a method that calls itself is unknown to itself.
 */
final class MethodSummaries {
  /** Methods looked into for one class; all others are unknown. */
  private static final int METHODS_MAX = 2_000;

  /** How far calls are followed. */
  private static final int DEPTH_MAX = 12;

  /** Longer methods are unknown: to look into them takes too long. */
  private static final int INSTRUCTIONS_MAX = 5_000;

  private final ClassLookup lookup;
  private final String name;
  private final byte[] classFile;
  private final Map<String, ClassNode> classes = new HashMap<>();
  private final Map<String, MethodSummary> known = new HashMap<>();
  private final Set<String> inProgress = new HashSet<>();

  /**
   * @param classFile of the class that is rewritten
   */
  MethodSummaries(ClassLookup lookup, String name, byte[] classFile) {
    this.lookup = lookup;
    this.name = name;
    this.classFile = classFile;
  }

  /** Of the method that a call names; what it says holds of those that override it, too. */
  MethodSummary of(MethodInsnNode call) {
    return of(call.owner, call.name, call.desc, call.getOpcode() == Opcodes.INVOKESPECIAL);
  }

  /** Of the method that a lambda is made of. */
  MethodSummary of(Handle target) {
    return of(
        target.getOwner(),
        target.getName(),
        target.getDesc(),
        target.getTag() == Opcodes.H_INVOKESPECIAL);
  }

  private MethodSummary of(String owner, String name, String descriptor, boolean exact) {
    if (!Names.isApplication(owner)) {
      return MethodSummary.UNKNOWN;
    }
    String key = owner + "." + name + descriptor + exact;
    MethodSummary summary = known.get(key);
    if (summary != null) {
      return summary;
    }
    if (known.size() >= METHODS_MAX || inProgress.size() >= DEPTH_MAX || !inProgress.add(key)) {
      return MethodSummary.UNKNOWN;
    }
    try {
      summary = find(owner, name, descriptor, exact);
    } finally {
      inProgress.remove(key);
    }
    known.put(key, summary);
    return summary;
  }

  private MethodSummary find(String owner, String name, String descriptor, boolean exact) {
    for (String ancestor : lookup.ancestors(owner)) {
      ClassNode in = Names.isApplication(ancestor) ? code(ancestor) : null;
      if (in == null) {
        continue;
      }
      for (MethodNode method : in.methods) {
        if (method.name.equals(name) && method.desc.equals(descriptor)) {
          boolean only = exact || isFinal(method) || isFinal(owner);
          return summarize(ancestor, method, only);
        }
      }
    }
    return MethodSummary.UNKNOWN;
  }

  private ClassNode code(String owner) {
    if (!classes.containsKey(owner)) {
      classes.put(owner, owner.equals(name) ? own() : lookup.code(owner));
    }
    return classes.get(owner);
  }

  private ClassNode own() {
    ClassNode own = new ClassNode();
    new ClassReader(classFile).accept(own, ClassReader.SKIP_FRAMES);
    return own;
  }

  private static boolean isFinal(MethodNode method) {
    return (method.access & (Opcodes.ACC_STATIC | Opcodes.ACC_PRIVATE | Opcodes.ACC_FINAL)) != 0;
  }

  private boolean isFinal(String owner) {
    ClassFacts facts = lookup.find(owner);
    return facts != null && (facts.access & Opcodes.ACC_FINAL) != 0;
  }

  /**
   * @param only whether no other method may be called instead
   */
  private MethodSummary summarize(String owner, MethodNode method, boolean only) {
    int size = method.instructions.size();
    if (size == 0 || size > INSTRUCTIONS_MAX) {
      return MethodSummary.UNKNOWN;
    }
    Map<Integer, LabelNode> parameters = MethodAnalysis.parameters(method);
    try {
      MethodAnalysis analysis =
          MethodAnalysis.ofParameters(owner, method, lookup, this, parameters);
      Leaks leaks = new Leaks(method, analysis, this, parameters);
      long returned = 0;
      long stored = 0;
      long leaked = 0;
      int argument = 0;
      for (int slot : MethodAnalysis.slots(method)) {
        LabelNode parameter = parameters.get(slot);
        if (parameter != null && argument < Long.SIZE) {
          long bit = 1L << argument;
          returned |= leaks.returns(parameter) ? bit : 0;
          stored |= analysis.isSharedSite(parameter) ? bit : 0;
          leaked |= leaks.leaks(parameter) ? bit : 0;
        }
        argument++;
      }
      return new MethodSummary(
          owner, only, leaks.returnsFresh(), returned, stored, only ? leaked : MethodSummary.ALL);
    } catch (AnalyzerException unreadable) {
      return MethodSummary.UNKNOWN;
    }
  }
}
