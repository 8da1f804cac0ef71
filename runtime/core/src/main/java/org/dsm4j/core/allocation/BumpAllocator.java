package org.dsm4j.core.allocation;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Hands out ascending, never overlapping ranges of [start, end). What was handed out is never
 * handed out again. Thread-safe, lock-free.
 */
public final class BumpAllocator {
  /** What {@link #allocate} returns when the rest is too small. */
  public static final long FULL = -1;

  private final long start;
  private final long end;
  private final AtomicLong next;

  /** An allocator for the bytes of [start, end). */
  public BumpAllocator(long start, long end) {
    if (start < 0 || end < start) {
      throw new IllegalArgumentException("no range: [" + start + ", " + end + ")");
    }
    this.start = start;
    this.end = end;
    this.next = new AtomicLong(start);
  }

  /**
   * A fresh range.
   *
   * @param bytes its size, more than 0
   * @param alignment of its start, a power of two
   * @return its start, or {@link #FULL}
   */
  public long allocate(long bytes, long alignment) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("a block of " + bytes + " bytes");
    }
    if (alignment <= 0 || Long.bitCount(alignment) != 1) {
      throw new IllegalArgumentException("alignment " + alignment + " is no power of two");
    }
    while (true) {
      long seen = next.get();
      long aligned = (seen + alignment - 1) & -alignment;
      if (aligned < seen || aligned > end || bytes > end - aligned) {
        return FULL;
      }
      if (next.compareAndSet(seen, aligned + bytes)) {
        return aligned;
      }
    }
  }

  /** Bytes handed out so far, those lost to alignment included. */
  public long used() {
    return next.get() - start;
  }
}
