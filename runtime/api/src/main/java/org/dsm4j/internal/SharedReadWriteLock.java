package org.dsm4j.internal;

import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A {@link ReentrantReadWriteLock} of the whole cluster. A reader that comes while writers wait
 * waits too, unless it reads already. Thread-safe.
 */
final class SharedReadWriteLock extends ReentrantReadWriteLock {
  private static final long serialVersionUID = 1L;
  private static final int READERS = 0;

  /** The node that has the write lock, plus one; or 0. */
  private static final int WRITER = 1;

  private static final int WRITERS_WAITING = 2;

  private final transient SharedState state;
  private final transient Read read;
  private final transient Write write;
  private final transient ThreadLocal<int[]> readHolds = ThreadLocal.withInitial(() -> new int[1]);

  /** The thread of this node that writes, and how often it has the lock. */
  private transient volatile Thread writer;

  private transient volatile int writeHolds;

  SharedReadWriteLock(String name, ReentrantReadWriteLock first) {
    super(first.isFair());
    state = new SharedState(name, ReentrantReadWriteLock.class, 0, 0, 0);
    read = new Read(this);
    write = new Write(this);
  }

  @Override
  public ReadLock readLock() {
    return read;
  }

  @Override
  public WriteLock writeLock() {
    return write;
  }

  @Override
  public int getReadLockCount() {
    return (int) state.get(READERS);
  }

  @Override
  public boolean isWriteLocked() {
    return state.get(WRITER) != 0;
  }

  @Override
  public boolean isWriteLockedByCurrentThread() {
    return writer == Thread.currentThread();
  }

  @Override
  public int getWriteHoldCount() {
    return isWriteLockedByCurrentThread() ? writeHolds : 0;
  }

  @Override
  public int getReadHoldCount() {
    return readHolds.get()[0];
  }

  @Override
  public String toString() {
    return state
        + "[Write locks = "
        + (isWriteLocked() ? 1 : 0)
        + ", Read locks = "
        + getReadLockCount()
        + "]";
  }

  /** What a thread that cannot have the lock yet does with the state's lock held. */
  private interface Waiting {
    /** False: the time is over. */
    boolean once() throws InterruptedException;
  }

  private Waiting interruptibly() {
    return () -> {
      state.changed().await();
      return true;
    };
  }

  private Waiting until(long deadline) {
    return () -> state.changed().awaitNanos(deadline - System.nanoTime()) > 0;
  }

  /** Uninterruptible waits, whose exception cannot come. */
  private static AssertionError impossible(InterruptedException e) {
    return new AssertionError("an uninterruptible wait was interrupted", e);
  }

  private Waiting uninterruptibly() {
    return () -> {
      state.changed().awaitUninterruptibly();
      return true;
    };
  }

  // ---- reading ------------------------------------------------------------------------------

  private boolean mayRead(boolean barging) {
    long writing = state.get(WRITER);
    if (isWriteLockedByCurrentThread() || readHolds.get()[0] > 0) {
      return true;
    }
    return writing == 0 && (barging || state.get(WRITERS_WAITING) == 0);
  }

  /** With the state's lock held. Whether it got the lock in time. */
  private boolean read(Waiting waiting) throws InterruptedException {
    boolean inTime = true;
    while (!mayRead(false)) {
      if (!inTime) {
        return false;
      }
      inTime = waiting.once();
    }
    addReader();
    return true;
  }

  private void addReader() {
    state.set(READERS, state.get(READERS) + 1);
    readHolds.get()[0]++;
  }

  private final class Read extends ReadLock {
    private static final long serialVersionUID = 1L;

    Read(ReentrantReadWriteLock lock) {
      super(lock);
    }

    @Override
    public void lock() {
      state.lock().lock();
      try {
        read(uninterruptibly());
      } catch (InterruptedException e) {
        throw impossible(e);
      } finally {
        state.lock().unlock();
      }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
      state.lock().lockInterruptibly();
      try {
        read(interruptibly());
      } finally {
        state.lock().unlock();
      }
    }

    @Override
    public boolean tryLock() {
      state.lock().lock();
      try {
        boolean may = mayRead(true);
        if (may) {
          addReader();
        }
        return may;
      } finally {
        state.lock().unlock();
      }
    }

    @Override
    public boolean tryLock(long timeout, TimeUnit unit) throws InterruptedException {
      long nanos = unit.toNanos(timeout);
      long deadline = System.nanoTime() + nanos;
      if (!state.lock().tryLock(Math.max(1, nanos), TimeUnit.NANOSECONDS)) {
        return false;
      }
      try {
        return read(until(deadline));
      } finally {
        state.lock().unlock();
      }
    }

    @Override
    public void unlock() {
      int[] holds = readHolds.get();
      if (holds[0] == 0) {
        throw new IllegalMonitorStateException(
            "attempt to unlock read lock, not locked by current thread");
      }
      state.lock().lock();
      try {
        holds[0]--;
        long readers = state.get(READERS) - 1;
        state.set(READERS, readers);
        if (readers == 0) {
          state.changed().signalAll();
        }
      } finally {
        state.lock().unlock();
      }
    }

    @Override
    public Condition newCondition() {
      throw new UnsupportedOperationException();
    }

    @Override
    public String toString() {
      return state + "[Read locks = " + getReadLockCount() + "]";
    }
  }

  // ---- writing ------------------------------------------------------------------------------

  private boolean mayWrite() {
    return isWriteLockedByCurrentThread() || state.get(WRITER) == 0 && state.get(READERS) == 0;
  }

  private void takeWrite(int holds) {
    state.set(WRITER, Runtimes.current().node() + 1L);
    writer = Thread.currentThread();
    writeHolds += holds;
  }

  /** With the state's lock held. Whether it got the lock in time. */
  private boolean write(Waiting waiting, int holds) throws InterruptedException {
    boolean inTime = true;
    if (!mayWrite()) {
      state.set(WRITERS_WAITING, state.get(WRITERS_WAITING) + 1);
      try {
        while (!mayWrite()) {
          if (!inTime) {
            return false;
          }
          inTime = waiting.once();
        }
      } finally {
        state.set(WRITERS_WAITING, state.get(WRITERS_WAITING) - 1);
        if (!mayWrite()) {
          state.changed().signalAll(); // readers waited for this one
        }
      }
    }
    takeWrite(holds);
    return true;
  }

  private void giveWrite() {
    writer = null;
    writeHolds = 0;
    state.set(WRITER, 0);
    state.changed().signalAll();
  }

  private void requireWriter() {
    if (!isWriteLockedByCurrentThread()) {
      throw new IllegalMonitorStateException();
    }
  }

  private final class Write extends WriteLock {
    private static final long serialVersionUID = 1L;

    Write(ReentrantReadWriteLock lock) {
      super(lock);
    }

    @Override
    public void lock() {
      state.lock().lock();
      try {
        write(uninterruptibly(), 1);
      } catch (InterruptedException e) {
        throw impossible(e);
      } finally {
        state.lock().unlock();
      }
    }

    @Override
    public void lockInterruptibly() throws InterruptedException {
      state.lock().lockInterruptibly();
      try {
        write(interruptibly(), 1);
      } finally {
        state.lock().unlock();
      }
    }

    @Override
    public boolean tryLock() {
      state.lock().lock();
      try {
        boolean may = mayWrite();
        if (may) {
          takeWrite(1);
        }
        return may;
      } finally {
        state.lock().unlock();
      }
    }

    @Override
    public boolean tryLock(long timeout, TimeUnit unit) throws InterruptedException {
      long nanos = unit.toNanos(timeout);
      long deadline = System.nanoTime() + nanos;
      if (!state.lock().tryLock(Math.max(1, nanos), TimeUnit.NANOSECONDS)) {
        return false;
      }
      try {
        return write(until(deadline), 1);
      } finally {
        state.lock().unlock();
      }
    }

    @Override
    public void unlock() {
      requireWriter();
      if (writeHolds > 1) {
        writeHolds--;
        return;
      }
      state.lock().lock();
      try {
        giveWrite();
      } finally {
        state.lock().unlock();
      }
    }

    @Override
    public Condition newCondition() {
      return new WriteCondition(state.lock().newCondition());
    }

    @Override
    public boolean isHeldByCurrentThread() {
      return isWriteLockedByCurrentThread();
    }

    @Override
    public int getHoldCount() {
      return getWriteHoldCount();
    }

    @Override
    public String toString() {
      return state + (isWriteLocked() ? "[Locked]" : "[Unlocked]");
    }
  }

  /** One wait for a condition of the write lock. */
  private interface Wait {
    long run() throws InterruptedException;
  }

  /** A condition of the write lock, which a wait gives up, and has again at its end. */
  private final class WriteCondition implements Condition {
    private final Condition condition;

    WriteCondition(Condition condition) {
      this.condition = condition;
    }

    private long await(Wait wait) throws InterruptedException {
      requireWriter();
      state.lock().lock();
      try {
        int kept = writeHolds;
        giveWrite();
        try {
          return wait.run();
        } finally {
          write(uninterruptibly(), kept);
        }
      } finally {
        state.lock().unlock();
      }
    }

    private static void checkInterrupt() throws InterruptedException {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
    }

    @Override
    public void await() throws InterruptedException {
      checkInterrupt();
      await(
          () -> {
            condition.await();
            return 0;
          });
    }

    @Override
    public void awaitUninterruptibly() {
      try {
        await(
            () -> {
              condition.awaitUninterruptibly();
              return 0;
            });
      } catch (InterruptedException e) {
        throw impossible(e);
      }
    }

    @Override
    public long awaitNanos(long nanos) throws InterruptedException {
      checkInterrupt();
      return await(() -> condition.awaitNanos(nanos));
    }

    @Override
    public boolean await(long time, TimeUnit unit) throws InterruptedException {
      checkInterrupt();
      return await(() -> condition.await(time, unit) ? 1 : 0) != 0;
    }

    @Override
    public boolean awaitUntil(Date deadline) throws InterruptedException {
      checkInterrupt();
      return await(() -> condition.awaitUntil(deadline) ? 1 : 0) != 0;
    }

    @Override
    public void signal() {
      signal(false);
    }

    @Override
    public void signalAll() {
      signal(true);
    }

    private void signal(boolean all) {
      requireWriter();
      state.lock().lock();
      try {
        if (all) {
          condition.signalAll();
        } else {
          condition.signal();
        }
      } finally {
        state.lock().unlock();
      }
    }
  }
}
