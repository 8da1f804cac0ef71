package org.dsm4j.node.sync;

import org.dsm4j.core.naming.Names;
import org.dsm4j.node.engine.Engine;

/**
 * {@code synchronized} on things of the whole cluster, by number: a name's, or a shared address.
 */
public final class Monitors {
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

  /** What wait and notify say until there are condition queues. */
  public UnsupportedOperationException noWaiting(long id) {
    return new UnsupportedOperationException(
        describe(id)
            + ": wait and notify on a monitor of the cluster come with RELEASE consistency, in a later"
            + " version; use a DsmBarrier, or poll under the monitor");
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
