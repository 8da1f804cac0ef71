package org.dsm4j.internal;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which methods of the program are overridden in the class of an object: what the rewriting knows
 * of a method's code does not hold for another's. Thread-safe.
 */
public final class Overrides {
  private static final ClassValue<Map<String, Boolean>> OVERRIDDEN =
      new ClassValue<>() {
        @Override
        protected Map<String, Boolean> computeValue(Class<?> type) {
          return new ConcurrentHashMap<>();
        }
      };

  private Overrides() {}

  /**
   * What a method returned that makes a new array each time: as a shared array, with the arrays in
   * it; as it is, if a subclass may have a method of its own instead.
   *
   * @param receiver what it was called on
   * @param declaredBy the class that the method is known of
   * @param name the method's
   */
  public static Object sharedUnlessOverridden(
      Object fresh, Object receiver, String declaredBy, String name) {
    return isOverridden(receiver.getClass(), declaredBy, name)
        ? fresh
        : ArrayCalls.sharedRows(fresh);
  }

  private static boolean isOverridden(Class<?> type, String declaredBy, String name) {
    return !type.getName().equals(declaredBy)
        && OVERRIDDEN
            .get(type)
            .computeIfAbsent(declaredBy + "." + name, key -> search(type, declaredBy, name));
  }

  /** By name alone: rather too often. */
  private static boolean search(Class<?> type, String declaredBy, String name) {
    for (Class<?> at = type; !at.getName().equals(declaredBy); at = at.getSuperclass()) {
      if (at.getSuperclass() == null || declares(at, name)) {
        return true;
      }
    }
    return false;
  }

  private static boolean declares(Class<?> type, String name) {
    try {
      for (Method method : type.getDeclaredMethods()) {
        if (method.getName().equals(name)) {
          return true;
        }
      }
      return false;
    } catch (LinkageError unreadable) {
      return true;
    }
  }
}
