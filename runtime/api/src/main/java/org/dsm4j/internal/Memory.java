package org.dsm4j.internal;

import jdk.internal.misc.Unsafe;

/**
 * Raw memory access: the only class that touches the JDK's internals. The agent exports {@code
 * jdk.internal.misc} to the bridge's module before any class that uses this one is loaded.
 */
final class Memory {
  static final Unsafe U = Unsafe.getUnsafe();

  /**
   * Bytes that one copy may take before a safepoint can be reached again; and that are fetched
   * ahead of it, few enough to be still there when they are copied.
   */
  private static final long COPY_CHUNK_BYTES = 1 << 20;

  /** A copy of less is not worth a call to fetch its pages: if they are not here, it faults. */
  private static final long TOUCH_BYTES = 4096;

  static final long BOOLEAN_BASE = base("BOOLEAN");
  static final long BYTE_BASE = base("BYTE");
  static final long CHAR_BASE = base("CHAR");
  static final long SHORT_BASE = base("SHORT");
  static final long INT_BASE = base("INT");
  static final long FLOAT_BASE = base("FLOAT");
  static final long LONG_BASE = base("LONG");
  static final long DOUBLE_BASE = base("DOUBLE");

  private Memory() {}

  /**
   * Offset of element 0 of a heap array. By reflection: the constant is an int on JDK 17 and a long
   * on JDK 25.
   */
  private static long base(String type) {
    try {
      return ((Number) Unsafe.class.getField("ARRAY_" + type + "_BASE_OFFSET").get(null))
          .longValue();
    } catch (ReflectiveOperationException failure) {
      throw new ExceptionInInitializerError(failure);
    }
  }

  /**
   * Copies between heap arrays (base object) and shared memory (null base) in chunks, so that a
   * safepoint is never held up for longer than one of them takes. Copies downwards when the ranges
   * overlap and need it.
   */
  static void copy(Object from, long fromOffset, Object to, long toOffset, long bytes) {
    if (from == to && fromOffset < toOffset && toOffset < fromOffset + bytes) {
      for (long left = bytes; left > 0; ) {
        long chunk = Math.min(left, COPY_CHUNK_BYTES);
        left -= chunk;
        copyChunk(from, fromOffset + left, to, toOffset + left, chunk);
      }
      return;
    }
    for (long done = 0; done < bytes; ) {
      long chunk = Math.min(bytes - done, COPY_CHUNK_BYTES);
      copyChunk(from, fromOffset + done, to, toOffset + done, chunk);
      done += chunk;
    }
  }

  /** Fetches the pages first, in native state, where no safepoint waits for them. */
  private static void copyChunk(
      Object from, long fromOffset, Object to, long toOffset, long bytes) {
    if (bytes >= TOUCH_BYTES) {
      DsmRuntime runtime = Runtimes.current();
      if (from == null) {
        runtime.touch(fromOffset, bytes, false);
      }
      if (to == null) {
        runtime.touch(toOffset, bytes, true);
      }
    }
    U.copyMemory(from, fromOffset, to, toOffset, bytes);
  }
}
