package org.dsm4j.internal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.dsm4j.Consistency;
import org.dsm4j.DsmBarrier;
import org.dsm4j.DsmLock;
import org.dsm4j.DsmStatistics;
import org.dsm4j.SharedMemory;

/**
 * What the API and the bridge ask of the node they run on. Implemented by {@code runtime/node};
 * installed once, before the application's main class loads, in {@link Runtimes}. Thread-safe.
 *
 * <p>Shared addresses ({@code long}) are real addresses in this process; they are the same on every
 * node.
 */
public interface DsmRuntime {
  int node();

  int nodes();

  void barrier();

  DsmBarrier barrier(String name, int parties);

  DsmLock lock(String name);

  SharedMemory allocate(String name, long bytes, Consistency mode);

  void free(SharedMemory memory);

  DsmStatistics statistics();

  /** For each page of [address, address + bytes): the node that owns it, or -1. */
  int[] pageOwners(long address, long bytes);

  // ---- for rewritten code ------------------------------------------------------------------

  /** First address of the shared space. */
  long base();

  /** First address after the shared space. */
  long end();

  /**
   * Allocates zeroed memory from this node's own arena (or, when large, spread over all nodes),
   * without a message in the common case.
   *
   * @param bytes size, more than 0; rounded up to whole pages
   * @param mode the protocol that keeps it: SEQUENTIAL for what has volatile variables
   * @return its address, of a page; unique in the cluster, never used again after a free
   */
  long allocatePages(long bytes, Consistency mode);

  /**
   * Frees a block, for all nodes: of pages that were allocated, or a part of such.
   *
   * @param bytes its size; whole pages within it are given back
   */
  void freeHeap(long address, long bytes);

  /**
   * Gives whole pages of this node's own arena back, on all nodes: everything in them was freed.
   *
   * @param spans address, bytes, address, bytes ...
   * @param mayWait whether it returns when it is done; else at once
   */
  void giveBack(long[] spans, boolean mayWait);

  /**
   * The number of the region of a name, which the cluster has one of: opened, if there is none. A
   * number is never used for another.
   */
  long openRegion(String name);

  /**
   * Frees a region for all nodes; returns when all have marked what lies in it.
   *
   * @throws org.dsm4j.DsmException if it was freed already
   */
  void freeRegion(String name, long number);

  /**
   * The cluster's one block of static fields of a class: one for its plain fields, one for its
   * volatile ones.
   *
   * @param owner the class's name
   * @param bytes the block's size
   * @param fingerprint of the layout of both blocks; another node's that differs is refused with a
   *     line that names both
   * @param mode which block: RELEASE for the plain fields, SEQUENTIAL for the volatile ones
   * @return its address
   * @throws org.dsm4j.DsmException if the layouts differ
   */
  long staticsBlock(String owner, long bytes, String fingerprint, Consistency mode);

  /**
   * Rule 3: enters the once-per-cluster initialization of a class's shared statics.
   *
   * @return true on the one node that shall run it (which must then call {@link
   *     #initializationDone}); false when another node has run it, after its results are visible
   * @throws ExceptionInInitializerError if it failed on the node that ran it; its cause says how
   * @throws org.dsm4j.DsmException if the bound on the wait is over; names class, node and thread
   */
  boolean initializationBegin(String owner);

  /**
   * Ends what {@link #initializationBegin} began. {@code failure}: null, or what to tell the other
   * nodes.
   */
  void initializationDone(String owner, String failure);

  /**
   * Cluster-wide number of a name ("class:a.B", "lock:x"); the same on every node, never 0. Cached.
   */
  long nameId(String name);

  /** Locks the cluster-wide monitor of that id (uninterruptibly, re-entrant, as monitorenter). */
  void monitorEnter(long id);

  /** Unlocks it. @throws IllegalMonitorStateException if the calling thread does not hold it */
  void monitorExit(long id);

  /** Whether the calling thread holds it. */
  boolean monitorHeld(long id);

  /** Object.wait on it; timeoutNanos 0 = for ever. @return false if the time was over */
  boolean monitorWait(long id, long timeoutNanos) throws InterruptedException;

  /** Object.notify / notifyAll on it. */
  void monitorNotify(long id, boolean all);

  /** Brings the pages of a range here, in native state. */
  void touch(long address, long bytes, boolean write);

  /**
   * Drops this node's copies of the pages of a range (what it wrote there itself stays), so that
   * the next access sees what their homes have: for a reader that has come by a reference through a
   * data race, and whose copy may be older than what it names.
   */
  void refresh(long address, long bytes);

  // ---- life cycle ---------------------------------------------------------------------------

  /** An exception left the application's main on this node; the cluster ends with status 1. */
  void mainFailed(Throwable failure);

  /** System.exit or Runtime.halt was called with this status. */
  void exitRequested(int status);

  // ---- benchmarks ---------------------------------------------------------------------------

  /**
   * The raw TCP exchange between node 0 (server) and node 1 (client), 16 bytes there and {@code
   * answerBytes} back, with the same regime; called on both. Returns the times in ns on node 1, an
   * empty array on others.
   */
  long[] measureRawExchange(
      int answerBytes, boolean polling, int warmup, int rounds, long timeout, TimeUnit unit)
      throws TimeoutException;

  /** Pins the calling thread to a core; -1 unpins. */
  void pinThread(int core);
}
