package org.dsm4j.node.lifecycle;

import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** How far the end of a cluster is, as one node knows it. Only goes forward. Thread-safe. */
final class Stage {
  /** A wait that is bounded by something else. */
  static final long FOR_EVER = Long.MAX_VALUE;

  private int status;
  private int ownStatus;
  private boolean isEnding;
  private boolean allEnded;
  private boolean mayLeave;

  /** The cluster ends with that status (not 0). @return whether nothing was decided before */
  synchronized boolean decide(int decided) {
    if (status != 0) {
      return false;
    }
    status = decided;
    notifyAll();
    return true;
  }

  /** This process ends by its own doing, with that status (not 0). */
  synchronized void failsHere(int failure) {
    if (ownStatus == 0) {
      ownStatus = failure;
      notifyAll();
    }
  }

  /** The status that this process ends with by its own doing, or 0. */
  synchronized int ownStatus() {
    return ownStatus;
  }

  /** The application has ended here, its shutdown hooks too. */
  synchronized void endsHere() {
    isEnding = true;
    notifyAll();
  }

  synchronized boolean isEnding() {
    return isEnding;
  }

  synchronized boolean isDecided() {
    return status != 0;
  }

  /** The status decided for, or 0. */
  synchronized int status() {
    return status;
  }

  synchronized void allEnded() {
    allEnded = true;
    notifyAll();
  }

  synchronized boolean isAllEnded() {
    return allEnded;
  }

  synchronized void mayLeave() {
    mayLeave = true;
    notifyAll();
  }

  synchronized boolean isMayLeave() {
    return mayLeave;
  }

  /**
   * Waits until it holds, no longer than that, whatever interrupts (the flag is kept). @return
   * whether it holds
   */
  synchronized boolean await(Predicate<Stage> condition, long nanos) {
    boolean interrupted = false;
    long start = System.nanoTime();
    try {
      while (!condition.test(this)) {
        long left = nanos - (System.nanoTime() - start);
        if (left <= 0) {
          return false;
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
      return true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
