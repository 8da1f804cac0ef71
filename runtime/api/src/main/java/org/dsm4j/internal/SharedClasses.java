package org.dsm4j.internal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import org.dsm4j.DsmException;

/**
 * The rewritten classes of this JVM. The rewriting registers a class before it is defined, so
 * whoever holds a Class finds what was registered for it. Thread-safe.
 */
public final class SharedClasses {
  private static final Map<ClassLoader, Map<String, SharedClass>> REGISTERED = new WeakHashMap<>();

  private static final ClassValue<SharedClass> BY_CLASS =
      new ClassValue<>() {
        @Override
        protected SharedClass computeValue(Class<?> type) {
          return find(type.getClassLoader(), type.getName());
        }
      };

  private static final Map<ClassLoader, Map<String, InstanceLayout>> LAYOUTS = new WeakHashMap<>();

  private static final ClassValue<Optional<InstanceType>> INSTANCES =
      new ClassValue<>() {
        @Override
        protected Optional<InstanceType> computeValue(Class<?> type) {
          return Optional.ofNullable(layout(type)).map(layout -> new InstanceType(type, layout));
        }
      };

  private static final Map<ClassLoader, Set<String>> REWRITTEN = new WeakHashMap<>();

  private SharedClasses() {}

  /** Remembers a class that is about to be defined and that can be handed shared arrays. */
  public static void registerRewritten(ClassLoader loader, String name) {
    synchronized (REWRITTEN) {
      REWRITTEN.computeIfAbsent(loader, key -> ConcurrentHashMap.newKeySet()).add(name);
    }
  }

  /** Whether the class can be handed shared arrays. */
  static boolean isRewritten(Class<?> type) {
    synchronized (REWRITTEN) {
      return REWRITTEN.getOrDefault(type.getClassLoader(), Set.of()).contains(type.getName());
    }
  }

  /**
   * Registers a class that is about to be defined.
   *
   * @param loader the loader that defines it
   * @param name its name, with dots
   * @param statics its shared static fields; may be empty, for a class whose initializer touches
   *     those of others
   */
  public static void register(ClassLoader loader, String name, List<StaticField> statics) {
    SharedClass shared = new SharedClass(name, statics);
    Loaders.learn(loader);
    synchronized (REGISTERED) {
      REGISTERED.computeIfAbsent(loader, key -> new ConcurrentHashMap<>()).put(name, shared);
    }
  }

  /**
   * Registers a class that is about to be defined and whose instances are shared.
   *
   * @param loader the loader that defines it
   * @param name its name, with dots
   */
  public static void registerInstances(ClassLoader loader, String name, InstanceLayout layout) {
    Loaders.learn(loader);
    synchronized (LAYOUTS) {
      LAYOUTS.computeIfAbsent(loader, key -> new ConcurrentHashMap<>()).put(name, layout);
    }
  }

  /** A loader other than that which has registered a class of that name, or null. */
  public static ClassLoader otherLoader(ClassLoader loader, String name) {
    ClassLoader other = other(REGISTERED, loader, name);
    return other == null ? other(LAYOUTS, loader, name) : other;
  }

  /** The loader that has registered a class of that name, or null. */
  static ClassLoader loaderOf(String name) {
    return otherLoader(null, name);
  }

  private static <T> ClassLoader other(
      Map<ClassLoader, Map<String, T>> registered, ClassLoader loader, String name) {
    synchronized (registered) {
      for (Map.Entry<ClassLoader, Map<String, T>> entry : registered.entrySet()) {
        if (entry.getKey() != loader && entry.getValue().containsKey(name)) {
          return entry.getKey();
        }
      }
      return null;
    }
  }

  /** The class if its instances are shared, or null. */
  static InstanceType instances(Class<?> type) {
    return INSTANCES.get(type).orElse(null);
  }

  private static InstanceLayout layout(Class<?> type) {
    synchronized (LAYOUTS) {
      Map<String, InstanceLayout> classes = LAYOUTS.get(type.getClassLoader());
      return classes == null ? null : classes.get(type.getName());
    }
  }

  /** What was registered for a class, or null. */
  static SharedClass find(Class<?> type) {
    return BY_CLASS.get(type);
  }

  /**
   * What was registered for a class.
   *
   * @throws DsmException if nothing was: rule 12
   */
  static SharedClass of(Class<?> type) {
    SharedClass found = find(type);
    if (found == null) {
      throw new DsmException(
          "class "
              + type.getName()
              + " has shared statics but was not rewritten (loaded before the agent, or excluded); start with -javaagent"
              + " and do not exclude it");
    }
    return found;
  }

  private static SharedClass find(ClassLoader loader, String name) {
    synchronized (REGISTERED) {
      Map<String, SharedClass> classes = REGISTERED.get(loader);
      return classes == null ? null : classes.get(name);
    }
  }
}
