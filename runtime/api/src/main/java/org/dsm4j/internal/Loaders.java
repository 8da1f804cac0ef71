package org.dsm4j.internal;

import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.dsm4j.DsmException;
import org.dsm4j.NotShareableException;

/**
 * Finds the class that another node means by a name: among those that this node has met, then by
 * the loaders of rewritten classes, the thread's and the system's. Thread-safe.
 */
final class Loaders {
  private static final Map<String, Class<?>> PRIMITIVES = new ConcurrentHashMap<>();
  private static final Map<ClassLoader, Boolean> KNOWN = new WeakHashMap<>();

  static {
    for (Class<?> type :
        new Class<?>[] {
          boolean.class,
          byte.class,
          char.class,
          short.class,
          int.class,
          long.class,
          float.class,
          double.class,
          void.class
        }) {
      PRIMITIVES.put(type.getName(), type);
    }
  }

  private Loaders() {}

  /** Remembers the loader of a class that may be met by name. */
  static void learn(Class<?> type) {
    learn(type.getClassLoader());
  }

  /** Remembers a loader that has shared classes. */
  static void learn(ClassLoader loader) {
    if (loader != null) {
      synchronized (KNOWN) {
        KNOWN.put(loader, Boolean.TRUE);
      }
    }
  }

  /**
   * The class of a name as {@link Class#getName} has it.
   *
   * @throws DsmException if this node has none
   * @throws NotShareableException if it has several
   */
  static Class<?> find(String name) {
    Class<?> primitive = PRIMITIVES.get(name);
    if (primitive != null) {
      return primitive;
    }
    ClassLoader registered = SharedClasses.loaderOf(name);
    Class<?> shared = registered == null ? null : load(name, registered);
    if (shared != null) {
      return shared;
    }
    ClassLoader[] known;
    synchronized (KNOWN) {
      known = KNOWN.keySet().toArray(new ClassLoader[0]);
    }
    Class<?> found = null;
    for (ClassLoader loader : known) {
      Class<?> candidate = load(name, loader);
      if (found != null && candidate != null && candidate != found) {
        throw new NotShareableException(
            "there are two classes of the name "
                + name
                + " on node "
                + Runtimes.current().node()
                + ", of the loaders "
                + found.getClassLoader()
                + " and "
                + candidate.getClassLoader()
                + ": a shared reference cannot tell them apart; load the class once, by a loader that both ask");
      }
      found = candidate == null ? found : candidate;
    }
    if (found == null) {
      found = load(name, Thread.currentThread().getContextClassLoader());
    }
    if (found == null) {
      found = load(name, ClassLoader.getSystemClassLoader());
    }
    if (found == null) {
      throw new DsmException(
          "node "
              + Runtimes.current().node()
              + " has no class "
              + name
              + ", which another node stored in shared memory; run the same program on all nodes");
    }
    return found;
  }

  private static Class<?> load(String name, ClassLoader loader) {
    try {
      return Class.forName(name, false, loader);
    } catch (ClassNotFoundException notThere) {
      return null;
    }
  }
}
