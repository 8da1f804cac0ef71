package org.dsm4j;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A named, reusable barrier; its parties are threads, on any nodes. When one of them times out, is
 * interrupted or dies, the barrier breaks for those that wait there with it, and stays broken for
 * all who come later until it is {@link #reset}, as a {@link java.util.concurrent.CyclicBarrier}
 * does. Thread-safe.
 */
public interface DsmBarrier {
  /** The name it was asked for by. */
  String name();

  /** How many threads must come before all may go on. */
  int parties();

  /**
   * Waits until all parties have come.
   *
   * @throws BrokenBarrierException if the barrier is broken, or a party dies, times out or is
   *     interrupted, or somebody resets the barrier, while this one waits
   * @throws InterruptedException if the calling thread is interrupted while it waits; the barrier
   *     breaks for the others
   */
  void await() throws InterruptedException, BrokenBarrierException;

  /**
   * Waits until all parties have come, no longer than the given time.
   *
   * @throws TimeoutException if the time is over; the barrier breaks for the others
   */
  void await(long timeout, TimeUnit unit)
      throws InterruptedException, BrokenBarrierException, TimeoutException;

  /** Whether it is broken: whoever waits now is told so. */
  boolean isBroken();

  /** Makes it whole again, for all nodes. Breaks it for those who wait. */
  void reset();
}
