package org.dsm4j.agent.boot;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import jdk.internal.misc.Unsafe;

/**
 * Puts the API and the bridge into the boot loader, where every other loader finds them.
 *
 * <p>They are defined there one by one instead of being appended to the boot class path: as soon as
 * that path is appended to, HotSpot stops using its shared archive for the classes of all other
 * loaders, and says so with a warning on the user's terminal (17 and 25). The assembly of the jar
 * has listed them so that superclasses and interfaces come first, since the boot loader cannot call
 * back for them.
 */
public final class BootClasses {
  private static final String LIST = "boot-classes";

  private BootClasses() {}

  /**
   * Defines them all; once in a JVM, before any class links to one.
   *
   * @return the boot loader's unnamed module, which they are in
   */
  public static Module define() {
    ClassLoader loader = BootClasses.class.getClassLoader();
    Unsafe unsafe = Unsafe.getUnsafe();
    Module module = null;
    for (String name : list(loader)) {
      byte[] bytes = read(loader, name.replace('.', '/') + ".class");
      module = unsafe.defineClass(name, bytes, 0, bytes.length, null, null).getModule();
    }
    return module;
  }

  private static List<String> list(ClassLoader loader) {
    return new String(read(loader, LIST), StandardCharsets.UTF_8).lines().toList();
  }

  private static byte[] read(ClassLoader loader, String path) {
    try (InputStream in = loader.getResourceAsStream(path)) {
      if (in == null) {
        throw new IllegalStateException("dsm-agent.jar lacks " + path);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("dsm-agent.jar cannot be read: " + path, e);
    }
  }
}
