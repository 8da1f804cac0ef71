package org.dsm4j.node.engine;

import static org.dsm4j.node.engine.Memory.UNSAFE;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** Who the calling thread is. */
public final class Threads {
  /** {@code Thread.getId} can be overridden by the application, and lies then; the field cannot. */
  private static final long TID = UNSAFE.objectFieldOffset(Thread.class, "tid");

  /** {@code Thread.isVirtual}, from JDK 21 on; null before. */
  private static final MethodHandle IS_VIRTUAL = findIsVirtual();

  private Threads() {}

  private static MethodHandle findIsVirtual() {
    try {
      return MethodHandles.lookup()
          .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
    } catch (NoSuchMethodException | IllegalAccessException e) {
      return null;
    }
  }

  /** Identity of the calling thread: unique in this JVM as long as it lives, never 0. */
  public static long current() {
    return UNSAFE.getLong(Thread.currentThread(), TID);
  }

  /** Whether the calling thread is virtual: then it must not block in native code. */
  public static boolean currentIsVirtual() {
    if (IS_VIRTUAL == null) {
      return false;
    }
    try {
      return (boolean) IS_VIRTUAL.invokeExact(Thread.currentThread());
    } catch (Throwable e) {
      throw new AssertionError("Thread.isVirtual does not throw", e);
    }
  }
}
