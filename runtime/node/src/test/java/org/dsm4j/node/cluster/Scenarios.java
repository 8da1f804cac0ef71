package org.dsm4j.node.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.dsm4j.Consistency;
import org.dsm4j.DsmBarrier;
import org.dsm4j.DsmException;
import org.dsm4j.DsmLock;
import org.dsm4j.SharedMemory;
import org.dsm4j.node.Node;

/** What the nodes of a test cluster do. Each prints what the test compares. */
final class Scenarios {
  private static final int THREADS = 3;
  private static final int ROUNDS = 300;

  private Scenarios() {}

  static void run(String name, Node node, Map<String, String> settings) throws Exception {
    switch (name) {
      case "counters" -> counters(node, Consistency.SEQUENTIAL);
      case "release" -> ReleaseScenarios.all(node);
      case "bytes" -> ReleaseScenarios.bytes(node);
      case "late" -> late(node);
      case "freed" -> freed(node);
      case "initialize" -> initialize(node);
      case "layouts" -> layouts(node);
      case "ask" -> ask(node);
      case "raw" -> raw(node);
      case "exit" -> exit(node, Integer.parseInt(settings.get("status")));
      case "main-fails" -> mainFails(node);
      case "main-fails-last" -> mainFailsLast(node);
      case "hook-hangs" -> hookHangs(node);
      case "endless" -> endless(node);
      case "waiters" -> waiters(node);
      case "buffer" -> ConditionScenarios.buffer(node);
      case "interrupts" -> ConditionScenarios.interrupts(node);
      case "order" -> ConditionScenarios.order(node);
      case "conditions-for-ever" -> ConditionScenarios.forEver(node);
      case "collect" -> CollectInFault.run(node);
      default -> throw new IllegalArgumentException(name);
    }
  }

  static void say(Object text) {
    System.out.println(text);
    System.out.flush();
  }

  /** Plain increments under a lock, and atomic ones, by all threads of all nodes. */
  static void counters(Node node, Consistency mode) throws Exception {
    SharedMemory memory = node.allocate("counters", 3 * 4096, mode);
    DsmLock lock = node.lock("l");
    parallel(
        index -> {
          for (int i = 0; i < ROUNDS; i++) {
            lock.lock();
            try {
              memory.putLong(0, memory.getLong(0) + 1);
            } finally {
              lock.unlock();
            }
            memory.getAndAddLong(8, 1);
            node.monitorEnter(node.nameId("class:x"));
            memory.putInt(4094, memory.getInt(4094) + 1);
            node.monitorExit(node.nameId("class:x"));
            int seen;
            do {
              seen = memory.getInt(8192);
            } while (!memory.compareAndSetInt(8192, seen, seen + 1));
          }
        });
    node.barrier();
    long expected = (long) node.nodes() * THREADS * ROUNDS;
    say(
        "sums "
            + (memory.getLong(0) == expected)
            + " "
            + (memory.getLong(8) == expected)
            + " "
            + (memory.getInt(4094) == expected)
            + " "
            + (memory.getInt(8192) == expected));
  }

  static void parallel(IntConsumer task) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int index = i;
      Thread thread = new Thread(() -> task.accept(index));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** Node 1 reads what node 0 wrote, long after node 0's main has ended. */
  private static void late(Node node) throws Exception {
    SharedMemory memory = node.allocate("late", 1 << 20, Consistency.SEQUENTIAL);
    if (node.node() == 0) {
      for (int i = 0; i < memory.size(); i += 8) {
        memory.putLong(i, i);
      }
      node.barrier();
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> say("hook of node 0, last value " + memory.getLong(memory.size() - 8))));
      return;
    }
    node.barrier();
    new CountDownLatch(1).await(1, TimeUnit.SECONDS);
    long sum = 0;
    for (int i = 0; i < memory.size(); i += 8) {
      sum += memory.getLong(i);
    }
    say("sum " + sum);
  }

  private static void freed(Node node) throws Exception {
    SharedMemory memory = node.allocate("m", 100_000, Consistency.SEQUENTIAL);
    memory.putInt(node.node() * 4, 7);
    DsmBarrier barrier = node.barrier("b", node.nodes());
    barrier.await();
    if (node.node() == 1) {
      node.free(memory);
    }
    barrier.await();
    say("use: " + failure(() -> memory.getInt(0)));
    say("free: " + failure(() -> node.free(memory)));
    barrier.await();
    SharedMemory again = node.allocate("m", 50, Consistency.SEQUENTIAL);
    say("fresh " + again.getInt(0) + " " + again.size());
    barrier.await();
    say(
        "other size: "
            + failure(() -> node.allocate("m", 60, Consistency.SEQUENTIAL)).contains("50"));
  }

  private static String failure(Runnable task) {
    try {
      task.run();
      return "none";
    } catch (IllegalStateException | DsmException e) {
      return e.getClass().getSimpleName() + " " + e.getMessage();
    }
  }

  private static void initialize(Node node) throws Exception {
    long block = node.staticsBlock("a.B", 16, "a.B{J x@0}", Consistency.RELEASE);
    SharedMemory runs = node.allocate("runs", 8, Consistency.SEQUENTIAL);
    parallel(
        index -> {
          // Each thread of a node initializes another class; the same ones as on the other nodes.
          if (node.initializationBegin("C" + index)) {
            runs.getAndAddLong(0, 1);
            node.initializationDone("C" + index, null);
          }
        });
    node.barrier();
    try {
      if (node.initializationBegin("fails")) {
        node.initializationDone("fails", "java.lang.Error: boom");
        say("failed here");
      }
    } catch (ExceptionInInitializerError e) {
      say("seen: " + e.getCause().getMessage().contains("boom"));
    }
    node.barrier();
    say("runs " + runs.getLong(0) + " block " + (block > node.base() && block < node.end()));
  }

  private static void layouts(Node node) {
    try {
      node.staticsBlock(
          "a.B", 16, node.node() == 0 ? "a.B{J x@0}" : "a.B{I x@0}", Consistency.RELEASE);
      node.barrier();
      say("accepted");
    } catch (DsmException e) {
      say("refused: " + e.getMessage());
      node.barrier();
    }
  }

  private static void ask(Node node) {
    SharedMemory memory = node.allocate("m", 2 * 4096L, Consistency.SEQUENTIAL);
    if (node.node() == 1) {
      memory.putInt(4096, 5);
    }
    node.barrier();
    int[] owners = node.pageOwners(memory.address(), memory.size());
    say("owner of page 1: " + owners[1]);
    node.barrier();
    var statistics = node.statistics();
    say("faults of node 1: " + (statistics.counters(1).get("write-faults") >= 1));
    say(
        "sum: "
            + (statistics.cluster().bytesIn() == statistics.cluster().counters().get("bytes-in")));
    node.barrier();
  }

  private static void raw(Node node) throws Exception {
    long[] times = node.measureRawExchange(4096, false, 10, 100, 20, TimeUnit.SECONDS);
    boolean positive = true;
    for (long time : times) {
      positive &= time > 0;
    }
    say("raw " + times.length + " " + positive);
    node.barrier();
  }

  private static void exit(Node node, int status) throws Exception {
    node.barrier();
    if (node.node() == 1) {
      node.exitRequested(status);
      System.exit(status);
    }
    new CountDownLatch(1).await(60, TimeUnit.SECONDS);
    say("survived");
  }

  /** The others' application has ended, down to its shutdown hooks, when main fails on node 1. */
  private static void mainFailsLast(Node node) {
    SharedMemory ended = node.allocate("ended", 8, Consistency.SEQUENTIAL);
    node.barrier();
    if (node.node() != 1) {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> ended.getAndAddLong(0, 1)));
      return;
    }
    while (ended.getLong(0) != node.nodes() - 1) {
      Thread.onSpinWait();
    }
    node.mainFailed(new IllegalStateException("boom"));
  }

  private static void mainFails(Node node) throws Exception {
    node.barrier();
    if (node.node() == 1) {
      node.mainFailed(new IllegalStateException("boom"));
      return;
    }
    new CountDownLatch(1).await(60, TimeUnit.SECONDS);
    say("survived");
  }

  private static void hookHangs(Node node) throws Exception {
    node.barrier();
    if (node.node() == 0) {
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    try {
                      new CountDownLatch(1).await(60, TimeUnit.SECONDS);
                    } catch (InterruptedException e) {
                      return;
                    }
                  }));
      new CountDownLatch(1).await(60, TimeUnit.SECONDS);
    }
    node.exitRequested(5);
    System.exit(5);
  }

  /** Works on shared pages until somebody ends it. */
  private static void endless(Node node) {
    SharedMemory memory = node.allocate("endless", 64 * 4096L, Consistency.SEQUENTIAL);
    node.barrier();
    say("running");
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    int page = 0;
    while (System.nanoTime() - deadline < 0) {
      memory.getAndAddInt(page * 4096L, 1);
      page = (page + 1) & 63;
    }
    say("survived");
  }

  /** Node 2 holds a lock; node 1 waits for it, node 0 at a barrier. */
  private static void waiters(Node node) throws Exception {
    DsmLock lock = node.lock("l");
    if (node.node() == 2) {
      lock.lock();
    }
    node.barrier();
    say("running");
    if (node.node() == 0) {
      node.barrier("b", 2).await();
    } else if (node.node() == 1) {
      lock.lock();
    }
    new CountDownLatch(1).await(60, TimeUnit.SECONDS);
    say("survived");
  }
}
