package org.dsm4j.node.cluster;

import static org.dsm4j.node.cluster.Scenarios.parallel;
import static org.dsm4j.node.cluster.Scenarios.say;

import java.util.concurrent.atomic.AtomicLong;
import org.dsm4j.Consistency;
import org.dsm4j.DsmBarrier;
import org.dsm4j.DsmLock;
import org.dsm4j.SharedMemory;
import org.dsm4j.node.Node;

/** What the nodes of a test cluster do in RELEASE memory. Each prints what the test compares. */
final class ReleaseScenarios {
  private static final int THREADS = 3;
  private static final int PAGE = 4096;

  private ReleaseScenarios() {}

  /** One after the other, on the same nodes: a JVM takes longer to start than each of them. */
  static void all(Node node) throws Exception {
    locked(node);
    Scenarios.counters(node, Consistency.RELEASE);
    bytes(node);
    words(node);
    atomics(node);
    initializer(node);
    freed(node);
  }

  private static void await(DsmBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new AssertionError("the barrier broke", e);
    }
  }

  /** In turns, under one lock, each node sees what the other wrote and answers it. */
  static void locked(Node node) {
    SharedMemory memory = node.allocate("locked", 3 * PAGE, Consistency.RELEASE);
    DsmLock lock = node.lock("l");
    int turns = 0;
    while (turns < 200) {
      lock.lock();
      try {
        int turn = memory.getInt(0);
        if (turn < 200 && turn % node.nodes() == node.node()) {
          for (int page = 0; page < 3; page++) {
            long at = page * PAGE + 8;
            if (memory.getLong(at) != turn * 3L) {
              throw new AssertionError("turn " + turn + " sees " + memory.getLong(at));
            }
            memory.putLong(at, (turn + 1) * 3L);
          }
          memory.putInt(0, turn + 1);
          turn++;
        }
        turns = turn;
      } finally {
        lock.unlock();
      }
    }
    node.barrier();
    say("turns " + memory.getInt(0) + " " + memory.getLong(2 * PAGE + 8));
  }

  /**
   * Every byte has its writer among all threads of all nodes, and neighbours have different ones;
   * between barriers everybody reads all.
   */
  static void bytes(Node node) throws Exception {
    int writers = node.nodes() * THREADS;
    SharedMemory memory = node.allocate("bytes", 2 * PAGE + 100, Consistency.RELEASE);
    DsmBarrier barrier = node.barrier("b", writers);
    AtomicLong wrong = new AtomicLong();
    parallel(
        index -> {
          int own = node.node() * THREADS + index;
          for (int round = 1; round <= 20; round++) {
            for (int at = own; at < memory.size(); at += writers) {
              memory.putByte(at, (byte) (round * 7 + at));
            }
            await(barrier);
            for (int at = 0; at < memory.size(); at++) {
              if (memory.getByte(at) != (byte) (round * 7 + at)) {
                wrong.incrementAndGet();
              }
            }
            await(barrier);
          }
        });
    say("wrong bytes " + wrong);
  }

  /**
   * What one node wrote is handed to the second under one lock and from there to the third under
   * another one: what happened before is not a matter of one lock.
   */
  static void words(Node node) {
    SharedMemory memory = node.allocate("words", 4 * PAGE, Consistency.RELEASE);
    int wrong = 0;
    for (int round = 1; round <= 50; round++) {
      if (node.node() == 0) {
        memory.putLong(0, round);
        under(node, "first", () -> memory.putInt(PAGE, memory.getInt(PAGE) + 1));
      } else if (node.node() == 1) {
        awaitValue(node, "first", memory, PAGE, round);
        under(node, "second", () -> memory.putInt(2 * PAGE, memory.getInt(2 * PAGE) + 1));
      } else {
        awaitValue(node, "second", memory, 2 * PAGE, round);
        wrong += memory.getLong(0) == round ? 0 : 1;
      }
      node.barrier();
    }
    say("wrong words " + wrong);
  }

  private static void under(Node node, String lock, Runnable task) {
    DsmLock held = node.lock(lock);
    held.lock();
    try {
      task.run();
    } finally {
      held.unlock();
    }
  }

  private static void awaitValue(
      Node node, String lock, SharedMemory memory, long offset, int value) {
    boolean[] there = new boolean[1];
    while (!there[0]) {
      under(node, lock, () -> there[0] = memory.getInt(offset) == value);
    }
  }

  /**
   * Tickets drawn atomically name the places for plain writes, whose end is told atomically as
   * well.
   */
  static void atomics(Node node) throws Exception {
    int rounds = 150;
    int all = node.nodes() * THREADS * rounds;
    SharedMemory memory = node.allocate("atomics", 2 * PAGE + 8L * all, Consistency.RELEASE);
    AtomicLong mine = new AtomicLong();
    parallel(
        index -> {
          for (int i = 0; i < rounds; i++) {
            int ticket = memory.getAndAddInt(4, 1);
            memory.putLong(2 * PAGE + 8L * ticket, ticket * 5L + 1);
            memory.getAndAddLong(PAGE, 1L << 33);
            mine.addAndGet(ticket);
            int seen;
            do {
              seen = memory.getInt(16);
            } while (!memory.compareAndSetInt(16, seen, seen - 3));
            long wide;
            do {
              wide = memory.getLong(PAGE + 8);
            } while (!memory.compareAndSetLong(PAGE + 8, wide, wide + (1L << 40)));
          }
        });
    memory.getAndAddLong(24, mine.get());
    // Told by the atomic word alone: no lock, no barrier.
    while (memory.getAndAddLong(PAGE, 0) != (long) all << 33) {
      Thread.onSpinWait();
    }
    int wrong = 0;
    for (int ticket = 0; ticket < all; ticket++) {
      wrong += memory.getLong(2 * PAGE + 8L * ticket) == ticket * 5L + 1 ? 0 : 1;
    }
    node.barrier();
    say(
        "atomics "
            + (memory.getInt(4) == all)
            + " "
            + (memory.getInt(16) == -3 * all)
            + " "
            + (memory.getLong(PAGE + 8) == (long) all << 40)
            + " "
            + (memory.getLong(24) == (long) all * (all - 1) / 2)
            + ", wrong tickets "
            + wrong);
    node.barrier();
  }

  /** All have old copies of what an initializer then writes on one node; it holds no lock. */
  static void initializer(Node node) {
    int longs = 1 << 16;
    SharedMemory memory = node.allocate("big", 8L * longs, Consistency.RELEASE);
    long sum = 0;
    for (int i = 0; i < longs; i++) {
      sum += memory.getLong(8L * i);
    }
    node.barrier();
    if (node.initializationBegin("a.Big")) {
      for (int i = 0; i < longs; i++) {
        memory.putLong(8L * i, i + 1);
      }
      node.initializationDone("a.Big", null);
    }
    int wrong = 0;
    for (int i = 0; i < longs; i++) {
      wrong += memory.getLong(8L * i) == i + 1 ? 0 : 1;
    }
    node.barrier();
    say("before " + sum + ", wrong elements " + wrong);
  }

  /** A freed block's name is fresh memory, and bytes written late to the old one harm nobody. */
  static void freed(Node node) {
    int wrong = 0;
    for (int round = 0; round < 10; round++) {
      SharedMemory memory = node.allocate("m", 20 * PAGE, Consistency.RELEASE);
      for (long at = 8L * node.node(); at < memory.size(); at += 8L * node.nodes()) {
        wrong += memory.getLong(at) == 0 ? 0 : 1;
        memory.putLong(at, at + round);
      }
      node.barrier();
      for (long at = 0; at < memory.size(); at += 8) {
        wrong += memory.getLong(at) == at + round ? 0 : 1;
      }
      node.barrier();
      if (node.node() == round % node.nodes()) {
        node.free(memory);
      }
      node.barrier();
    }
    say("wrong in freed " + wrong);
  }
}
