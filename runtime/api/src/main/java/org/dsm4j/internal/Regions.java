package org.dsm4j.internal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.dsm4j.DsmException;
import org.dsm4j.SharedRegion;

/**
 * The open regions of this node, and what happens here when one is freed: first it is marked, so
 * that nobody takes memory of it any more, and each node tells what it has taken; then all nodes
 * mark everything that lies there; only then the memory is given back. Thread-safe.
 */
public final class Regions {
  /** How long a name may be, in characters. */
  private static final int NAME_MAX = 16_000;

  private static final Object LOCK = new Object();
  // Guarded by LOCK.
  private static final Map<String, HeapRegion> BY_NAME = new HashMap<>();
  private static final Map<Long, HeapRegion> BY_NUMBER = new HashMap<>();

  /** Threads that have asked for a number, and the numbers that were freed in that time. */
  private static int opening;

  private static final Set<Long> FREED_EARLY = new HashSet<>();

  private static final Map<String, PlainRegion> PLAIN = new HashMap<>();

  private Regions() {}

  /** See {@link org.dsm4j.Dsm#region}. */
  public static SharedRegion open(String name) {
    Objects.requireNonNull(name, "name");
    if (name.length() > NAME_MAX) {
      throw new IllegalArgumentException(
          "the name of a shared region has "
              + name.length()
              + " characters; "
              + NAME_MAX
              + " are allowed");
    }
    DsmRuntime runtime = Runtimes.currentOrNull();
    if (runtime == null) {
      synchronized (LOCK) {
        return PLAIN.computeIfAbsent(name, PlainRegion::new);
      }
    }
    synchronized (LOCK) {
      HeapRegion known = BY_NAME.get(name);
      if (known != null) {
        return known;
      }
      opening++;
    }
    long number = 0;
    try {
      number = runtime.openRegion(name);
    } finally {
      opened(name, number);
    }
    return found(name, number);
  }

  private static void opened(String name, long number) {
    synchronized (LOCK) {
      if (number != 0 && !BY_NUMBER.containsKey(number)) {
        HeapRegion fresh = new HeapRegion(name, number);
        BY_NUMBER.put(number, fresh);
        if (FREED_EARLY.contains(number)) {
          fresh.markFreed();
        } else {
          BY_NAME.put(name, fresh);
        }
      }
      if (--opening == 0) {
        FREED_EARLY.forEach(BY_NUMBER::remove);
        FREED_EARLY.clear();
      }
    }
  }

  private static HeapRegion found(String name, long number) {
    synchronized (LOCK) {
      HeapRegion region = BY_NUMBER.get(number);
      if (region == null) {
        region = new HeapRegion(name, number); // it was opened, and freed since by another node
        region.markFreed();
      }
      return region;
    }
  }

  /** Frees a region of this cluster for all nodes. */
  static void free(HeapRegion region) {
    try {
      Runtimes.current().freeRegion(region.name(), region.number());
    } catch (DsmException e) {
      region.checkLive(); // two nodes freed it at once: the later is told what any later use is
      throw e;
    }
  }

  /**
   * On the control plane's thread: some node frees a region.
   *
   * @return the ranges that this node has taken for it: address, bytes, address, bytes ...
   */
  public static long[] markFreed(long number) {
    HeapRegion region;
    synchronized (LOCK) {
      region = BY_NUMBER.remove(number);
      if (region == null) {
        if (opening > 0) {
          FREED_EARLY.add(number);
        }
        return new long[0];
      }
      BY_NAME.remove(region.name(), region);
    }
    return region.markFreed();
  }

  /**
   * On the control plane's thread: all that lies in whole pages, which were a region's, is freed.
   */
  public static void markFreedPages(long address, long bytes) {
    SharedArrays.markFreedPages(address, bytes);
    ThreadHeap.forget(address, bytes);
  }

  /** On the control plane's thread: the pages' things were freed one by one, and marked then. */
  public static void retirePages(long address, long bytes) {
    SharedArrays.retirePages(address, bytes);
  }

  /** On the control plane's thread: a block of this node's own part of the space was freed. */
  public static void freedHere(long address, long bytes) {
    ThreadHeap.freed(address, bytes, false);
  }

  /** Without the agent a region is a name: its objects are the garbage collector's. */
  private static final class PlainRegion implements SharedRegion {
    private final String name;
    private volatile boolean freed;

    PlainRegion(String name) {
      this.name = name;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Scope enter() {
      checkLive();
      return new Scope() {
        @Override
        public SharedRegion region() {
          return PlainRegion.this;
        }

        @Override
        public void close() {
          // Nothing was changed.
        }
      };
    }

    @Override
    public void free() {
      synchronized (LOCK) {
        checkLive();
        freed = true;
        PLAIN.remove(name, this);
      }
    }

    private void checkLive() {
      if (freed) {
        throw new IllegalStateException("the shared region \"" + name + "\" was freed");
      }
    }

    @Override
    public boolean isFreed() {
      return freed;
    }

    @Override
    public long bytes() {
      return 0;
    }
  }
}
