package org.dsm4j.node.engine;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

/**
 * Threads that are parked until the engine says that their wait has ended. A completion may come
 * before its thread has begun to wait; whoever comes first leaves the entry. Thread-safe.
 */
final class Waits {
  private static final class Wait {
    volatile Thread thread;
    volatile boolean ended;
    volatile int status;
  }

  private final ConcurrentHashMap<Long, Wait> waits = new ConcurrentHashMap<>();

  /** The wait of that ticket has ended. */
  void complete(long ticket, int status) {
    Wait wait = waits.computeIfAbsent(ticket, t -> new Wait());
    wait.status = status;
    wait.ended = true;
    LockSupport.unpark(wait.thread);
  }

  /**
   * Parks until the wait has ended, the time is over, or (if so wished) the thread is interrupted;
   * then nothing is known about the wait and it stands in the table until {@link #await} returns
   * true or {@link #forget} is called.
   *
   * @param deadline nanoseconds of {@link System#nanoTime}; used if {@code timed}
   * @return whether it has ended
   */
  boolean await(long ticket, Object blocker, boolean interruptible, boolean timed, long deadline) {
    Wait wait = waits.computeIfAbsent(ticket, t -> new Wait());
    wait.thread = Thread.currentThread();
    boolean interrupted = false;
    try {
      while (!wait.ended) {
        if (Thread.interrupted()) {
          interrupted = true;
          if (interruptible) {
            return false;
          }
        }
        if (!timed) {
          LockSupport.park(blocker);
        } else {
          long left = deadline - System.nanoTime();
          if (left <= 0) {
            return wait.ended;
          }
          LockSupport.parkNanos(blocker, left);
        }
      }
      return true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** The status of a wait that has ended; forgets it. */
  int take(long ticket) {
    return waits.remove(ticket).status;
  }

  /** The wait was taken back: nothing will be said about it. */
  void forget(long ticket) {
    waits.remove(ticket);
  }

  /** How many waits are in the table (tests). */
  int size() {
    return waits.size();
  }
}
