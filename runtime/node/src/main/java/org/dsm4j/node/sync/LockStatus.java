package org.dsm4j.node.sync;

import org.dsm4j.DsmException;
import org.dsm4j.NodeLostException;
import org.dsm4j.node.engine.Engine;
import org.dsm4j.node.engine.Status;

/** What the engine's answers to lock operations mean to Java code. */
final class LockStatus {
  private LockStatus() {}

  /** Checks that a lock was granted. */
  static void requireGranted(Engine engine, long id, Object lock, int status) {
    if (status == Status.OK) {
      return;
    }
    if (status == Status.ORPHANED) {
      engine.unlock(id);
      throw orphaned(lock);
    }
    throw failure(lock, status);
  }

  /** Checks that the calling thread held a lock, and what it did with it succeeded. */
  static void requireReleased(Object lock, int status) {
    if (status == Status.NOT_OWNER) {
      throw notHeld(lock);
    }
    if (status != Status.OK) {
      throw failure(lock, status);
    }
  }

  /**
   * Checks that a wait for a condition ended with a signal. A lock whose last holder died stays
   * held, since who called will give it back.
   */
  static void requireAwaited(Object condition, int status) {
    if (status == Status.ORPHANED) {
      throw orphaned(condition);
    }
    requireReleased(condition, status);
  }

  private static NodeLostException orphaned(Object lock) {
    return new NodeLostException(
        lock + ": the node that held the lock died; what it guards may be half done");
  }

  private static IllegalMonitorStateException notHeld(Object lock) {
    return new IllegalMonitorStateException(
        lock + " is not held by thread " + Thread.currentThread().getName());
  }

  static RuntimeException failure(Object what, int status) {
    return switch (status) {
      case Status.LOST -> new NodeLostException(what + ": a node that it needs is lost");
      case Status.CLOSED -> new IllegalStateException(what + ": the node has left the cluster");
      case Status.FULL ->
          new DsmException(
              what
                  + ": a table of the engine is full; more than a million locks and barriers, or more than"
                  + " a thousand waiting threads on one node, are too many");
      default -> new DsmException(what + ": " + Status.describe(status));
    };
  }
}
