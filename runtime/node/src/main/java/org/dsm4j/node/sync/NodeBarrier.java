package org.dsm4j.node.sync;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.dsm4j.DsmBarrier;
import org.dsm4j.NodeLostException;
import org.dsm4j.node.engine.Engine;
import org.dsm4j.node.engine.Status;

/** A named barrier. It is also what a thread dump says its waiters are parked for. */
public final class NodeBarrier implements DsmBarrier {
  private static final long FOR_EVER = -1;

  private final Engine engine;
  private final String name;
  private final long id;
  private final int parties;

  /** The barrier of that number. */
  public NodeBarrier(Engine engine, String name, long id, int parties) {
    if (parties < 1) {
      throw new IllegalArgumentException(
          "DsmBarrier \"" + name + "\" of " + parties + " parties; 1 or more are allowed");
    }
    this.engine = engine;
    this.name = name;
    this.id = id;
    this.parties = parties;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int parties() {
    return parties;
  }

  @Override
  public void await() throws InterruptedException, BrokenBarrierException {
    check(engine.barrierInterruptibly(id, parties, this, FOR_EVER));
  }

  @Override
  public void await(long timeout, TimeUnit unit)
      throws InterruptedException, BrokenBarrierException, TimeoutException {
    int status = engine.barrierInterruptibly(id, parties, this, Math.max(0, unit.toNanos(timeout)));
    if (status == Status.CANCELLED) {
      throw new TimeoutException(this + ": not all came within " + unit.toMillis(timeout) + " ms");
    }
    check(status);
  }

  /** Waits whatever interrupts it (the flag is kept), as {@code Dsm.barrier()} does. */
  public void awaitUninterruptibly() {
    int status = engine.barrier(id, parties, this);
    if (status == Status.BROKEN) {
      throw new NodeLostException(this + " is broken: a node is lost");
    }
    if (status != Status.OK) {
      throw failure(status);
    }
  }

  private void check(int status) throws BrokenBarrierException {
    if (status == Status.BROKEN) {
      throw new BrokenBarrierException(
          this + ": a party died, timed out or was interrupted while it waited");
    }
    if (status != Status.OK) {
      throw failure(status);
    }
  }

  private RuntimeException failure(int status) {
    if (status == Status.PARTIES) {
      return new IllegalStateException(
          this
              + " of "
              + parties
              + " parties: another thread named another number; name the same one everywhere");
    }
    return LockStatus.failure(this, status);
  }

  @Override
  public String toString() {
    return "DsmBarrier \"" + name + "\"";
  }
}
