package org.dsm4j.internal;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A {@link CyclicBarrier} of the whole cluster. Its action is run by the thread that comes last, as
 * that thread's node knows it. A generation is over when all have come, when it breaks, or by
 * {@code reset}; a thread that wakes late still finds how its own ended. Thread-safe.
 */
final class SharedCyclicBarrier extends CyclicBarrier {
  private static final int PARTIES = 0;
  private static final int MISSING = 1;
  private static final int GENERATION = 2;

  /** A bit for each of the latest generations, whether it broke. */
  private static final int BROKEN = 3;

  private static final long ACTION =
      Memory.U.objectFieldOffset(CyclicBarrier.class, "barrierCommand");

  private final SharedState state;
  private final Runnable action;

  SharedCyclicBarrier(String name, CyclicBarrier first) {
    super(first.getParties());
    action = action(first);
    long parties = first.getParties();
    state = new SharedState(name, CyclicBarrier.class, parties, parties, 0, 0);
  }

  /** What the last to come runs; null if nothing. */
  static Runnable action(CyclicBarrier barrier) {
    return (Runnable) Memory.U.getReference(barrier, ACTION);
  }

  @Override
  public int getParties() {
    return (int) state.get(PARTIES);
  }

  @Override
  public int await() throws InterruptedException, BrokenBarrierException {
    try {
      return await(false, 0);
    } catch (TimeoutException impossible) {
      throw new AssertionError("a wait without a time was out of it", impossible);
    }
  }

  @Override
  public int await(long timeout, TimeUnit unit)
      throws InterruptedException, BrokenBarrierException, TimeoutException {
    return await(true, unit.toNanos(timeout));
  }

  private int await(boolean timed, long nanos)
      throws InterruptedException, BrokenBarrierException, TimeoutException {
    state.lock().lock();
    try {
      long generation = state.get(GENERATION);
      if (isBroken(generation)) {
        throw new BrokenBarrierException();
      }
      if (Thread.interrupted()) {
        breakBarrier(generation);
        throw new InterruptedException();
      }
      int index = (int) state.get(MISSING) - 1;
      state.set(MISSING, index);
      if (index == 0) {
        trip(generation);
        return 0;
      }
      waitForEnd(generation, timed, nanos);
      return index;
    } finally {
      state.lock().unlock();
    }
  }

  private void trip(long generation) {
    boolean acted = action == null;
    try {
      if (!acted) {
        action.run();
        acted = true;
      }
      next();
    } finally {
      if (!acted) {
        breakBarrier(generation);
      }
    }
  }

  private void waitForEnd(long generation, boolean timed, long nanos)
      throws InterruptedException, BrokenBarrierException, TimeoutException {
    long left = nanos;
    while (true) {
      try {
        if (!timed) {
          state.changed().await();
        } else if (left > 0) {
          left = state.changed().awaitNanos(left);
        }
      } catch (InterruptedException interrupt) {
        if (state.get(GENERATION) == generation && !isBroken(generation)) {
          breakBarrier(generation);
          throw interrupt;
        }
        Thread.currentThread().interrupt();
      }
      if (isBroken(generation)) {
        throw new BrokenBarrierException();
      }
      if (state.get(GENERATION) != generation) {
        return;
      }
      if (timed && left <= 0) {
        breakBarrier(generation);
        throw new TimeoutException();
      }
    }
  }

  private boolean isBroken(long generation) {
    return (state.get(BROKEN) >>> generation & 1) != 0;
  }

  private void breakBarrier(long generation) {
    state.set(BROKEN, state.get(BROKEN) | 1L << generation);
    state.set(MISSING, state.get(PARTIES));
    state.changed().signalAll();
  }

  private void next() {
    long generation = state.get(GENERATION) + 1;
    state.set(BROKEN, state.get(BROKEN) & ~(1L << generation));
    state.set(MISSING, state.get(PARTIES));
    state.set(GENERATION, generation);
    state.changed().signalAll();
  }

  @Override
  public boolean isBroken() {
    state.lock().lock();
    try {
      return isBroken(state.get(GENERATION));
    } finally {
      state.lock().unlock();
    }
  }

  @Override
  public void reset() {
    state.lock().lock();
    try {
      breakBarrier(state.get(GENERATION));
      next();
    } finally {
      state.lock().unlock();
    }
  }

  @Override
  public int getNumberWaiting() {
    state.lock().lock();
    try {
      return (int) (state.get(PARTIES) - state.get(MISSING));
    } finally {
      state.lock().unlock();
    }
  }

  @Override
  public String toString() {
    return state + "[CyclicBarrier of " + getParties() + "]";
  }
}
