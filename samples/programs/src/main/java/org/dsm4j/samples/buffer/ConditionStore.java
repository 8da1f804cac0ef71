package org.dsm4j.samples.buffer;

import java.util.concurrent.locks.Condition;
import org.dsm4j.Dsm;
import org.dsm4j.DsmLock;

/** One lock with two conditions: each signal goes to a thread that can use it. */
final class ConditionStore implements Store {
  private final DsmLock lock = Dsm.lock("buffer");
  private final Condition notFull = lock.condition("not full");
  private final Condition notEmpty = lock.condition("not empty");

  @Override
  public void put(int producer, int item) throws InterruptedException {
    lock.lock();
    try {
      while (Ring.isFull()) {
        notFull.await();
      }
      Ring.add(producer, item);
      notEmpty.signal();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public long take() throws InterruptedException {
    lock.lock();
    try {
      while (Ring.isEmpty()) {
        if (Ring.isClosed()) {
          return NONE;
        }
        notEmpty.await();
      }
      long value = Ring.remove();
      notFull.signal();
      return value;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void leave() {
    lock.lock();
    try {
      Ring.leave();
      if (Ring.isClosed()) {
        notEmpty.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }
}
