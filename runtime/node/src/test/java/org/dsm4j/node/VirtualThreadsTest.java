package org.dsm4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import org.dsm4j.Consistency;
import org.dsm4j.DsmLock;
import org.dsm4j.SharedMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Virtual threads, on JVMs that have them: many more wait than there are carriers. */
@Timeout(60)
class VirtualThreadsTest {
  /** More than the engine has slots for waiters. */
  private static final int THREADS = 3_000;

  private static final int PARTIES = 200;

  private Node node;
  private Method start;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(Runtime.version().feature() >= 21, "no virtual threads before Java 21");
    start = Thread.class.getMethod("startVirtualThread", Runnable.class);
    node = Node.start(NodeConfig.builder().base(1).spaceBytes(1L << 30).ownsProcess(false).build());
  }

  @AfterEach
  void close() {
    if (node != null) {
      node.close();
    }
  }

  private Thread virtual(Runnable task) throws Exception {
    return (Thread) start.invoke(null, task);
  }

  @Test
  void waitersDoNotPinTheirCarriers() throws Exception {
    DsmLock lock = node.lock("l");
    SharedMemory memory = node.allocate("m", 8, Consistency.SEQUENTIAL);
    List<Thread> threads = new ArrayList<>();
    lock.lock();
    for (int i = 0; i < THREADS; i++) {
      threads.add(
          virtual(
              () -> {
                lock.lock();
                try {
                  memory.putLong(0, memory.getLong(0) + 1);
                } finally {
                  lock.unlock();
                }
              }));
    }
    CountDownLatch ran = new CountDownLatch(1);
    virtual(ran::countDown);
    assertTrue(ran.await(20, TimeUnit.SECONDS), "a carrier is free for a thread that can run");
    lock.unlock();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(THREADS, memory.getLong(0));
  }

  /** More threads wait than the engine has room for; whoever signals must still get the lock. */
  @Test
  void conditionsOfVirtualThreads() throws Exception {
    DsmLock lock = node.lock("l");
    Condition changed = lock.newCondition();
    SharedMemory memory = node.allocate("m", 16, Consistency.SEQUENTIAL);
    CountDownLatch begun = new CountDownLatch(THREADS);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(
          virtual(
              () -> {
                lock.lock();
                try {
                  begun.countDown();
                  while (memory.getLong(0) == 0) {
                    changed.awaitUninterruptibly();
                  }
                  memory.putLong(8, memory.getLong(8) + 1);
                } finally {
                  lock.unlock();
                }
              }));
    }
    assertTrue(begun.await(30, TimeUnit.SECONDS), "waiters leave the lock to others");
    lock.lock();
    memory.putLong(0, 1);
    changed.signalAll();
    lock.unlock();
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(THREADS, memory.getLong(8));
  }

  @Test
  void barriersOfVirtualThreadsOpen() throws Exception {
    CountDownLatch through = new CountDownLatch(PARTIES);
    for (int i = 0; i < PARTIES; i++) {
      virtual(
          () -> {
            try {
              node.barrier("b", PARTIES).await();
              through.countDown();
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          });
    }
    assertTrue(through.await(30, TimeUnit.SECONDS));
  }
}
