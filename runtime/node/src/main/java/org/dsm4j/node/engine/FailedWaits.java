package org.dsm4j.node.engine;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What becomes of waits that fail because the cluster ends. The process ends within a bound then,
 * and one line says why (rules 13 and 14); a thread that came back with an exception would only add
 * its stack trace, and run handlers on data that is gone. So it stands still, like one in a fault
 * that cannot be served. Thread-safe.
 */
final class FailedWaits {
  /**
   * A barrier breaks with a loss, or because a party has had enough; the news of a loss comes on
   * another thread, and at most this much later.
   */
  private static final long NEWS_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  /** The process is gone before; if not, its threads learn what is the matter after all. */
  private static final long SLACK_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final boolean exitOnLoss;
  private final long holdNanos;
  private final CountDownLatch end = new CountDownLatch(1);
  private final CountDownLatch never = new CountDownLatch(1);

  FailedWaits(boolean exitOnLoss, long graceNanos) {
    this.exitOnLoss = exitOnLoss;
    this.holdNanos = graceNanos + SLACK_NANOS;
  }

  /** The end of this process is decided. */
  void processEnds() {
    end.countDown();
  }

  /** Returns at once if that status has another cause than the end of the cluster. */
  void holdIfProcessEnds(int status) {
    if (exitOnLoss && isByEnd(status)) {
      await(never, holdNanos);
    }
  }

  private boolean isByEnd(int status) {
    return switch (status) {
      case Status.LOST, Status.ORPHANED, Status.CLOSED -> true;
      case Status.BROKEN -> await(end, NEWS_NANOS);
      default -> false;
    };
  }

  private static boolean await(CountDownLatch latch, long nanos) {
    boolean interrupted = false;
    long deadline = System.nanoTime() + nanos;
    try {
      while (true) {
        try {
          return latch.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
