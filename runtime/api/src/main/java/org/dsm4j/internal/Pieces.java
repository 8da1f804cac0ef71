package org.dsm4j.internal;

import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import org.dsm4j.Consistency;

/** Ranges of memory that wait for a thread to cut blocks from. Not thread-safe. */
final class Pieces {
  /** Of no use to anybody. */
  private static final long SMALLEST_BYTES = 64;

  /** More are not kept. */
  private static final int MOST = 256;

  /** How many are looked at for one that is large enough. */
  private static final int TRIES = 4;

  private final Map<Consistency, ArrayDeque<long[]>> ranges = new EnumMap<>(Consistency.class);

  Pieces() {
    for (Consistency mode : Consistency.values()) {
      ranges.put(mode, new ArrayDeque<>());
    }
  }

  /**
   * Adds the range [start, end).
   *
   * @return false if it is not kept: too small to be of use, or one too many
   */
  boolean add(long start, long end, Consistency mode) {
    ArrayDeque<long[]> kept = ranges.get(mode);
    if (end - start < SMALLEST_BYTES || kept.size() >= MOST) {
      return false;
    }
    kept.addFirst(new long[] {start, end});
    return true;
  }

  /** A range of at least so many bytes, which is the caller's from now on; or null. */
  long[] take(long least, Consistency mode) {
    Iterator<long[]> all = ranges.get(mode).iterator();
    for (int i = 0; i < TRIES && all.hasNext(); i++) {
      long[] range = all.next();
      if (range[1] - range[0] >= least) {
        all.remove();
        return range;
      }
    }
    return null;
  }

  void clear() {
    ranges.values().forEach(ArrayDeque::clear);
  }
}
