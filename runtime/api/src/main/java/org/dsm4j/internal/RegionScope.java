package org.dsm4j.internal;

import org.dsm4j.SharedRegion;

/** A thread's stay in a region, or in none: what it had before is put back at the end. */
final class RegionScope implements SharedRegion.Scope {
  private final HeapRegion region;
  private final ThreadHeap heap;
  private final ThreadHeap.Saved before;
  private boolean closed;

  /**
   * Enters.
   *
   * @param region null: what is made in the scope lies in no region
   */
  RegionScope(HeapRegion region) {
    this.region = region;
    this.heap = ThreadHeap.current();
    this.before = heap.enter(region, this);
  }

  @Override
  public SharedRegion region() {
    return region;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    if (heap != ThreadHeap.current()) {
      throw new IllegalStateException(
          "a scope of the shared region \""
              + region.name()
              + "\" is closed by a thread that did not enter it; close it where it was entered, with try");
    }
    if (heap.scope() != this) {
      throw new IllegalStateException(
          "a scope of the shared region \""
              + region.name()
              + "\" is closed before one that was entered later; close scopes in reverse order, with try");
    }
    closed = true;
    heap.leave(before);
  }
}
