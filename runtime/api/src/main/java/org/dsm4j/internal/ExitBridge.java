package org.dsm4j.internal;

import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * Where java.lang.Shutdown and java.lang.Thread, changed by the agent, tell of the end of the
 * application (rule 13 of the language). What the listeners throw is dropped: the JVM is ending and
 * must. Thread-safe.
 */
public final class ExitBridge {
  private static final int NONE = Integer.MIN_VALUE;

  private static volatile IntConsumer exit = status -> {};
  private static volatile Consumer<Throwable> mainFailure = failure -> {};
  private static volatile Thread main;
  private static volatile boolean muted;
  private static int told = NONE;

  private ExitBridge() {}

  /**
   * Sets who is told.
   *
   * @param mainThread the thread that will run the application's main
   * @param onExit gets the status of System.exit, Runtime.halt and of a signal (128 and its
   *     number), on the thread that ends the JVM, before the shutdown hooks
   * @param onMainFailure gets what was thrown out of main, after it was reported to the thread's
   *     handler
   */
  public static void install(
      Thread mainThread, IntConsumer onExit, Consumer<Throwable> onMainFailure) {
    main = mainThread;
    exit = onExit;
    mainFailure = onMainFailure;
  }

  /** From now on nobody is told: the agent itself ends the JVM and must not be held up. */
  public static void mute() {
    muted = true;
  }

  /** The JVM ends with this status. */
  public static void exiting(int status) {
    try {
      if (!muted && first(status)) {
        exit.accept(status);
      }
    } catch (Throwable dropped) {
      // Whatever happens here, the exit goes on.
    }
  }

  /** Something was thrown out of a thread's run method, or out of main. */
  public static void uncaught(Thread thread, Throwable failure) {
    try {
      if (!muted && thread == main) {
        mainFailure.accept(failure);
      }
    } catch (Throwable dropped) {
      // Whatever happens here, the end of the thread goes on.
    }
  }

  /** System.exit ends by Runtime.halt with the same status: tell it once. */
  private static synchronized boolean first(int status) {
    boolean first = told != status;
    told = status;
    return first;
  }
}
