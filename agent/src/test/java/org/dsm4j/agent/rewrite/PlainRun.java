package org.dsm4j.agent.rewrite;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;

/** The same program as it is, not rewritten: what it must be like. */
final class PlainRun extends ClassLoader {
  private final Map<String, byte[]> classes;

  PlainRun(Map<String, byte[]> classes) {
    super(PlainRun.class.getClassLoader());
    this.classes = classes;
  }

  Object call(String target, Object... arguments) throws Throwable {
    int dot = target.indexOf('.');
    for (Method method : loadClass("app." + target.substring(0, dot)).getDeclaredMethods()) {
      if (method.getName().equals(target.substring(dot + 1))) {
        method.setAccessible(true);
        try {
          return method.invoke(null, arguments);
        } catch (InvocationTargetException failure) {
          throw failure.getCause();
        }
      }
    }
    throw new IllegalArgumentException(target);
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] file = classes.get(name);
    if (file == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, file, 0, file.length);
  }
}
