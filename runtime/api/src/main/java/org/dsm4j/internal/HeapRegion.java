package org.dsm4j.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.dsm4j.Consistency;
import org.dsm4j.DsmException;
import org.dsm4j.SharedRegion;

/**
 * A region as this node has it: the memory that the node's threads have taken for it. A thread in a
 * scope has a piece of it for itself, and leaves the rest of that when it goes. Thread-safe.
 */
final class HeapRegion implements SharedRegion {
  /** The first piece that a region takes; each next is twice as large, up to the last. */
  private static final long FIRST_BYTES = SharedArrays.PAGE_BYTES;

  /** Less than what the manager is asked for. */
  private static final long LARGEST_BYTES = 1 << 17;

  /** The most ranges of memory that one node may have in a region: what one message can tell. */
  private static final int SPANS_MAX = 50_000;

  private static final int STRINGS_MAX = 4_096;

  private final String name;
  private final long number;

  /** The blocks of strings that this node has stored into the region. */
  private final Map<String, Long> strings = new ConcurrentHashMap<>();

  // Guarded by this.
  private final Pieces rests = new Pieces();
  private final List<long[]> spans = new ArrayList<>();
  private long nextBytes = FIRST_BYTES;
  private long bytes;

  private volatile boolean freed;

  /** A region that is open; {@code number} is the cluster's, never used for another. */
  HeapRegion(String name, long number) {
    this.name = name;
    this.number = number;
  }

  long number() {
    return number;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Scope enter() {
    checkLive();
    return new RegionScope(this);
  }

  @Override
  public void free() {
    checkLive();
    Regions.free(this);
  }

  @Override
  public boolean isFreed() {
    return freed;
  }

  @Override
  public synchronized long bytes() {
    return bytes;
  }

  /**
   * Refuses what is freed. Asked again after something was made: whoever marks the region first and
   * looks for handles then, sees that of whoever was not refused.
   */
  void checkLive() {
    if (freed) {
      throw new IllegalStateException(
          "the shared region \""
              + name
              + "\" was freed; open it anew with Dsm.region, and free it when nobody uses it any more");
    }
  }

  /**
   * Memory for a thread in a scope to cut blocks from.
   *
   * @param least that it must have, in bytes, a multiple of 16
   * @return its first address and the one after its last
   */
  long[] take(long least, Consistency mode) {
    checkLive();
    long size;
    synchronized (this) {
      long[] rest = rests.take(least, mode);
      if (rest != null) {
        return rest;
      }
      size = Math.max(nextBytes, SharedArrays.wholePages(least));
      nextBytes = Math.min(nextBytes * 2, LARGEST_BYTES);
    }
    long start = pages(size, mode);
    return new long[] {start, start + size};
  }

  /**
   * Whole pages of the region's; their first address. Asks the manager for many, so not under the
   * lock: the control plane's thread takes that to mark the region.
   */
  long pages(long size, Consistency mode) {
    checkLive();
    checkRoom();
    long start = Runtimes.current().allocatePages(size, mode);
    if (!add(start, size)) {
      Runtimes.current().freeHeap(start, size); // the region was freed in the meantime
      checkLive();
    }
    return start;
  }

  private synchronized void checkRoom() {
    if (spans.size() >= SPANS_MAX) {
      throw new DsmException(
          "the shared region \""
              + name
              + "\" consists of "
              + SPANS_MAX
              + " pieces on node "
              + Runtimes.current().node()
              + ", more than can be freed at once; free regions earlier, or make fewer large arrays in one");
    }
  }

  private synchronized boolean add(long start, long size) {
    if (freed) {
      return false;
    }
    bytes += size;
    long[] last = spans.isEmpty() ? null : spans.get(spans.size() - 1);
    if (last != null && last[1] == start) {
      last[1] = start + size;
    } else {
      spans.add(new long[] {start, start + size});
    }
    return true;
  }

  /** What a thread leaves of what it took. */
  synchronized void leave(long start, long end, Consistency mode) {
    if (!freed) {
      rests.add(start, end, mode);
    }
  }

  /** The block of an equal string that this node has stored into the region, or null. */
  Long string(String text) {
    return strings.get(text);
  }

  void remember(String text, long reference) {
    if (strings.size() < STRINGS_MAX) {
      strings.put(text, reference);
    }
  }

  /**
   * From now on nobody gets memory of it.
   *
   * @return the ranges that this node has taken for it: address, bytes, address, bytes ...
   */
  synchronized long[] markFreed() {
    freed = true;
    long[] taken = new long[spans.size() * 2];
    for (int i = 0; i < spans.size(); i++) {
      taken[2 * i] = spans.get(i)[0];
      taken[2 * i + 1] = spans.get(i)[1] - spans.get(i)[0];
    }
    spans.clear();
    rests.clear();
    strings.clear();
    bytes = 0;
    return taken;
  }

  @Override
  public String toString() {
    return "SharedRegion[" + name + (freed ? ", freed" : "") + "]";
  }
}
