package org.dsm4j.agent.rewrite;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Classes that mention nothing shared and were loaded before the agent, by another one or out of an
 * archive: their monitors count all the same (rule 8), so they are rewritten where they are. The
 * transformer stays: the JVM gives it such a class again when another agent changes it.
 */
final class EarlyClasses implements ClassFileTransformer {
  private final SharedTransformer transformer;
  private final Set<Class<?>> classes = Collections.newSetFromMap(new WeakHashMap<>());

  private EarlyClasses(SharedTransformer transformer, List<Class<?>> classes) {
    this.transformer = transformer;
    this.classes.addAll(classes);
  }

  /**
   * Rewrites them; before the program's main class is loaded.
   *
   * @return those that the JVM does not let be changed any more, as when another agent, which is
   *     asked again, too, adds a method to one that is loaded
   */
  static List<Class<?>> rewrite(
      Instrumentation instrumentation, SharedTransformer transformer, List<Class<?>> classes) {
    if (classes.isEmpty()) {
      return classes;
    }
    instrumentation.addTransformer(new EarlyClasses(transformer, classes), true);
    if (isDone(instrumentation, classes.toArray(Class<?>[]::new))) {
      return List.of();
    }
    List<Class<?>> left = new ArrayList<>();
    for (Class<?> each : classes) {
      if (!isDone(instrumentation, each)) {
        left.add(each);
      }
    }
    return left;
  }

  private static boolean isDone(Instrumentation instrumentation, Class<?>... classes) {
    try {
      instrumentation.retransformClasses(classes);
      return true;
    } catch (UnmodifiableClassException | UnsupportedOperationException | LinkageError e) {
      return false;
    }
  }

  @Override
  public byte[] transform(
      ClassLoader loader,
      String name,
      Class<?> redefined,
      ProtectionDomain domain,
      byte[] classFile) {
    synchronized (this) {
      if (redefined == null || !classes.contains(redefined)) {
        return null;
      }
    }
    return transformer.transform(loader, name, redefined, domain, classFile);
  }
}
