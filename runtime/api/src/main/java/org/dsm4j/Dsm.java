package org.dsm4j;

import org.dsm4j.internal.Regions;
import org.dsm4j.internal.Runtimes;
import org.dsm4j.internal.SharedObjects;

/**
 * The cluster this JVM is a node of. All methods are thread-safe; without the agent they throw an
 * {@link IllegalStateException} that says in one line how to start with it (but {@link #region},
 * which then gives regions whose objects are the garbage collector's).
 */
public final class Dsm {
  private Dsm() {}

  /** This node's number, 0 to {@code nodes() - 1}. */
  public static int node() {
    return Runtimes.current().node();
  }

  /** How many nodes the cluster has. */
  public static int nodes() {
    return Runtimes.current().nodes();
  }

  /** Waits until one thread of every node is here. */
  public static void barrier() {
    Runtimes.current().barrier();
  }

  /**
   * The barrier of that name, one for the whole cluster.
   *
   * @param parties threads, on any nodes; 1 or more, the same number wherever the name is used
   */
  public static DsmBarrier barrier(String name, int parties) {
    return Runtimes.current().barrier(name, parties);
  }

  /** The lock of that name, one for the whole cluster. */
  public static DsmLock lock(String name) {
    return Runtimes.current().lock(name);
  }

  /** Allocates as {@link #allocate(String, long, Consistency)} with the default consistency. */
  public static SharedMemory allocate(String name, long bytes) {
    return allocate(name, bytes, Consistency.RELEASE);
  }

  /**
   * The memory of that name: allocated, zeroed, by the first node that asks; the same bytes for all
   * who ask later.
   *
   * @param bytes its size, 1 or more; a later caller must name the same size and consistency
   * @throws DsmException if the name exists with another size or consistency, or the space is used
   *     up
   */
  public static SharedMemory allocate(String name, long bytes, Consistency mode) {
    return Runtimes.current().allocate(name, bytes, mode);
  }

  /**
   * Frees a block for all nodes, once; any later use on any node throws {@link
   * IllegalStateException}.
   */
  public static void free(SharedMemory memory) {
    Runtimes.current().free(memory);
  }

  /**
   * The region of that name, one for the whole cluster: opened by the first who asks, until {@link
   * SharedRegion#free}; then the name means a fresh one. Asking again costs nothing; the first time
   * on a node costs a round trip to the manager.
   */
  public static SharedRegion region(String name) {
    return Regions.open(name);
  }

  /** Frees a region: see {@link SharedRegion#free}. */
  public static void free(SharedRegion region) {
    region.free();
  }

  /**
   * Frees a shared instance or array for all nodes, once; any later use on any node throws {@link
   * IllegalStateException}.
   *
   * @throws IllegalArgumentException if it is not shared
   */
  public static void free(Object shared) {
    if (shared instanceof SharedMemory memory) {
      free(memory);
      return;
    }
    if (shared instanceof SharedRegion region) {
      free(region);
      return;
    }
    SharedObjects.free(shared);
  }

  /**
   * A shared copy of a heap array.
   *
   * @throws NotShareableException if the argument is no array, or of an element type that cannot be
   *     shared
   */
  public static <T> T share(T array) {
    return SharedObjects.share(array);
  }

  /** Counters of this node and of the whole cluster. */
  public static DsmStatistics statistics() {
    return Runtimes.current().statistics();
  }

  /**
   * Who owns which page: for each page that a shared array or memory occupies, the node that owns
   * it, or -1 when none does. RELEASE memory is owned by its home, which is the first that touched
   * it and later the one that keeps writing it; SEQUENTIAL memory by who has it exclusively. A
   * snapshot, for pictures.
   *
   * @param shared a shared array, or a {@link SharedMemory}
   * @throws IllegalArgumentException if it is neither
   */
  public static int[] pageOwners(Object shared) {
    return SharedObjects.pageOwners(shared);
  }
}
