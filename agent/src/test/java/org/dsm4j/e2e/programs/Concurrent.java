package org.dsm4j.e2e.programs;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.dsm4j.Dsm;
import org.dsm4j.Shared;

/**
 * Every node uses each of the java.util.concurrent objects in shared fields; and wait and notify.
 */
public final class Concurrent {
  public static final int ROUNDS = 50;

  @Shared static final AtomicInteger COUNT = new AtomicInteger();
  @Shared static final AtomicReference<String> LONGEST = new AtomicReference<>("");
  @Shared static final LongAdder SUM = new LongAdder();
  @Shared static final CountDownLatch STARTED = new CountDownLatch(Dsm.nodes());
  @Shared static final CyclicBarrier ROUND = new CyclicBarrier(Dsm.nodes(), SUM::increment);
  @Shared static final Semaphore ONE = new Semaphore(1);
  @Shared static final ReentrantLock LOCK = new ReentrantLock();
  @Shared static final Condition TURN = LOCK.newCondition();
  @Shared static final ReentrantReadWriteLock TABLE = new ReentrantReadWriteLock();
  @Shared static int turn;
  @Shared static int guarded;
  @Shared static int written;
  @Shared static int monitored;

  private Concurrent() {}

  /** Prints the sums on node 0. */
  public static void main(String[] args) throws Exception {
    STARTED.countDown();
    STARTED.await();
    for (int i = 0; i < ROUNDS; i++) {
      COUNT.incrementAndGet();
      LONGEST.updateAndGet(text -> text.length() < 9 ? text + "x" : text);
      ONE.acquire();
      guarded++;
      ONE.release();
      TABLE.writeLock().lock();
      written++;
      TABLE.writeLock().unlock();
      takeTurn();
      pass();
      ROUND.await();
    }
    Dsm.barrier();
    if (Dsm.node() == 0) {
      System.out.println("count " + COUNT + " longest " + LONGEST + " rounds " + SUM);
      System.out.println("guarded " + guarded + " written " + written + " turns " + turn);
      System.out.println("monitored " + monitored);
    }
  }

  private static void takeTurn() throws InterruptedException {
    LOCK.lock();
    try {
      while (turn % Dsm.nodes() != Dsm.node()) {
        TURN.await();
      }
      turn++;
      TURN.signalAll();
    } finally {
      LOCK.unlock();
    }
  }

  private static synchronized void pass() throws InterruptedException {
    while (monitored % Dsm.nodes() != Dsm.node()) {
      Concurrent.class.wait();
    }
    monitored++;
    Concurrent.class.notifyAll();
  }
}
