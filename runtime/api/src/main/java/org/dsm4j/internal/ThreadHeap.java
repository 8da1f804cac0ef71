package org.dsm4j.internal;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dsm4j.Consistency;

/**
 * Where a thread makes objects: a piece of memory of its own for each protocol, from which it cuts
 * block after block without a lock or an atomic operation; of this node's part of the space, or of
 * the region whose scope the thread is in. Blocks are multiples of 16 bytes, aligned to that.
 *
 * <p>What a thread leaves when it ends is for others. Virtual threads, of which there may be more
 * than pieces, have one together outside of regions.
 */
final class ThreadHeap {
  static final int ALIGNMENT = 16;

  /** A block of more is whole pages, and not cut from a piece. */
  static final int CUT_MAX_BYTES = SharedArrays.PAGE_BYTES + Headers.BYTES;

  private static final long FIRST_BYTES = SharedArrays.PAGE_BYTES;
  private static final long LARGEST_BYTES = 1 << 16;

  private static final ThreadLocal<ThreadHeap> CURRENT =
      ThreadLocal.withInitial(ThreadHeap::ofThisThread);

  /** Of all virtual threads; guarded by itself. */
  private static final ThreadHeap COMMON = new ThreadHeap(false);

  /** What ended threads have left. Guarded by itself. */
  private static final Pieces LEFT = new Pieces();

  private static final PageLedger LEDGER =
      new PageLedger((spans, mayWait) -> Runtimes.current().giveBack(spans, mayWait));

  private static final Set<Owned> OWNED = ConcurrentHashMap.newKeySet();
  private static final ReferenceQueue<Thread> ENDED = new ReferenceQueue<>();

  /** A heap whose thread may be gone. */
  private static final class Owned extends WeakReference<Thread> {
    final ThreadHeap heap;

    Owned(Thread thread, ThreadHeap heap) {
      super(thread, ENDED);
      this.heap = heap;
    }
  }

  /** The pieces of a thread that has entered a region: what it goes back to. */
  record Saved(
      HeapRegion region,
      RegionScope scope,
      Saved before,
      long releaseNext,
      long releaseEnd,
      long sequentialNext,
      long sequentialEnd) {}

  private final boolean isVirtual;
  private long releaseNext;
  private long releaseEnd;
  private long sequentialNext;
  private long sequentialEnd;
  private HeapRegion region;
  private RegionScope scope;
  private Saved before;
  private long nextBytes = FIRST_BYTES;

  private ThreadHeap(boolean isVirtual) {
    this.isVirtual = isVirtual;
  }

  private static ThreadHeap ofThisThread() {
    Thread thread = Thread.currentThread();
    ThreadHeap heap = new ThreadHeap(VirtualThreads.is(thread));
    if (!heap.isVirtual) {
      OWNED.add(new Owned(thread, heap));
    }
    return heap;
  }

  /** The calling thread's. */
  static ThreadHeap current() {
    return CURRENT.get();
  }

  // ---- regions -------------------------------------------------------------------------------

  /** The region that the calling thread is in, or null. */
  HeapRegion region() {
    return region;
  }

  RegionScope scope() {
    return scope;
  }

  /** From now on memory is taken from that region; null: from none. */
  Saved enter(HeapRegion entered, RegionScope by) {
    Saved saved =
        new Saved(region, scope, before, releaseNext, releaseEnd, sequentialNext, sequentialEnd);
    before = saved;
    go(entered, by, 0, 0, 0, 0);
    return saved;
  }

  /** Back to what was before. */
  void leave(Saved saved) {
    giveUp();
    before = saved.before;
    go(
        saved.region,
        saved.scope,
        saved.releaseNext,
        saved.releaseEnd,
        saved.sequentialNext,
        saved.sequentialEnd);
  }

  private void go(
      HeapRegion into, RegionScope by, long next, long end, long nextVolatile, long endVolatile) {
    region = into;
    scope = by;
    releaseNext = next;
    releaseEnd = end;
    sequentialNext = nextVolatile;
    sequentialEnd = endVolatile;
  }

  // ---- blocks --------------------------------------------------------------------------------

  /**
   * A block of fresh memory, zeroed.
   *
   * @param bytes its size
   * @return its address, a multiple of 16; of a block of more than {@link #CUT_MAX_BYTES}, of a
   *     page
   * @throws IllegalStateException if the thread is in a region that was freed
   */
  long allocate(long bytes, Consistency mode) {
    if (bytes > CUT_MAX_BYTES) {
      return pages(bytes, mode);
    }
    long size = aligned(bytes);
    if (mode == Consistency.RELEASE) {
      long at = releaseNext;
      if (size <= releaseEnd - at) {
        releaseNext = at + size;
        return at;
      }
    } else {
      long at = sequentialNext;
      if (size <= sequentialEnd - at) {
        sequentialNext = at + size;
        return at;
      }
    }
    return slowly(size, mode);
  }

  private static long aligned(long bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  /** What a block of so many bytes takes, in bytes. */
  static long size(long bytes) {
    return bytes > CUT_MAX_BYTES ? SharedArrays.wholePages(bytes) : aligned(bytes);
  }

  private long pages(long bytes, Consistency mode) {
    return region != null
        ? region.pages(SharedArrays.wholePages(bytes), mode)
        : Runtimes.current().allocatePages(bytes, mode);
  }

  private long slowly(long size, Consistency mode) {
    if (isVirtual && region == null) {
      synchronized (COMMON) {
        return COMMON.allocate(size, mode);
      }
    }
    long[] piece;
    if (region != null) {
      piece = region.take(size, mode);
    } else {
      piece = take(size, mode);
      // Too small for this block, and not worth keeping: one block of a page in a piece of 16.
      waste(mode);
    }
    if (mode == Consistency.RELEASE) {
      releaseNext = piece[0] + size;
      releaseEnd = piece[1];
    } else {
      sequentialNext = piece[0] + size;
      sequentialEnd = piece[1];
    }
    return piece[0];
  }

  /** A piece of this node's part of the space. */
  private long[] take(long least, Consistency mode) {
    collectLeft();
    LEDGER.flush(System.nanoTime());
    synchronized (LEFT) {
      long[] left = LEFT.take(least, mode);
      if (left != null) {
        return left;
      }
    }
    long size = Math.max(nextBytes, SharedArrays.wholePages(least));
    nextBytes = Math.min(nextBytes * 2, LARGEST_BYTES);
    long start = Runtimes.current().allocatePages(size, mode);
    return new long[] {start, start + size};
  }

  // ---- freeing -------------------------------------------------------------------------------

  /** Frees a block for all nodes; see {@link #size} for its size. */
  static void free(long block, long bytes) {
    DsmRuntime runtime = Runtimes.current();
    if (runtime.nodes() > 1 || bytes > CUT_MAX_BYTES) {
      runtime.freeHeap(block, bytes);
      return;
    }
    SharedArrays.markFreed(block, bytes);
    freed(block, bytes, true);
  }

  /**
   * A block of this node's own part of the space was freed: all nodes know, or need not.
   *
   * @param mayWait whether the caller may wait until its page is given back
   */
  static void freed(long block, long bytes, boolean mayWait) {
    if (bytes <= CUT_MAX_BYTES) {
      LEDGER.freed(block, bytes, System::nanoTime, mayWait);
    }
  }

  /** Pages that are given back by others. */
  static void forget(long address, long bytes) {
    LEDGER.forget(address, bytes);
  }

  // ---- what is left over ---------------------------------------------------------------------

  private void waste(Consistency mode) {
    boolean isRelease = mode == Consistency.RELEASE;
    long next = isRelease ? releaseNext : sequentialNext;
    long end = isRelease ? releaseEnd : sequentialEnd;
    if (next != end) {
      LEDGER.freed(next, end - next, System::nanoTime, false);
    }
  }

  private void giveUp() {
    giveUp(Consistency.RELEASE);
    giveUp(Consistency.SEQUENTIAL);
  }

  private void giveUp(Consistency mode) {
    boolean isRelease = mode == Consistency.RELEASE;
    long next = isRelease ? releaseNext : sequentialNext;
    long end = isRelease ? releaseEnd : sequentialEnd;
    if (next == end) {
      return;
    }
    if (region != null) {
      region.leave(next, end, mode);
    } else {
      boolean kept;
      synchronized (LEFT) {
        kept = LEFT.add(next, end, mode);
      }
      if (!kept) {
        LEDGER.freed(next, end - next, System::nanoTime, false);
      }
    }
  }

  /** What a thread has left that has ended, wherever it was. */
  private void giveUpAll() {
    giveUp();
    while (before != null) {
      leave(before);
      giveUp();
    }
  }

  private static void collectLeft() {
    for (Reference<?> ended = ENDED.poll(); ended != null; ended = ENDED.poll()) {
      Owned owned = (Owned) ended;
      OWNED.remove(owned);
      owned.heap.giveUpAll();
    }
  }
}
