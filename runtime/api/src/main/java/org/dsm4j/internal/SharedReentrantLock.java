package org.dsm4j.internal;

import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.dsm4j.DsmLock;

/**
 * A {@link ReentrantLock} of the whole cluster: nodes get it in the order in which they asked, fair
 * or not. The n-th condition that is made on a node is the same as the n-th made on another.
 * Thread-safe.
 */
final class SharedReentrantLock extends ReentrantLock {
  private static final long serialVersionUID = 1L;

  private final transient DsmLock lock;
  private final transient String name;

  /** How often the thread that has the lock has it; only that thread uses it. */
  private transient int holds;

  SharedReentrantLock(String name, ReentrantLock first) {
    super(first.isFair());
    this.name = name;
    lock = Runtimes.current().lock("java.util.concurrent:" + name);
  }

  @Override
  public void lock() {
    lock.lock();
    holds++;
  }

  @Override
  public void lockInterruptibly() throws InterruptedException {
    lock.lockInterruptibly();
    holds++;
  }

  @Override
  public boolean tryLock() {
    boolean locked = lock.tryLock();
    if (locked) {
      holds++;
    }
    return locked;
  }

  @Override
  public boolean tryLock(long timeout, TimeUnit unit) throws InterruptedException {
    boolean locked = lock.tryLock(timeout, unit);
    if (locked) {
      holds++;
    }
    return locked;
  }

  @Override
  public void unlock() {
    if (!lock.isHeldByCurrentThread()) {
      throw new IllegalMonitorStateException();
    }
    holds--;
    lock.unlock();
  }

  @Override
  public Condition newCondition() {
    return new HoldsKept(lock.newCondition());
  }

  @Override
  public boolean isHeldByCurrentThread() {
    return lock.isHeldByCurrentThread();
  }

  @Override
  public int getHoldCount() {
    return lock.isHeldByCurrentThread() ? holds : 0;
  }

  @Override
  public boolean isLocked() {
    if (lock.isHeldByCurrentThread()) {
      return true;
    }
    boolean free = lock.tryLock();
    if (free) {
      lock.unlock();
    }
    return !free;
  }

  @Override
  public boolean hasWaiters(Condition condition) {
    throw uncounted();
  }

  @Override
  public int getWaitQueueLength(Condition condition) {
    throw uncounted();
  }

  private static UnsupportedOperationException uncounted() {
    return new UnsupportedOperationException(
        "the waiters of a shared ReentrantLock's condition are not counted: they are on all nodes;"
            + " count them in a shared variable");
  }

  @Override
  public String toString() {
    return "shared " + name + (isLocked() ? "[Locked]" : "[Unlocked]");
  }

  /** A condition of the lock. A wait gives all holds up, and has them again at its end. */
  private final class HoldsKept implements Condition {
    private final Condition condition;

    HoldsKept(Condition condition) {
      this.condition = condition;
    }

    /** All holds of this thread are about to be given up, if it has the lock. */
    private int before() {
      if (!lock.isHeldByCurrentThread()) {
        return 0;
      }
      int kept = holds;
      holds = 0;
      return kept;
    }

    private void after(int kept) {
      if (kept > 0) {
        holds = kept;
      }
    }

    @Override
    public void await() throws InterruptedException {
      int kept = before();
      try {
        condition.await();
      } finally {
        after(kept);
      }
    }

    @Override
    public void awaitUninterruptibly() {
      int kept = before();
      try {
        condition.awaitUninterruptibly();
      } finally {
        after(kept);
      }
    }

    @Override
    public long awaitNanos(long nanos) throws InterruptedException {
      int kept = before();
      try {
        return condition.awaitNanos(nanos);
      } finally {
        after(kept);
      }
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
      int kept = before();
      try {
        return condition.await(time, unit);
      } finally {
        after(kept);
      }
    }

    @Override
    public boolean awaitUntil(Date deadline) throws InterruptedException {
      int kept = before();
      try {
        return condition.awaitUntil(deadline);
      } finally {
        after(kept);
      }
    }

    @Override
    public void signal() {
      condition.signal();
    }

    @Override
    public void signalAll() {
      condition.signalAll();
    }
  }
}
