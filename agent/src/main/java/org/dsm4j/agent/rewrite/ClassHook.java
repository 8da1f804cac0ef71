package org.dsm4j.agent.rewrite;

import java.nio.charset.Charset;
import java.security.ProtectionDomain;
import org.dsm4j.node.engine.NativeLibrary;

/**
 * Where the JVM hands over the classes that it is about to load: native code sees them first and
 * passes on only those that it cannot tell to be none of our business ({@code dsm_hook.h}). A
 * transformer in Java would be called for each, and JIT-compiled at the program's expense.
 */
final class ClassHook {
  static final int JUDGED = 1;
  static final int PLAIN = 2;
  static final int LATE = 4;

  private static volatile SharedTransformer transformer;

  private ClassHook() {}

  /**
   * From now on the classes of the program go through the transformer.
   *
   * @throws IllegalStateException if the JVM does not offer this
   */
  static void install(SharedTransformer to, RewriteConfig config) {
    NativeLibrary.get();
    transformer = to;
    ClassLoader own = ClassHook.class.getClassLoader();
    ClassLoader system = ClassLoader.getSystemClassLoader();
    String path = System.getProperty("java.class.path", "");
    int status =
        install(
            system,
            ClassLoader.getPlatformClassLoader(),
            own == system ? null : own,
            ScanRules.text(config.excludes(), config.dumpDirectory() == null),
            path.getBytes(nativeCharset()));
    if (status != 0) {
      throw new IllegalStateException(
          "this JVM does not let the agent see the classes that it loads (JVMTI error "
              + status
              + "); DSM4J runs on HotSpot, JDK 17 to 25");
    }
  }

  /** That of file names. */
  private static Charset nativeCharset() {
    return Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
  }

  /** Called by native code for a class that is being loaded or redefined. */
  private static byte[] load(
      ClassLoader loader,
      String name,
      Class<?> redefined,
      ProtectionDomain domain,
      byte[] classFile,
      int flags) {
    return transformer.load(loader, name, redefined != null, classFile, flags);
  }

  /** Called by native code for a class that others depend on; null if it cannot be found. */
  private static byte[] read(ClassLoader loader, String name) {
    return transformer.read(loader, name);
  }

  private static native int install(
      ClassLoader system, ClassLoader platform, ClassLoader own, byte[] rules, byte[] classPath);

  /** Other rules from now on; whether they were understood. */
  static native boolean rules(byte[] rules);

  /**
   * What native code finds in a class file: its flags, then {@code RELATION NAME}, one a line; null
   * if it cannot be read. For tests, as the next.
   */
  static native byte[] examine(byte[] classFile);

  /** The class file as native code rewrites it; null if it does not. */
  static native byte[] patched(byte[] classFile);
}
