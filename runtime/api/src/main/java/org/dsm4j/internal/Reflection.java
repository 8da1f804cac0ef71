package org.dsm4j.internal;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.dsm4j.DsmException;

/**
 * Rule 11: reflection on shared fields is refused; the field that the JVM has is not where the
 * value is.
 */
public final class Reflection {
  private Reflection() {}

  /** Before a field is read, written or made a handle of. */
  public static void check(Field field) {
    if (field != null && Modifier.isStatic(field.getModifiers())) {
      check(field.getDeclaringClass(), field.getName());
    }
  }

  /** Before all fields of a class are asked for: those in shared memory are not among them. */
  public static void check(Class<?> owner) {
    InstanceType instances = SharedClasses.instances(owner);
    if (instances != null && !instances.layout().fields().isEmpty()) {
      throw new DsmException(
          "reflection on the fields of the shared class "
              + owner.getName()
              + " is not supported: they are in shared memory; use its methods");
    }
  }

  /** Before an instance field is looked up by name. */
  public static void checkInstance(Class<?> owner, String name) {
    InstanceType instances = SharedClasses.instances(owner);
    if (instances != null
        && instances.layout().fields().stream().anyMatch(field -> field.name().equals(name))) {
      throw new DsmException(
          "reflection on the shared field "
              + owner.getName()
              + "."
              + name
              + " is not supported: its value is not in the JVM's field; write a method that reads or writes it");
    }
  }

  /** Before a field is looked up. */
  public static void check(Class<?> owner, String name) {
    checkInstance(owner, name);
    for (Class<?> type = owner; type != null; type = type.getSuperclass()) {
      refuse(type, name);
      for (Class<?> implemented : type.getInterfaces()) {
        refuse(implemented, name);
      }
    }
  }

  private static void refuse(Class<?> owner, String name) {
    SharedClass shared = SharedClasses.find(owner);
    if (shared != null && shared.isInSharedMemory(name)) {
      throw new DsmException(
          "reflection on the shared field "
              + owner.getName()
              + "."
              + name
              + " is not supported: its value is not in the JVM's field; write a static method that reads or writes it");
    }
  }
}
