package org.dsm4j.internal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.dsm4j.DsmException;

/**
 * The 16 bytes before the address of everything that a shared reference may name:
 *
 * <pre>
 *   -16 length (int)   -12 kind (int, {@link Kinds})   -8 type (long)
 * </pre>
 *
 * Arrays: length in elements; type, of an array whose elements are references in the end, the
 * reference of their class. Instances: type is the reference of their class. Values (a String, an
 * enum constant ...): see {@link Values}.
 *
 * <p>The creator writes the header last, and before it publishes a reference. A node that comes by
 * a reference through a data race may have an older copy of the page, in which the header is zero:
 * it fetches the page anew until the header has come, which it does once the creator's node has
 * released it. So nobody ever sees a header's memory before it was written.
 */
final class Headers {
  static final int BYTES = 16;

  /** How long a reference may be ahead of what it names. */
  private static final long ARRIVAL_BOUND_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final long POLL_NANOS = TimeUnit.MICROSECONDS.toNanos(50);

  private static final long LENGTH = -16;
  private static final long KIND = -12;
  private static final long TYPE = -8;

  private Headers() {}

  /** Writes a header; what lies at the address is complete before it. */
  static void write(long address, int kind, int length, long type) {
    Memory.U.putLong(null, address + TYPE, type);
    Memory.U.storeFence();
    Memory.U.putLong(null, address + LENGTH, (long) kind << 32 | length & 0xffff_ffffL);
    Memory.U.storeFence();
  }

  /** The header has come: without a question. */
  static int length(long address) {
    return Memory.U.getInt(address + LENGTH);
  }

  /** The header has come: without a question. */
  static int kind(long address) {
    return Memory.U.getInt(address + KIND);
  }

  /** The header has come: without a question. */
  static long type(long address) {
    return Memory.U.getLong(address + TYPE);
  }

  /** Marks what lies there as freed, for nodes that come by the address later. */
  static void free(long address) {
    Memory.U.putInt(address + KIND, Kinds.FREED);
  }

  /**
   * The kind of what lies at an address, once it has arrived.
   *
   * @throws IllegalStateException if it was freed
   * @throws DsmException if it does not arrive in time: its creator never synchronized
   */
  static int await(long address) {
    int kind = kind(address);
    if (kind > 0) {
      return kind;
    }
    return awaitSlowly(address);
  }

  private static int awaitSlowly(long address) {
    long start = System.nanoTime();
    while (true) {
      int kind = kind(address);
      if (kind > 0) {
        return kind;
      }
      if (kind == Kinds.FREED || SharedArrays.isFreed(address)) {
        throw freed(address);
      }
      refreshOrFail(
          address, start, "what a reference names has not arrived; publish it under a lock");
    }
  }

  static IllegalStateException freed(long address) {
    return new IllegalStateException(
        "what the reference 0x"
            + Long.toHexString(SharedSpace.reference(address))
            + " names was freed, alone or with its region; do not use it after Dsm.free");
  }

  /**
   * Fetches the bytes before and at an address anew, for one whose content is not all here yet.
   *
   * @param start when the wait began, in nanoseconds of {@link System#nanoTime}
   * @throws DsmException if the wait is too long
   */
  static void refreshOrFail(long address, long bytes, long start, String what) {
    if (System.nanoTime() - start > ARRIVAL_BOUND_NANOS) {
      throw new DsmException(
          what
              + " (waited "
              + TimeUnit.NANOSECONDS.toSeconds(ARRIVAL_BOUND_NANOS)
              + " s for 0x"
              + Long.toHexString(SharedSpace.reference(address))
              + " on node "
              + Runtimes.current().node()
              + ")");
    }
    Runtimes.current().refresh(address - BYTES, bytes + BYTES);
    LockSupport.parkNanos(POLL_NANOS);
  }

  private static void refreshOrFail(long address, long start, String what) {
    refreshOrFail(address, 0, start, what);
  }
}
