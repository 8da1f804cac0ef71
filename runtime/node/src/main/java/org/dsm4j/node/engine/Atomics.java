package org.dsm4j.node.engine;

import static org.dsm4j.node.engine.Memory.UNSAFE;

import org.dsm4j.DsmException;
import org.dsm4j.NodeLostException;

/**
 * Atomic operations on RELEASE memory, where a page that is here may be one of many copies, so that
 * the processor's own would be atomic on this node only. The engine does them at the page's home.
 *
 * <p>Each is a release, and an acquire of what earlier ones on the same word released. Widths are 4
 * and 8 bytes, naturally aligned; a value of 4 bytes is the low half of the {@code long}.
 * Thread-safe.
 */
public final class Atomics {
  private static final int ADD = 1;
  private static final int COMPARE_SET = 3;

  private final LibDsm library;
  private final long engine;
  private final long base;
  private final boolean alone;
  private final FailedWaits failedWaits;

  Atomics(LibDsm library, long engine, long base, boolean alone, FailedWaits failedWaits) {
    this.library = library;
    this.engine = engine;
    this.base = base;
    this.alone = alone;
    this.failedWaits = failedWaits;
  }

  /** Adds to 4 bytes; returns what was there before. */
  public int getAndAddInt(long address, int delta) {
    return alone
        ? UNSAFE.getAndAddInt(null, address, delta)
        : (int) operate(address, 4, ADD, delta & 0xffff_ffffL, 0);
  }

  /** Adds to 8 bytes; returns what was there before. */
  public long getAndAddLong(long address, long delta) {
    return alone ? UNSAFE.getAndAddLong(null, address, delta) : operate(address, 8, ADD, delta, 0);
  }

  /** Sets 4 bytes if they are as expected; true if they were. */
  public boolean compareAndSetInt(long address, int expected, int value) {
    return alone
        ? UNSAFE.compareAndSetInt(null, address, expected, value)
        : (int) operate(address, 4, COMPARE_SET, value & 0xffff_ffffL, expected & 0xffff_ffffL)
            == expected;
  }

  /** Sets 8 bytes if they are as expected; true if they were. */
  public boolean compareAndSetLong(long address, long expected, long value) {
    return alone
        ? UNSAFE.compareAndSetLong(null, address, expected, value)
        : operate(address, 8, COMPARE_SET, value, expected) == expected;
  }

  private long operate(long address, int width, int operation, long operand, long expected) {
    TicketCell cell = TicketCell.ofCurrentThread();
    int status =
        library.dsm_atomic(
            engine, address - base, width, operation, operand, expected, cell.address());
    if (status == Status.OK) {
      return UNSAFE.getLong(cell.address());
    }
    failedWaits.holdIfProcessEnds(status);
    throw failure(status);
  }

  private static RuntimeException failure(int status) {
    return switch (status) {
      case Status.LOST ->
          new NodeLostException(
              "an atomic operation: a node that it needs is lost; whether it was done is not known");
      case Status.CLOSED ->
          new IllegalStateException("an atomic operation: the node has left the cluster");
      default -> new DsmException("an atomic operation failed: " + Status.describe(status));
    };
  }
}
