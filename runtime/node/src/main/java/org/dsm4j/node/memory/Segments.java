package org.dsm4j.node.memory;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * A block as a {@code java.lang.foreign.MemorySegment} (Java 22 and later), by reflection, since
 * this code is compiled for Java 17.
 */
final class Segments {
  private record Api(
      Method ofShared,
      Method closeArena,
      Method ofAddress,
      Method reinterpret,
      Method asSlice,
      Method asByteBuffer) {}

  private static final Api API = find();

  /** Whether this JVM has them. */
  static final boolean AVAILABLE = API != null;

  private final Object arena;
  private final Object segment;

  Segments(long address, long size) {
    arena = call(API.ofShared, null);
    Object whole = call(API.ofAddress, null, address);
    segment = call(API.reinterpret, whole, size, arena, null);
  }

  private static Api find() {
    if (Runtime.version().feature() < 22) {
      return null;
    }
    try {
      Class<?> arena = Class.forName("java.lang.foreign.Arena");
      Class<?> segment = Class.forName("java.lang.foreign.MemorySegment");
      return new Api(
          arena.getMethod("ofShared"),
          arena.getMethod("close"),
          segment.getMethod("ofAddress", long.class),
          segment.getMethod("reinterpret", long.class, arena, Consumer.class),
          segment.getMethod("asSlice", long.class, long.class),
          segment.getMethod("asByteBuffer"));
    } catch (ReflectiveOperationException e) {
      return null;
    }
  }

  private static Object call(Method method, Object target, Object... arguments) {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(method + " failed", e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(method + " is public", e);
    }
  }

  Object segment() {
    return segment;
  }

  ByteBuffer buffer(long offset, int length) {
    Object slice = call(API.asSlice, segment, offset, (long) length);
    return (ByteBuffer) call(API.asByteBuffer, slice);
  }

  /**
   * Views made before are errors from now on; one that a system call is using right now stays as it
   * is.
   */
  void close() {
    try {
      call(API.closeArena, arena);
    } catch (IllegalStateException e) {
      // In use by a system call of another thread, or closed already.
      return;
    }
  }
}
