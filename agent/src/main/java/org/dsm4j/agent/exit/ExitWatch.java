package org.dsm4j.agent.exit;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.lang.instrument.UnmodifiableClassException;
import java.security.ProtectionDomain;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.dsm4j.internal.ExitBridge;

/**
 * Notices the end of the application: System.exit, Runtime.halt and signals by java.lang.Shutdown,
 * where they meet; what is thrown out of main by the method with which the JVM reports an uncaught
 * exception of a thread, so that it does not matter how the main class was found, and no handler of
 * the application's is replaced.
 */
public final class ExitWatch {
  private ExitWatch() {}

  /**
   * Starts to watch. To be called on the thread that will run the application's main.
   *
   * @param onExit gets the status, before the shutdown hooks run
   * @param onMainFailure gets what was thrown out of main, after its stack trace was printed
   */
  public static void install(
      Instrumentation instrumentation, IntConsumer onExit, Consumer<Throwable> onMainFailure) {
    ExitBridge.install(Thread.currentThread(), onExit, onMainFailure);
    ClassFileTransformer transformer = new Transformer();
    instrumentation.addTransformer(transformer, true);
    try {
      instrumentation.retransformClasses(
          Class.forName("java.lang.Shutdown", false, null), Thread.class);
    } catch (ClassNotFoundException | UnmodifiableClassException e) {
      throw new IllegalStateException("this JVM does not let its exit be watched: " + e, e);
    } finally {
      instrumentation.removeTransformer(transformer);
    }
  }

  private static final class Transformer implements ClassFileTransformer {
    @Override
    public byte[] transform(
        ClassLoader loader,
        String name,
        Class<?> redefined,
        ProtectionDomain domain,
        byte[] bytes) {
      if (redefined == null || loader != null) {
        return null;
      }
      return switch (name) {
        case "java/lang/Shutdown" -> ExitBytecode.tellExit(bytes);
        case "java/lang/Thread" -> ExitBytecode.tellUncaught(bytes);
        default -> null;
      };
    }
  }
}
