package org.dsm4j.core.allocation;

import org.dsm4j.Consistency;

/**
 * The part of the space from which one node allocates small heap blocks without a message, each
 * where the protocol that it asks for is kept. Thread-safe.
 *
 * <p>Blocks of {@link #LARGE_PAGES} pages or more do not come from here but from the part whose
 * homes take turns, so that a big array's pages are spread over all nodes.
 */
public final class HeapArena {
  /** From this many pages on, a block is spread over all nodes. */
  public static final long LARGE_PAGES = 64;

  private final Geometry geometry;
  private final BumpAllocator release;
  private final BumpAllocator sequential;

  /** The arena of a node. */
  public HeapArena(Geometry geometry, int node) {
    this.geometry = geometry;
    this.release = bump(geometry.arena(node, Consistency.RELEASE));
    this.sequential = bump(geometry.arena(node, Consistency.SEQUENTIAL));
  }

  private static BumpAllocator bump(Geometry.Zone zone) {
    return new BumpAllocator(zone.start(), zone.end());
  }

  private BumpAllocator of(Consistency mode) {
    return mode == Consistency.RELEASE ? release : sequential;
  }

  /** Whether a block of that size is to be spread over all nodes instead. */
  public boolean isLarge(long bytes) {
    return bytes >= LARGE_PAGES * geometry.pageBytes();
  }

  /**
   * Fresh pages.
   *
   * @param bytes at least so many; rounded up to whole pages
   * @param mode the protocol that keeps it
   * @return its offset in the space, or {@link BumpAllocator#FULL}
   */
  public long allocate(long bytes, Consistency mode) {
    return of(mode).allocate(geometry.roundToPages(bytes), geometry.pageBytes());
  }

  /** Bytes of that protocol handed out so far. */
  public long used(Consistency mode) {
    return of(mode).used();
  }
}
