package org.dsm4j.node.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import org.dsm4j.Consistency;
import org.dsm4j.DsmLock;
import org.dsm4j.SharedMemory;
import org.dsm4j.node.Node;

/** Conditions, and wait and notify, with waiters and signallers on several nodes. */
final class ConditionScenarios {
  private static final int ROOM = 3;
  private static final int ITEMS = 60;
  private static final int THREADS = 3;
  private static final int PERMITS = 300;
  private static final long COLLECT_NANOS = 30_000_000;
  private static final long DISTURB_NANOS = 50_000;

  private ConditionScenarios() {}

  /** Something that waits and signals: a lock's condition, or a monitor. */
  private interface Guard {
    void enter();

    void exit();

    void await() throws InterruptedException;

    void signalAll();
  }

  private static Guard monitor(Node node) {
    long id = node.nameId("lock:buffer");
    return new Guard() {
      @Override
      public void enter() {
        node.monitorEnter(id);
      }

      @Override
      public void exit() {
        node.monitorExit(id);
      }

      @Override
      public void await() throws InterruptedException {
        node.monitorWait(id, 0);
      }

      @Override
      public void signalAll() {
        node.monitorNotify(id, true);
      }
    };
  }

  private static Guard condition(Node node) {
    DsmLock lock = node.lock("buffer");
    Condition condition = lock.newCondition();
    return new Guard() {
      @Override
      public void enter() {
        lock.lock();
      }

      @Override
      public void exit() {
        lock.unlock();
      }

      @Override
      public void await() throws InterruptedException {
        condition.await();
      }

      @Override
      public void signalAll() {
        condition.signalAll();
      }
    };
  }

  /**
   * A bounded buffer in RELEASE memory: a producer and a consumer on every node, and a thread that
   * collects.
   */
  static void buffer(Node node) throws Exception {
    for (Guard guard : List.of(condition(node), monitor(node))) {
      SharedMemory memory =
          node.allocate("buffer " + guard.getClass(), 3 * 4096, Consistency.RELEASE);
      AtomicBoolean over = new AtomicBoolean();
      Thread collector =
          new Thread(
              () -> {
                while (!over.get()) {
                  System.gc();
                  LockSupport.parkNanos(COLLECT_NANOS); // or there is time for nothing else
                }
              });
      collector.start();
      long[] sum = new long[1];
      List<Thread> threads =
          start(
              List.of(
                  () -> {
                    for (int i = 1; i <= ITEMS; i++) {
                      put(guard, memory, i);
                    }
                  },
                  () -> {
                    for (int i = 1; i <= ITEMS; i++) {
                      sum[0] += take(guard, memory);
                    }
                  }));
      join(threads);
      over.set(true);
      collector.join();
      memory.getAndAddLong(4096, sum[0]);
      node.barrier();
      long expected = (long) node.nodes() * ITEMS * (ITEMS + 1) / 2;
      Scenarios.say("taken " + (memory.getLong(4096) == expected));
    }
  }

  private static void put(Guard guard, SharedMemory memory, int item) throws InterruptedException {
    guard.enter();
    try {
      while (memory.getInt(4) - memory.getInt(0) == ROOM) {
        guard.await();
      }
      int tail = memory.getInt(4);
      memory.putInt(8192 + 4L * (tail % ROOM), item);
      memory.putInt(4, tail + 1);
      guard.signalAll();
    } finally {
      guard.exit();
    }
  }

  private static int take(Guard guard, SharedMemory memory) throws InterruptedException {
    guard.enter();
    try {
      while (memory.getInt(4) == memory.getInt(0)) {
        guard.await();
      }
      int head = memory.getInt(0);
      int item = memory.getInt(8192 + 4L * (head % ROOM));
      memory.putInt(0, head + 1);
      guard.signalAll();
      return item;
    } finally {
      guard.exit();
    }
  }

  private interface Task {
    void run() throws InterruptedException;
  }

  private static List<Thread> start(List<Task> tasks) {
    List<Thread> threads = new ArrayList<>();
    for (Task task : tasks) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  task.run();
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
              });
      threads.add(thread);
      thread.start();
    }
    return threads;
  }

  private static void join(List<Thread> threads) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /**
   * One signal for each permit, and takers that are interrupted and run out of time all along: a
   * signal that one of them took with it would leave a permit and a sleeping taker.
   */
  static void interrupts(Node node) throws Exception {
    DsmLock lock = node.lock("permits");
    Condition given = lock.condition("given");
    SharedMemory memory = node.allocate("permits", 64, Consistency.RELEASE);
    List<Task> takers = new ArrayList<>();
    int[] interrupted = new int[THREADS];
    for (int t = 0; t < THREADS; t++) {
      int number = t;
      takers.add(
          () -> {
            for (int i = 0; i < PERMITS; i++) {
              interrupted[number] += take(lock, given, memory, number == 0);
            }
          });
    }
    List<Thread> threads = start(takers);
    AtomicBoolean over = new AtomicBoolean();
    Thread disturber =
        new Thread(
            () -> {
              while (!over.get()) {
                threads.get(ThreadLocalRandom.current().nextInt(THREADS)).interrupt();
                LockSupport.parkNanos(DISTURB_NANOS);
              }
            });
    disturber.start();
    for (int i = 0; i < PERMITS * THREADS; i++) {
      lock.lock();
      memory.putInt(0, memory.getInt(0) + 1);
      given.signal();
      lock.unlock();
    }
    join(threads);
    over.set(true);
    disturber.join();
    node.barrier();
    int sum = 0;
    for (int count : interrupted) {
      sum += count;
    }
    Scenarios.say("permits " + memory.getInt(0) + " interrupted " + (sum > 0));
  }

  /** Takes a permit. How often it was interrupted. */
  private static int take(DsmLock lock, Condition given, SharedMemory memory, boolean timed) {
    int interrupted = 0;
    lock.lock();
    try {
      while (memory.getInt(0) == 0) {
        try {
          if (timed) {
            given.await(ThreadLocalRandom.current().nextInt(500), TimeUnit.MICROSECONDS);
          } else {
            given.await();
          }
        } catch (InterruptedException e) {
          interrupted++;
        }
      }
      memory.putInt(0, memory.getInt(0) - 1);
    } finally {
      lock.unlock();
    }
    return interrupted;
  }

  /** One waiter on each node, in turn; each signal wakes the one that has waited longest. */
  static void order(Node node) throws Exception {
    DsmLock lock = node.lock("order");
    Condition turn = lock.newCondition();
    SharedMemory memory = node.allocate("order", 256, Consistency.RELEASE);
    Thread waiter =
        new Thread(
            () -> {
              lock.lock();
              try {
                while (memory.getInt(0) != node.node()) {
                  lock.unlock();
                  Thread.onSpinWait();
                  lock.lock();
                }
                memory.putInt(0, node.node() + 1);
                turn.awaitUninterruptibly();
                int place = memory.getInt(4);
                memory.putInt(4, place + 1);
                memory.putInt(64 + 4L * place, node.node());
              } finally {
                lock.unlock();
              }
            });
    waiter.start();
    if (node.node() == node.nodes() - 1) {
      await(lock, memory, 0, node.nodes());
      for (int i = 0; i < node.nodes(); i++) {
        lock.lock();
        turn.signal();
        lock.unlock();
        await(lock, memory, 4, i + 1);
      }
    }
    waiter.join();
    node.barrier();
    StringBuilder order = new StringBuilder("order");
    for (int i = 0; i < node.nodes(); i++) {
      order.append(' ').append(memory.getInt(64 + 4L * i));
    }
    Scenarios.say(order);
  }

  private static void await(DsmLock lock, SharedMemory memory, long offset, int value) {
    for (int seen = -1; seen != value; ) {
      lock.lock();
      seen = memory.getInt(offset);
      lock.unlock();
    }
  }

  /** All wait for a signal that nobody gives. */
  static void forEver(Node node) throws Exception {
    DsmLock lock = node.lock("l");
    Condition never = lock.newCondition();
    node.barrier();
    lock.lock();
    Scenarios.say("running");
    try {
      never.await();
    } finally {
      lock.unlock();
    }
    Scenarios.say("survived");
    new CountDownLatch(1).await(60, TimeUnit.SECONDS);
  }
}
