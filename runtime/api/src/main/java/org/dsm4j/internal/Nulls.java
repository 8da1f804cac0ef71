package org.dsm4j.internal;

import java.util.Arrays;

/**
 * NullPointerExceptions of rewritten code: they say, and come from, what those of the program's own
 * instructions would. Thread-safe.
 */
public final class Nulls {
  private static final long MESSAGE = Memory.U.objectFieldOffset(Throwable.class, "detailMessage");

  /** More than that the JVM does not keep, by default, so depths cannot be compared. */
  private static final int TRACE_MAX = 1024;

  /** Whether this JVM explains NullPointerExceptions (JEP 358). */
  private static final boolean EXPLAINS = explains(null);

  private Nulls() {}

  private static boolean explains(Object nothing) {
    try {
      return nothing.hashCode() == 0;
    } catch (NullPointerException thrown) {
      return thrown.getMessage() != null;
    }
  }

  /**
   * Gives an exception its message, if it is the calling method's own; one that came out of a
   * method that it called has its own.
   *
   * @param message what the JVM would say
   * @return the exception
   */
  public static NullPointerException explain(NullPointerException thrown, String message) {
    StackTraceElement[] trace = thrown.getStackTrace();
    int deeper = trace.length - new Throwable().getStackTrace().length + 1;
    boolean raised = deeper == 0 ? thrown.getMessage() != null : isOfBridge(trace, deeper);
    if (raised && trace.length < TRACE_MAX) {
      Memory.U.putReference(thrown, MESSAGE, EXPLAINS ? message : null);
      thrown.setStackTrace(Arrays.copyOfRange(trace, deeper, trace.length));
    }
    return thrown;
  }

  /** Whether the frames above the caller's are the bridge's, and of what it called in the JDK. */
  private static boolean isOfBridge(StackTraceElement[] trace, int deeper) {
    return deeper > 0
        && isOurs(trace[deeper - 1])
        && Arrays.stream(trace, 0, deeper)
            .allMatch(frame -> isOurs(frame) || frame.getClassName().startsWith("java."));
  }

  private static boolean isOurs(StackTraceElement frame) {
    return frame.getClassName().startsWith("org.dsm4j.internal.")
        || frame.getMethodName().startsWith("dsm$");
  }

  /** What {@code synchronized} throws. */
  static NullPointerException ofMonitor(String message) {
    NullPointerException thrown = new NullPointerException(EXPLAINS ? message : null);
    StackTraceElement[] trace = thrown.getStackTrace();
    int ours = 0;
    while (ours < trace.length && isOurs(trace[ours])) {
      ours++;
    }
    thrown.setStackTrace(Arrays.copyOfRange(trace, ours, trace.length));
    return thrown;
  }
}
