package org.dsm4j.agent.rewrite;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodNode;

/** One class while it is rewritten. Not thread-safe. */
final class ClassContext {
  private final ClassNode node;
  private final ClassFacts facts;
  private final ClassLookup lookup;
  private final MethodSummaries summaries;
  private final List<Problem> problems = new ArrayList<>();
  private final List<MethodNode> addedMethods = new ArrayList<>();
  private final Set<AbstractInsnNode> earlyStores = new HashSet<>();
  private final Set<AbstractInsnNode> onceStores = new HashSet<>();

  /**
   * @param summaries of the methods that it calls; null if its arrays are not rewritten
   */
  ClassContext(ClassNode node, ClassFacts facts, ClassLookup lookup, MethodSummaries summaries) {
    this.node = node;
    this.facts = facts;
    this.lookup = lookup;
    this.summaries = summaries;
  }

  ClassNode node() {
    return node;
  }

  ClassFacts facts() {
    return facts;
  }

  ClassLookup lookup() {
    return lookup;
  }

  MethodSummaries summaries() {
    return summaries;
  }

  List<Problem> problems() {
    return problems;
  }

  /** Methods of our own, added to the class when the others are done. */
  List<MethodNode> addedMethods() {
    return addedMethods;
  }

  /** The assignments of fields that constructors make before they call {@code super()}. */
  Set<AbstractInsnNode> earlyStores() {
    return earlyStores;
  }

  /** The assignments of concurrent objects whose expressions one node evaluates. */
  Set<AbstractInsnNode> onceStores() {
    return onceStores;
  }

  /** Whether the class has static fields in shared memory or lock objects. */
  boolean hasSharedStatics() {
    return facts.fields.stream()
        .anyMatch(field -> field.shared() && field.isStatic() && !field.isConstant());
  }
}
