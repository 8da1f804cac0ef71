package org.dsm4j.internal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A {@link CountDownLatch} of the whole cluster. Thread-safe. */
final class SharedCountDownLatch extends CountDownLatch {
  private static final int COUNT = 0;

  private final SharedState state;

  SharedCountDownLatch(String name, CountDownLatch first) {
    super(0);
    state = new SharedState(name, CountDownLatch.class, first.getCount());
  }

  @Override
  public void await() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    if (state.get(COUNT) == 0) {
      return;
    }
    state.lock().lockInterruptibly();
    try {
      while (state.get(COUNT) != 0) {
        state.changed().await();
      }
    } finally {
      state.lock().unlock();
    }
  }

  @Override
  public boolean await(long timeout, TimeUnit unit) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    long nanos = unit.toNanos(timeout);
    long deadline = System.nanoTime() + nanos;
    if (state.get(COUNT) == 0) {
      return true;
    }
    if (nanos <= 0 || !state.lock().tryLock(nanos, TimeUnit.NANOSECONDS)) {
      return false;
    }
    try {
      while (state.get(COUNT) != 0) {
        if (state.changed().awaitNanos(deadline - System.nanoTime()) <= 0) {
          return state.get(COUNT) == 0;
        }
      }
      return true;
    } finally {
      state.lock().unlock();
    }
  }

  @Override
  public void countDown() {
    state.lock().lock();
    try {
      long count = state.get(COUNT);
      if (count > 0) {
        state.set(COUNT, count - 1);
      }
      if (count == 1) {
        state.changed().signalAll();
      }
    } finally {
      state.lock().unlock();
    }
  }

  @Override
  public long getCount() {
    return state.get(COUNT);
  }

  @Override
  public String toString() {
    return state + "[Count = " + getCount() + "]";
  }
}
