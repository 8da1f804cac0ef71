package org.dsm4j.node.sync;

import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.dsm4j.node.engine.Engine;
import org.dsm4j.node.engine.Status;

/**
 * A condition of a lock of the cluster. Signals wake the longest waiter of all nodes. A waiter that
 * is signalled and interrupted, or out of time, at once counts as what came first at the lock's
 * home, so that no signal is lost: as the signalled one it returns normally, its interrupt flag
 * set.
 */
final class NodeCondition implements Condition {
  private static final long FOR_EVER = -1;

  private final Engine engine;
  private final NodeLock lock;
  private final long lockId;
  private final long id;
  private final String name;

  NodeCondition(Engine engine, NodeLock lock, long lockId, long id, String name) {
    this.engine = engine;
    this.lock = lock;
    this.lockId = lockId;
    this.id = id;
    this.name = name;
  }

  @Override
  public void await() throws InterruptedException {
    interruptibly(FOR_EVER);
  }

  @Override
  public void awaitUninterruptibly() {
    LockStatus.requireAwaited(this, engine.awaitUninterruptibly(lockId, id, this));
  }

  @Override
  public long awaitNanos(long nanos) throws InterruptedException {
    long wait = Math.max(0, nanos);
    long deadline = System.nanoTime() + wait;
    interruptibly(wait);
    long left = deadline - System.nanoTime();
    return left <= nanos ? left : Long.MIN_VALUE; // a wait for less than nothing, to the end
  }

  @Override
  public boolean await(long time, TimeUnit unit) throws InterruptedException {
    return interruptibly(Math.max(0, unit.toNanos(time)));
  }

  @Override
  public boolean awaitUntil(Date deadline) throws InterruptedException {
    long until = deadline.getTime();
    long now = System.currentTimeMillis();
    return interruptibly(until <= now ? 0 : TimeUnit.MILLISECONDS.toNanos(until - now));
  }

  /** Whether it was signalled; false: the time was over before. */
  private boolean interruptibly(long nanos) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    int status = engine.await(lockId, id, this, nanos);
    if (status == Status.CANCELLED) {
      return false;
    }
    LockStatus.requireAwaited(this, status);
    return true;
  }

  @Override
  public void signal() {
    LockStatus.requireReleased(lock, engine.signal(lockId, id, false));
  }

  @Override
  public void signalAll() {
    LockStatus.requireReleased(lock, engine.signal(lockId, id, true));
  }

  @Override
  public String toString() {
    return "condition " + name + " of " + lock;
  }
}
