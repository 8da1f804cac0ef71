package org.dsm4j.agent.rewrite;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dsm4j.internal.InstanceLayout;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;

/**
 * The class files that a loader sees, read as resources: nothing is loaded. Answers what JVMS 5.4.3
 * resolution would. Caches; thread-safe.
 */
final class ClassLookup {
  private final ClassFiles files;
  private final PlainClasses plain;
  private final Map<String, Optional<ClassFacts>> known = new ConcurrentHashMap<>();
  private final Map<String, Boolean> rewritten = new ConcurrentHashMap<>();
  private final Map<String, Boolean> sharedClasses = new ConcurrentHashMap<>();
  private final Map<String, InstanceLayout> layouts = new ConcurrentHashMap<>();

  ClassLookup(ClassLoader loader) {
    this.files = new ClassFiles(loader);
    this.plain = new PlainClasses(files::read);
  }

  /** Tells of a class that is being defined, whose bytes may not be what the resource has. */
  ClassFacts define(String name, byte[] classFile) {
    ClassFacts facts = ClassFacts.read(classFile);
    known.put(name, Optional.of(facts));
    sharedClasses.remove(name);
    return facts;
  }

  /** The class's facts, or null if its file cannot be found. */
  ClassFacts find(String name) {
    Optional<ClassFacts> found = known.get(name);
    if (found == null) {
      found = Optional.ofNullable(read(name));
      known.putIfAbsent(name, found);
    }
    return found.orElse(null);
  }

  private ClassFacts read(String name) {
    byte[] file = files.read(name);
    try {
      return file == null ? null : ClassFacts.read(file);
    } catch (IllegalArgumentException newerThanWeKnow) {
      return null;
    }
  }

  /** The class's file, or null if it cannot be found. */
  byte[] file(String name) {
    return files.read(name);
  }

  /** The class with its code, or null if its file cannot be found. */
  ClassNode code(String name) {
    byte[] file = files.read(name);
    if (file == null) {
      return null;
    }
    ClassNode node = new ClassNode();
    new ClassReader(file).accept(node, ClassReader.SKIP_DEBUG | ClassReader.SKIP_FRAMES);
    return node;
  }

  /** Those that are surely tied to nothing shared. */
  PlainClasses plain() {
    return plain;
  }

  /**
   * Resolves a field: the class, its interfaces, its superclass; null if not found or not the
   * program's.
   */
  FieldFacts field(String owner, String name, String descriptor) {
    ClassFacts facts = Names.isApplication(owner) ? find(owner) : null;
    if (facts == null) {
      return null;
    }
    FieldFacts declared = facts.field(name, descriptor);
    if (declared != null) {
      return !declared.isStatic() && isSharedClass(owner) ? ofInstance(declared) : declared;
    }
    for (String implemented : facts.interfaces) {
      FieldFacts inherited = field(implemented, name, descriptor);
      if (inherited != null) {
        return inherited;
      }
    }
    return facts.superName == null ? null : field(facts.superName, name, descriptor);
  }

  /** Whether instances of the class live in shared memory: it, or one it extends, is marked. */
  boolean isSharedClass(String name) {
    if (name == null || !Names.isApplication(name)) {
      return false;
    }
    Boolean answer = sharedClasses.get(name);
    if (answer == null) {
      ClassFacts facts = find(name);
      answer =
          facts != null && !facts.isInterface() && (facts.marked || isSharedClass(facts.superName));
      sharedClasses.put(name, answer);
    }
    return answer;
  }

  /** The topmost shared class that a shared class extends, or itself. */
  String sharedRoot(String name) {
    String root = name;
    for (String at = name; at != null && isSharedClass(at); at = find(at).superName) {
      root = at;
    }
    return root;
  }

  /** How instances of a shared class are laid out; empty for a class that is not shared. */
  InstanceLayout instanceLayout(String name) {
    if (name == null || !isSharedClass(name)) {
      return InstanceLayout.EMPTY;
    }
    InstanceLayout known = layouts.get(name);
    if (known == null) {
      ClassFacts facts = find(name);
      known =
          instanceLayout(facts.superName)
              .extend(
                  Names.dotted(name),
                  sharedFields(facts).stream()
                      .map(
                          field ->
                              new InstanceLayout.Field(
                                  field.name(),
                                  field.descriptor(),
                                  field.isVolatile(),
                                  field.isFinal()))
                      .toList());
      layouts.put(name, known);
    }
    return known;
  }

  /** The fields that a shared class declares and that lie in shared memory. */
  List<FieldFacts> sharedFields(ClassFacts facts) {
    return facts.fields.stream()
        .filter(field -> !field.isStatic())
        .map(this::ofInstance)
        .filter(FieldFacts::isInSharedMemory)
        .toList();
  }

  private FieldFacts ofInstance(FieldFacts field) {
    return OuterInstance.isUnused(field, this) ? field.asTransient() : field.asShared();
  }

  /** All classes and interfaces that a class inherits from, nearest first, itself included. */
  Set<String> ancestors(String name) {
    Set<String> seen = new LinkedHashSet<>();
    Deque<String> left = new ArrayDeque<>();
    left.add(name);
    while (!left.isEmpty()) {
      String next = left.remove();
      if (seen.add(next)) {
        ClassFacts facts = find(next);
        if (facts != null) {
          left.addAll(facts.parents());
        }
      }
    }
    return seen;
  }

  /** The nearest class that both classes are or inherit from; Object if one is an interface. */
  String commonSuperClass(String one, String other) {
    if (one.equals(other)) {
      return one;
    }
    ClassFacts first = find(one);
    ClassFacts second = find(other);
    if (first == null || second == null || first.isInterface() || second.isInterface()) {
      return Names.OBJECT;
    }
    Set<String> ancestors = ancestors(one);
    for (ClassFacts at = second;
        at != null;
        at = at.superName == null ? null : find(at.superName)) {
      if (ancestors.contains(at.name)) {
        return at.name;
      }
    }
    return Names.OBJECT;
  }

  /** The method that a call resolves to, or null. */
  MethodFacts method(String owner, String name, String descriptor) {
    for (String ancestor : ancestors(owner)) {
      ClassFacts facts = find(ancestor);
      MethodFacts found = facts == null ? null : facts.method(name, descriptor);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  /**
   * Whether a class's array accesses are rewritten: it mentions shared things, or is tied to a
   * class that does in a way that may hand it a shared array (inherits from it, is within it, calls
   * a method of it that returns an array, uses a field of it that holds one, makes a lambda of it).
   */
  boolean isRewritten(String name) {
    if (!Names.isApplication(name)) {
      return false;
    }
    Boolean answer = rewritten.get(name);
    if (answer == null) {
      answer = !plain.isPlain(name) && search(name);
      rewritten.put(name, answer);
    }
    return answer;
  }

  private boolean search(String start) {
    Set<String> seen = new HashSet<>();
    Deque<String> left = new ArrayDeque<>();
    left.add(start);
    while (!left.isEmpty()) {
      String name = left.remove();
      if (!Names.isApplication(name)
          || !seen.add(name)
          || Boolean.FALSE.equals(rewritten.get(name))) {
        continue;
      }
      ClassFacts facts = find(name);
      if (facts == null) {
        continue;
      }
      if (facts.pool.mentionsShared()
          || Boolean.TRUE.equals(rewritten.get(name))
          || usesSharedField(facts)) {
        return true;
      }
      left.addAll(ties(facts));
    }
    for (String name : seen) {
      rewritten.put(name, false);
    }
    return false;
  }

  private boolean usesSharedField(ClassFacts facts) {
    for (ConstantPool.Reference reference : facts.pool.fields()) {
      FieldFacts field = field(reference.owner(), reference.name(), reference.descriptor());
      if (field != null && field.shared()) {
        return true;
      }
    }
    return false;
  }

  private Set<String> ties(ClassFacts facts) {
    Set<String> ties = facts.parents();
    ties.addAll(facts.outer);
    ties.addAll(facts.pool.functionalInterfaces());
    for (ConstantPool.Reference method : facts.pool.arrayMethods()) {
      ties.add(method.owner());
    }
    for (ConstantPool.Reference reference : facts.pool.fields()) {
      FieldFacts field = field(reference.owner(), reference.name(), reference.descriptor());
      if (field != null && Names.isArray(field.type())) {
        ties.add(field.owner());
      }
    }
    return ties;
  }
}
