package org.dsm4j.core.allocation;

/**
 * The part of the space from which one node allocates small heap blocks without a message.
 * Thread-safe.
 *
 * <p>Blocks of {@link #LARGE_PAGES} pages or more do not come from here but from the part whose
 * homes take turns, so that a big array's pages are spread over all nodes.
 */
public final class HeapArena {
  /** From this many pages on, a block is spread over all nodes. */
  public static final long LARGE_PAGES = 64;

  private final Geometry geometry;
  private final BumpAllocator bump;

  /** The arena of a node. */
  public HeapArena(Geometry geometry, int node) {
    this.geometry = geometry;
    long start = geometry.arenaStart(node);
    this.bump = new BumpAllocator(start, start + geometry.arenaBytes());
  }

  /** Whether a block of that size is to be spread over all nodes instead. */
  public boolean isLarge(long bytes) {
    return bytes >= LARGE_PAGES * geometry.pageBytes();
  }

  /**
   * A fresh block.
   *
   * @param alignment a power of two, at most the page size
   * @return its offset in the space, or {@link BumpAllocator#FULL}
   */
  public long allocate(long bytes, int alignment) {
    if (alignment > geometry.pageBytes()) {
      throw new IllegalArgumentException(
          "alignment " + alignment + " is more than a page of " + geometry.pageBytes() + " bytes");
    }
    return bump.allocate(bytes, alignment);
  }

  /** Bytes handed out so far. */
  public long used() {
    return bump.used();
  }
}
