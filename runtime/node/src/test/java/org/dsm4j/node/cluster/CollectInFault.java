package org.dsm4j.node.cluster;

import java.util.concurrent.TimeUnit;
import org.dsm4j.Consistency;
import org.dsm4j.SharedMemory;
import org.dsm4j.node.Node;

/**
 * On each node threads fault pages to and fro, while one collects garbage without pause, one
 * dereferences null and one overflows its stack: implicit null checks and stack banging use the
 * same signals as our pages.
 */
final class CollectInFault {
  private static final int WRITERS = 3;
  private static final int PAGES = 64;
  private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final Node node;
  private final SharedMemory memory;
  private final long[] rounds = new long[WRITERS];
  private volatile boolean over;
  private volatile Throwable failure;
  private volatile Object garbage;
  private int[] none;

  private CollectInFault(Node node) {
    this.node = node;
    this.memory = node.allocate("pages", PAGES * 4096L, Consistency.SEQUENTIAL);
  }

  static void run(Node node) throws Exception {
    new CollectInFault(node).run();
  }

  private void run() throws Exception {
    node.barrier();
    Thread[] threads = {
      start(() -> write(0)),
      start(() -> write(1)),
      start(() -> write(2)),
      start(this::collect),
      start(this::dereferenceNull),
      start(this::overflowStack)
    };
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure != null) {
      throw new AssertionError(failure);
    }
    node.barrier();
    for (int writer = 0; writer < WRITERS; writer++) {
      check(writer);
    }
    node.barrier();
    Scenarios.say("exact, rounds " + (rounds[0] > 0));
  }

  private Thread start(Runnable body) {
    Thread thread =
        new Thread(
            () -> {
              try {
                body.run();
              } catch (Throwable e) {
                failure = e;
              } finally {
                over = true;
              }
            });
    thread.start();
    return thread;
  }

  private long cell(int page, int writer) {
    return page * 4096L + (node.node() * WRITERS + writer) * 8L;
  }

  /** Every page has a cell for each writer of each node, so all share all pages. */
  private void write(int writer) {
    long start = System.nanoTime();
    while (System.nanoTime() - start < RUN_NANOS && !over) {
      for (int page = 0; page < PAGES; page++) {
        long cell = cell(page, writer);
        memory.putLong(cell, memory.getLong(cell) + 1);
      }
      rounds[writer]++;
    }
  }

  private void check(int writer) {
    for (int page = 0; page < PAGES; page++) {
      long found = memory.getLong(cell(page, writer));
      if (found != rounds[writer]) {
        throw new AssertionError("page " + page + ": " + found + " instead of " + rounds[writer]);
      }
    }
  }

  private void collect() {
    while (!over) {
      garbage = new byte[64 * 1024];
      System.gc();
    }
    garbage = null;
  }

  private void dereferenceNull() {
    while (!over) {
      try {
        throw new AssertionError("null has the length " + none.length);
      } catch (NullPointerException expected) {
        Thread.onSpinWait();
      }
    }
  }

  private void overflowStack() {
    while (!over) {
      try {
        throw new AssertionError("the stack has " + descend(1) + " frames");
      } catch (StackOverflowError expected) {
        Thread.onSpinWait();
      }
    }
  }

  private static int descend(int depth) {
    return descend(depth + 1) + 1;
  }
}
