package org.dsm4j.internal;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * What of the pages of this node's small blocks was freed: one bit for 16 bytes, of pages of which
 * something was. A page all of whose bytes are free is given back, on all nodes; with others, so
 * that a message tells of many: when enough have come together, or some time after the last.
 *
 * <p>What was never handed out, at the end of a piece of memory, counts as freed. Freeing twice
 * counts once. Never touches shared memory. Thread-safe.
 */
final class PageLedger {
  private static final int PAGE_SHIFT = 12;
  private static final int GRANULE_SHIFT = 4;
  private static final int GRANULES = 1 << PAGE_SHIFT - GRANULE_SHIFT;
  private static final int WORDS = GRANULES >> 6;

  /** Pages that wait to be given back together; 1 MiB. */
  static final int PENDING_MAX = 256;

  private static final long PENDING_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Gives pages back. */
  interface Giver {
    /**
     * @param spans address, bytes, address, bytes ...
     * @param mayWait whether it returns when it is done, so that nobody frees faster than that
     */
    void giveBack(long[] spans, boolean mayWait);
  }

  private final Giver giver;
  // Guarded by this.
  private final Map<Long, long[]> pages = new HashMap<>();
  private final long[] pending = new long[PENDING_MAX];
  private int pendingCount;
  private long given;

  PageLedger(Giver giver) {
    this.giver = giver;
  }

  /**
   * A block was freed.
   *
   * @param clock tells the time in nanoseconds, monotonic; asked when a page is free
   * @param mayWait whether the caller may wait until pages are given back
   */
  void freed(long block, long bytes, LongSupplier clock, boolean mayWait) {
    long[] spans;
    synchronized (this) {
      long end = block + bytes + (1 << GRANULE_SHIFT) - 1 >>> GRANULE_SHIFT;
      for (long granule = block >>> GRANULE_SHIFT; granule < end; ) {
        long page = granule >>> PAGE_SHIFT - GRANULE_SHIFT;
        long next = Math.min(end, page + 1 << PAGE_SHIFT - GRANULE_SHIFT);
        freed(page, (int) granule & GRANULES - 1, (int) (next - granule));
        granule = next;
      }
      spans = pendingCount == 0 ? null : due(clock.getAsLong(), PENDING_MAX / 2);
    }
    giveBack(spans, mayWait);
  }

  private void freed(long page, int first, int count) {
    if (count == GRANULES) {
      pages.remove(page);
      pending(page);
      return;
    }
    long[] bits = pages.computeIfAbsent(page, key -> new long[WORDS]);
    for (int granule = first; granule < first + count; granule++) {
      bits[granule >> 6] |= 1L << granule;
    }
    for (long word : bits) {
      if (word != -1) {
        return;
      }
    }
    pages.remove(page);
    pending(page);
  }

  private void pending(long page) {
    if (pendingCount < PENDING_MAX) {
      pending[pendingCount++] = page;
    }
  }

  /** Gives back what has waited for long enough. */
  void flush(long now) {
    long[] spans;
    synchronized (this) {
      spans = due(now, PENDING_MAX);
    }
    giveBack(spans, false);
  }

  private void giveBack(long[] spans, boolean mayWait) {
    if (spans != null) {
      giver.giveBack(spans, mayWait);
    }
  }

  private long[] due(long now, int many) {
    if (pendingCount == 0 || pendingCount < many && now - given < PENDING_NANOS) {
      return null;
    }
    Arrays.sort(pending, 0, pendingCount);
    long[] spans = new long[2 * pendingCount];
    int used = 0;
    for (int i = 0; i < pendingCount; i++) {
      long address = pending[i] << PAGE_SHIFT;
      if (used > 0 && spans[used - 2] + spans[used - 1] == address) {
        spans[used - 1] += 1 << PAGE_SHIFT;
      } else {
        spans[used++] = address;
        spans[used++] = 1 << PAGE_SHIFT;
      }
    }
    pendingCount = 0;
    given = now;
    return Arrays.copyOf(spans, used);
  }

  /** Others give these pages back. */
  synchronized void forget(long address, long bytes) {
    for (long at = address; at < address + bytes && !pages.isEmpty(); at += 1 << PAGE_SHIFT) {
      pages.remove(at >>> PAGE_SHIFT);
    }
  }

  /** Pages of which something, but not all, was freed. */
  synchronized int pagesHeld() {
    return pages.size();
  }
}
