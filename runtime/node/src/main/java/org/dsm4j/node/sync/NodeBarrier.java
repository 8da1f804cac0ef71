package org.dsm4j.node.sync;

import static org.dsm4j.node.engine.Memory.UNSAFE;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.dsm4j.DsmBarrier;
import org.dsm4j.NodeLostException;
import org.dsm4j.node.engine.Engine;
import org.dsm4j.node.engine.Status;

/**
 * A named barrier. It is also what a thread dump says its waiters are parked for.
 *
 * <p>The engine breaks a barrier for those who wait there; that it stays broken is told by a word
 * of SEQUENTIAL memory, which all look at before they wait and now and then while they do.
 *
 * <pre>
 *   epoch u64: even = whole, odd = broken; each reset begins the next even one
 * </pre>
 *
 * Each epoch has an engine barrier of its own, so that those who came in an earlier one are not
 * counted in it.
 */
public final class NodeBarrier implements DsmBarrier {
  private static final long FOR_EVER = -1;

  private final Engine engine;
  private final String name;
  private final long id;
  private final int parties;
  private final LongSupplier memory;

  /** Where the epoch is; 0 = not asked yet. */
  private volatile long address;

  /**
   * The barrier of that number.
   *
   * @param memory gives the address of eight bytes of SEQUENTIAL memory, zero at first, that are
   *     the barrier's on every node; asked when they are needed, once or more
   */
  public NodeBarrier(Engine engine, String name, long id, int parties, LongSupplier memory) {
    if (parties < 1) {
      throw new IllegalArgumentException(
          "DsmBarrier \"" + name + "\" of " + parties + " parties; 1 or more are allowed");
    }
    this.engine = engine;
    this.name = name;
    this.id = id;
    this.parties = parties;
    this.memory = memory;
  }

  private long address() {
    long known = address;
    if (known == 0) {
      known = memory.getAsLong();
      address = known;
    }
    return known;
  }

  private long epoch() {
    return UNSAFE.getLongVolatile(null, address());
  }

  private static boolean isBroken(long epoch) {
    return (epoch & 1) != 0;
  }

  private void breakEpoch(long epoch) {
    UNSAFE.compareAndSetLong(null, address(), epoch, epoch | 1);
  }

  @Override
  public boolean isBroken() {
    return isBroken(epoch());
  }

  @Override
  public void reset() {
    long seen;
    do {
      seen = epoch();
    } while (!UNSAFE.compareAndSetLong(null, address(), seen, (seen | 1) + 1));
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
    check(await(FOR_EVER));
  }

  @Override
  public void await(long timeout, TimeUnit unit)
      throws InterruptedException, BrokenBarrierException, TimeoutException {
    int status = await(Math.max(0, unit.toNanos(timeout)));
    if (status == Status.CANCELLED) {
      throw new TimeoutException(this + ": not all came within " + unit.toMillis(timeout) + " ms");
    }
    check(status);
  }

  /** The status of a wait; {@link Status#CANCELLED}: the time was over. */
  private int await(long nanos) throws InterruptedException {
    long epoch = epoch();
    if (isBroken(epoch)) {
      return Status.BROKEN;
    }
    try {
      int status =
          engine.barrierInterruptibly(id + epoch, parties, this, nanos, () -> epoch() != epoch);
      if (status == Status.CANCELLED && epoch() != epoch) {
        return Status.BROKEN;
      }
      if (status == Status.CANCELLED) {
        breakEpoch(epoch);
      }
      return status;
    } catch (InterruptedException interrupt) {
      breakEpoch(epoch);
      throw interrupt;
    }
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
