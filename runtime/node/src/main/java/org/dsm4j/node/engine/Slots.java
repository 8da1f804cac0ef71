package org.dsm4j.node.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * What a thread does that finds all of the engine's slots for waiters taken, as with thousands of
 * virtual threads at one lock: it waits here for room, outside of the lock's queue. Thread-safe.
 */
final class Slots {
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Waits waits;

  Slots(Waits waits) {
    this.waits = waits;
  }

  /**
   * Waits a little for a slot to become free; an interrupt ends it sooner, and stays.
   *
   * @return false if nobody waits whose slot could become free: something else is full
   */
  boolean awaitRoom() {
    if (!mayBecomeFree()) {
      return false;
    }
    LockSupport.parkNanos(this, RETRY_NANOS);
    return true;
  }

  /** Whether somebody waits whose slot could become free; if not, something else is full. */
  boolean mayBecomeFree() {
    return waits.size() != 0;
  }

  /**
   * Waits a little.
   *
   * @return whether the thread is interrupted; the flag stays
   */
  boolean pause() {
    LockSupport.parkNanos(this, RETRY_NANOS);
    return Thread.currentThread().isInterrupted();
  }

  @Override
  public String toString() {
    return "a free slot for a waiter";
  }
}
