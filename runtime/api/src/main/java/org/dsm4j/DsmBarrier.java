package org.dsm4j;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A named, reusable barrier; its parties are threads, on any nodes. When one of them times out, is
 * interrupted or dies, the barrier breaks for those that wait there with it; who comes later begins
 * anew. Thread-safe.
 */
public interface DsmBarrier {
  /** The name it was asked for by. */
  String name();

  /** How many threads must come before all may go on. */
  int parties();

  /**
   * Waits until all parties have come.
   *
   * @throws BrokenBarrierException if a party died, timed out or was interrupted while waiting
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
}
