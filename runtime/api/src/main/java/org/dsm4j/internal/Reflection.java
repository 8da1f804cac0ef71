package org.dsm4j.internal;

import java.io.ObjectOutputStream;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.StringJoiner;
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

  /**
   * Before a method or constructor is called by reflection: an argument that is a shared array may
   * go to rewritten code, and where it is taken as an Object (rule 5).
   */
  public static void checkArguments(Executable target, Object[] arguments) {
    if (target == null || arguments == null || !Tokens.areAny()) {
      return;
    }
    Class<?>[] parameters = target.getParameterTypes();
    for (int i = 0; i < Math.min(parameters.length, arguments.length); i++) {
      if (Escapes.isShared(arguments[i]) && !mayTake(target, parameters[i])) {
        throw Escapes.escape(name(target, parameters) + ", argument " + (i + 1));
      }
    }
  }

  private static boolean mayTake(Executable target, Class<?> parameter) {
    Class<?> owner = target.getDeclaringClass();
    return parameter.isArray()
        ? SharedClasses.isRewritten(owner) && !Modifier.isNative(target.getModifiers())
        : owner != java.lang.reflect.Array.class
            && owner != System.class
            && owner != ObjectOutputStream.class
            && !target.getName().equals("deepEquals");
  }

  private static String name(Executable target, Class<?>[] parameters) {
    StringJoiner types = new StringJoiner(", ", "(", ")");
    for (Class<?> parameter : parameters) {
      types.add(parameter.getTypeName());
    }
    String owner = target.getDeclaringClass().getName();
    return (target instanceof Method ? owner + "." + target.getName() : "new " + owner) + types;
  }

  /** Before a field is assigned: one that is an array, of a class that is not rewritten. */
  public static void checkSet(Field field, Object value) {
    if (field != null
        && field.getType().isArray()
        && Escapes.isShared(value)
        && !SharedClasses.isRewritten(field.getDeclaringClass())) {
      throw Escapes.escape(
          "the field "
              + field.getDeclaringClass().getName()
              + "."
              + field.getName()
              + ", whose class mentions nothing shared");
    }
  }

  /** A class's methods but those that the rewriting added. */
  public static Method[] withoutOurs(Method[] all) {
    return all.length == 0 || Arrays.stream(all).noneMatch(Reflection::isOurs)
        ? all
        : Arrays.stream(all).filter(method -> !isOurs(method)).toArray(Method[]::new);
  }

  /** No compiler makes a synthetic hashCode or writeReplace that is not a bridge. */
  private static boolean isOurs(Method method) {
    return method.isSynthetic()
        && !method.isBridge()
        && (method.getName().startsWith("dsm$")
            || SharedInstance.class.isAssignableFrom(method.getDeclaringClass())
                && (method.getName().equals("hashCode")
                    || method.getName().equals("writeReplace")));
  }

  /** A class's interfaces but that of the rewriting. */
  public static Class<?>[] withoutOurs(Class<?>[] all) {
    return Arrays.asList(all).contains(SharedInstance.class)
        ? Arrays.stream(all).filter(type -> type != SharedInstance.class).toArray(Class<?>[]::new)
        : all;
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
