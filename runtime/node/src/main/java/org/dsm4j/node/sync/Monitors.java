package org.dsm4j.node.sync;

import org.dsm4j.core.naming.Names;
import org.dsm4j.node.engine.Engine;
import org.dsm4j.node.engine.Status;

/**
 * {@code synchronized}, {@code wait} and {@code notify} on things of the whole cluster, by number:
 * a name's, or a shared address.
 */
public final class Monitors {
  /** A monitor has one condition; those of a {@link NodeLock} have other numbers. */
  private static final long CONDITION = 0;

  private static final long FOR_EVER = -1;

  private final Engine engine;
  private final Names names;

  /** Monitors that are the locks of that engine. */
  public Monitors(Engine engine, Names names) {
    this.engine = engine;
    this.names = names;
  }

  /** Enters; uninterruptibly. */
  public void enter(long id) {
    int status = engine.lock(id, this);
    if (status != 0) {
      LockStatus.requireGranted(engine, id, describe(id), status);
    }
  }

  /** Exits. */
  public void exit(long id) {
    int status = engine.unlock(id);
    if (status != 0) {
      LockStatus.requireReleased(describe(id), status);
    }
  }

  /** Whether the calling thread is inside. */
  public boolean held(long id) {
    return engine.holds(id) > 0;
  }

  /**
   * As {@link Object#wait(long)}.
   *
   * @param timeoutNanos 0 = for ever
   * @return false if the time was over
   */
  public boolean await(long id, long timeoutNanos) throws InterruptedException {
    if (Thread.currentThread().isInterrupted() && held(id)) {
      Thread.interrupted();
      throw new InterruptedException();
    }
    int status = engine.await(id, CONDITION, this, timeoutNanos == 0 ? FOR_EVER : timeoutNanos);
    if (status == Status.CANCELLED) {
      return false;
    }
    if (status != Status.OK) {
      requireOwned(status);
      LockStatus.requireAwaited(describe(id), status);
    }
    return true;
  }

  /** As {@link Object#notify} or {@link Object#notifyAll}. */
  public void signal(long id, boolean all) {
    int status = engine.signal(id, CONDITION, all);
    if (status != Status.OK) {
      requireOwned(status);
      LockStatus.requireReleased(describe(id), status);
    }
  }

  /** Says what Object's methods say, since the program may have been written for them. */
  private static void requireOwned(int status) {
    if (status == Status.NOT_OWNER) {
      throw new IllegalMonitorStateException("current thread is not owner");
    }
  }

  private String describe(long id) {
    String name = names.nameOf(id);
    return "the cluster's monitor " + (name != null ? name : "0x" + Long.toHexString(id));
  }

  @Override
  public String toString() {
    return "the cluster's monitors";
  }
}
