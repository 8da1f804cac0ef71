package org.dsm4j.e2e.programs;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dsm4j.Dsm;
import org.dsm4j.Shared;

/**
 * On each of two nodes some threads fault pages to and fro while one collects garbage without
 * pause, one dereferences null and one overflows its stack.
 */
public final class GcInFault {
  private static final int WRITERS = 3;
  private static final int INTS_A_PAGE = 1024;
  private static final int PAGES = 64;
  private static final long RUN_NANOS = TimeUnit.SECONDS.toNanos(3);

  @Shared static int[] numbers;

  private static volatile boolean over;
  private static volatile String failure;

  private GcInFault() {}

  /** Prints "exact" on each node, or fails. */
  public static void main(String[] args) throws InterruptedException {
    if (Dsm.node() == 0) {
      numbers = new int[PAGES * INTS_A_PAGE];
    }
    Dsm.barrier();
    int slots = Dsm.nodes() * WRITERS;
    long[] rounds = new long[WRITERS];
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      int writer = i;
      threads.add(
          thread("writer-" + i, () -> rounds[writer] = write(Dsm.node() * WRITERS + writer)));
    }
    threads.add(thread("collector", GcInFault::collect));
    threads.add(thread("null", GcInFault::dereferenceNull));
    threads.add(thread("overflow", GcInFault::overflowStack));
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure != null) {
      throw new AssertionError(failure);
    }
    Dsm.barrier();
    for (int i = 0; i < WRITERS; i++) {
      check(Dsm.node() * WRITERS + i, rounds[i]);
    }
    Dsm.barrier();
    System.out.println("exact, " + slots + " writers");
  }

  private static Thread thread(String name, Runnable body) {
    Thread thread =
        new Thread(
            () -> {
              try {
                body.run();
              } catch (Throwable e) {
                failure = name + ": " + e;
                over = true;
              }
            },
            name);
    thread.start();
    return thread;
  }

  /**
   * Increments this writer's int in every page, over and over; all writers of all nodes share every
   * page.
   */
  private static long write(int slot) {
    @Shared int[] cells = numbers;
    long start = System.nanoTime();
    long round = 0;
    while (System.nanoTime() - start < RUN_NANOS && !over) {
      for (int page = 0; page < PAGES; page++) {
        cells[page * INTS_A_PAGE + slot]++;
      }
      round++;
    }
    over = true;
    return round;
  }

  private static void check(int slot, long rounds) {
    @Shared int[] cells = numbers;
    for (int page = 0; page < PAGES; page++) {
      int found = cells[page * INTS_A_PAGE + slot];
      if (found != rounds) {
        throw new AssertionError(
            "writer " + slot + " wrote " + rounds + " times, page " + page + " says " + found);
      }
    }
  }

  private static void collect() {
    while (!over) {
      byte[][] garbage = new byte[64][];
      for (int i = 0; i < garbage.length; i++) {
        garbage[i] = new byte[1024];
      }
      System.gc();
    }
  }

  private static void dereferenceNull() {
    int[] none = null;
    int caught = 0;
    while (!over) {
      try {
        caught += lengthOf(none);
        throw new AssertionError("null has a length");
      } catch (NullPointerException expected) {
        caught++;
      }
    }
    if (caught == 0) {
      throw new AssertionError("no null was dereferenced");
    }
  }

  private static int lengthOf(int[] array) {
    return array.length;
  }

  private static void overflowStack() {
    while (!over) {
      try {
        descend(1);
        throw new AssertionError("the stack has no end");
      } catch (StackOverflowError expected) {
        Thread.onSpinWait();
      }
    }
  }

  private static int descend(int depth) {
    return descend(depth + 1) + 1;
  }
}
