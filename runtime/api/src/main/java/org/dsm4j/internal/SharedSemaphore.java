package org.dsm4j.internal;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * A {@link Semaphore} of the whole cluster. Waiters are looked at in the order in which they came;
 * a fair one differs from others in nothing more. Thread-safe.
 */
final class SharedSemaphore extends Semaphore {
  private static final long serialVersionUID = 1L;
  private static final int PERMITS = 0;

  private final transient SharedState state;

  SharedSemaphore(String name, Semaphore first) {
    super(0, first.isFair());
    state = new SharedState(name, Semaphore.class, first.availablePermits());
  }

  private static void check(int permits) {
    if (permits < 0) {
      throw new IllegalArgumentException();
    }
  }

  /** Takes permits, of a thread that has the lock; whether there were enough. */
  private boolean take(int permits) {
    long available = state.get(PERMITS);
    if (available < permits) {
      return false;
    }
    state.set(PERMITS, available - permits);
    return true;
  }

  @Override
  public void acquire() throws InterruptedException {
    acquire(1);
  }

  @Override
  public void acquire(int permits) throws InterruptedException {
    check(permits);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    state.lock().lockInterruptibly();
    try {
      while (!take(permits)) {
        state.changed().await();
      }
    } finally {
      state.lock().unlock();
    }
  }

  @Override
  public void acquireUninterruptibly() {
    acquireUninterruptibly(1);
  }

  @Override
  public void acquireUninterruptibly(int permits) {
    check(permits);
    state.lock().lock();
    try {
      while (!take(permits)) {
        state.changed().awaitUninterruptibly();
      }
    } finally {
      state.lock().unlock();
    }
  }

  @Override
  public boolean tryAcquire() {
    return tryAcquire(1);
  }

  @Override
  public boolean tryAcquire(int permits) {
    check(permits);
    state.lock().lock();
    try {
      return take(permits);
    } finally {
      state.lock().unlock();
    }
  }

  @Override
  public boolean tryAcquire(long timeout, TimeUnit unit) throws InterruptedException {
    return tryAcquire(1, timeout, unit);
  }

  @Override
  public boolean tryAcquire(int permits, long timeout, TimeUnit unit) throws InterruptedException {
    check(permits);
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    long nanos = unit.toNanos(timeout);
    if (nanos <= 0) {
      return tryAcquire(permits);
    }
    long deadline = System.nanoTime() + nanos;
    if (!state.lock().tryLock(nanos, TimeUnit.NANOSECONDS)) {
      return false;
    }
    try {
      while (!take(permits)) {
        if (state.changed().awaitNanos(deadline - System.nanoTime()) <= 0) {
          return take(permits);
        }
      }
      return true;
    } finally {
      state.lock().unlock();
    }
  }

  @Override
  public void release() {
    release(1);
  }

  @Override
  public void release(int permits) {
    check(permits);
    state.lock().lock();
    try {
      long available = state.get(PERMITS) + permits;
      if (available > Integer.MAX_VALUE) {
        throw new Error("Maximum permit count exceeded");
      }
      state.set(PERMITS, available);
      state.changed().signalAll();
    } finally {
      state.lock().unlock();
    }
  }

  @Override
  public int availablePermits() {
    return (int) state.get(PERMITS);
  }

  @Override
  public int drainPermits() {
    state.lock().lock();
    try {
      int available = (int) state.get(PERMITS);
      state.set(PERMITS, 0);
      return available;
    } finally {
      state.lock().unlock();
    }
  }

  @Override
  protected Collection<Thread> getQueuedThreads() {
    return List.of();
  }

  @Override
  public String toString() {
    return state + "[Permits = " + availablePermits() + "]";
  }
}
