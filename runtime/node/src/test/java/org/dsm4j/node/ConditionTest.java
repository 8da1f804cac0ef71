package org.dsm4j.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Condition;
import java.util.function.Consumer;
import org.dsm4j.DsmLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Conditions of locks, and wait and notify of monitors, on a node alone: Java's contract. */
@Timeout(120)
class ConditionTest {
  private static final int RACES = 1_000;
  private static final long MONITOR = 77;

  private Node node;
  private DsmLock lock;
  private Condition condition;

  @BeforeEach
  void start() {
    node = Node.start(NodeConfig.builder().base(1).spaceBytes(1L << 30).ownsProcess(false).build());
    lock = node.lock("l");
    condition = lock.condition("c");
  }

  @AfterEach
  void close() {
    node.close();
  }

  /** A thread that waits once, and what became of it. */
  private final class Waiter {
    final AtomicReference<Object> outcome = new AtomicReference<>();
    final CountDownLatch holdsLock = new CountDownLatch(1);
    final Thread thread;

    /** Whether its interrupt flag was set at the end; and whether it had the lock. */
    volatile boolean flagAfter;

    volatile boolean heldAfter;

    Waiter(Wait wait) {
      thread =
          new Thread(
              () -> {
                lock.lock();
                try {
                  holdsLock.countDown();
                  outcome.set("signalled " + wait.run());
                } catch (InterruptedException e) {
                  outcome.set("interrupted");
                } finally {
                  flagAfter = Thread.currentThread().isInterrupted();
                  heldAfter = lock.isHeldByCurrentThread();
                  lock.unlock();
                }
              });
      thread.start();
    }

    /** Returns when it waits for the condition: it has had the lock, and others can have it. */
    Waiter begun() throws InterruptedException {
      holdsLock.await();
      lock.lock();
      lock.unlock();
      return this;
    }

    Object ended() throws InterruptedException {
      thread.join();
      assertTrue(heldAfter);
      return outcome.get();
    }
  }

  private interface Wait {
    Object run() throws InterruptedException;
  }

  private Waiter waiter(Wait wait) throws InterruptedException {
    return new Waiter(wait).begun();
  }

  private Object forEver() throws InterruptedException {
    condition.await();
    return "";
  }

  private void signal(Condition which) {
    lock.lock();
    which.signal();
    lock.unlock();
  }

  @Test
  void onlyTheHolderMayWaitAndSignal() {
    for (Wait use :
        List.<Wait>of(
            this::forEver,
            () -> condition.awaitNanos(1),
            () -> condition.await(1, TimeUnit.SECONDS),
            () -> condition.awaitUntil(new Date()),
            () -> {
              condition.awaitUninterruptibly();
              return "";
            },
            () -> {
              condition.signal();
              return "";
            },
            () -> {
              condition.signalAll();
              return "";
            })) {
      String message = assertThrows(IllegalMonitorStateException.class, use::run).getMessage();
      assertTrue(message.contains("DsmLock \"l\""), message);
    }
  }

  @Test
  void aWaiterGivesAllLevelsUpAndHasThemAgain() throws Exception {
    lock.lock();
    lock.lock();
    lock.lock();
    Thread other =
        new Thread(
            () -> {
              lock.lock();
              condition.signalAll();
              lock.unlock();
            });
    other.start();
    condition.await();
    other.join();
    lock.unlock();
    lock.unlock();
    assertTrue(lock.isHeldByCurrentThread());
    lock.unlock();
    assertThrows(IllegalMonitorStateException.class, lock::unlock);
  }

  @Test
  void timesEnd() throws Exception {
    lock.lock();
    long start = System.nanoTime();
    long left = condition.awaitNanos(TimeUnit.MILLISECONDS.toNanos(20));
    assertTrue(left <= 0 && left > -TimeUnit.SECONDS.toNanos(60), "" + left);
    assertTrue(System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(20));
    assertTrue(condition.awaitNanos(0) <= 0);
    assertTrue(condition.awaitNanos(Long.MIN_VALUE) <= 0);
    assertFalse(condition.await(-5, TimeUnit.DAYS));
    assertFalse(condition.await(5, TimeUnit.MILLISECONDS));
    assertFalse(condition.awaitUntil(new Date(System.currentTimeMillis() + 10)));
    assertFalse(condition.awaitUntil(new Date(0)));
    assertFalse(condition.awaitUntil(new Date(Long.MIN_VALUE)));
    assertTrue(lock.isHeldByCurrentThread());
    lock.unlock();
    for (Wait wait :
        List.<Wait>of(
            () -> condition.awaitNanos(Long.MAX_VALUE) > TimeUnit.DAYS.toNanos(1),
            () -> condition.await(Long.MAX_VALUE, TimeUnit.DAYS),
            () -> condition.awaitUntil(new Date(Long.MAX_VALUE)))) {
      Waiter patient = waiter(wait);
      signal(condition);
      assertEquals("signalled true", patient.ended());
    }
  }

  @Test
  void interruptsEndAWaitWithTheLockHeld() throws Exception {
    lock.lock();
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, condition::await);
    assertFalse(Thread.currentThread().isInterrupted());
    assertTrue(lock.isHeldByCurrentThread());
    lock.unlock();
    Waiter interrupted = waiter(this::forEver);
    interrupted.thread.interrupt();
    assertEquals("interrupted", interrupted.ended());
    assertFalse(interrupted.flagAfter);
  }

  @Test
  void anUninterruptibleWaitKeepsTheFlag() throws Exception {
    Waiter stubborn =
        waiter(
            () -> {
              condition.awaitUninterruptibly();
              return "";
            });
    stubborn.thread.interrupt();
    stubborn.begun();
    assertTrue(stubborn.thread.isAlive());
    signal(condition);
    assertEquals("signalled ", stubborn.ended());
    assertTrue(stubborn.flagAfter);
  }

  @Test
  void signalsWakeOneEachLongestWaiterFirst() throws Exception {
    List<Integer> order = new ArrayList<>();
    List<Waiter> waiters = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int number = i;
      waiters.add(
          waiter(
              () -> {
                condition.await();
                order.add(number);
                return "";
              }));
    }
    signal(lock.condition("another"));
    signal(lock.newCondition());
    for (int i = 0; i < 3; i++) {
      signal(lock.condition("c"));
      waiters.get(i).ended();
      lock.lock();
      assertEquals(i + 1, order.size());
      lock.unlock();
    }
    lock.lock();
    condition.signalAll();
    lock.unlock();
    for (Waiter waiter : waiters) {
      waiter.ended();
    }
    assertEquals(List.of(0, 1, 2), order.subList(0, 3));
    assertEquals(8, order.size());
    assertSame(condition, lock.condition("c"));
  }

  @Test
  void aThreadDumpTellsWhatItWaitsFor() throws Exception {
    Waiter waiter = waiter(this::forEver);
    while (waiter.thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertTrue(
        Arrays.stream(waiter.thread.getStackTrace())
            .anyMatch(frame -> frame.getClassName().endsWith("NodeCondition")));
    assertEquals("condition \"c\" of DsmLock \"l\"", condition.toString());
    signal(condition);
    waiter.ended();
  }

  /** One signal ends one wait: that of the first or, if that was given up before, the second. */
  private void race(Wait first, Consumer<Thread> disturb) throws Exception {
    Waiter one = waiter(first);
    Waiter two = waiter(this::forEver);
    Thread disturber = new Thread(() -> disturb.accept(one.thread));
    disturber.start();
    signal(condition);
    disturber.join();
    if (one.ended().equals("signalled true")) {
      lock.lock();
      boolean waits = two.outcome.get() == null;
      condition.signal();
      lock.unlock();
      assertTrue(waits, "one signal ended two waits");
    }
    two.thread.join(30_000);
    assertEquals("signalled ", two.outcome.get(), "a signal was lost: " + one.outcome);
  }

  /** Up to 60 microseconds. */
  private static void spinAWhile() {
    long until = System.nanoTime() + ThreadLocalRandom.current().nextInt(60_000);
    while (System.nanoTime() - until < 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aSignalIsNeverLostToAnInterruptedWaiter() throws Exception {
    for (int i = 0; i < RACES; i++) {
      race(
          () -> {
            condition.await();
            return true;
          },
          thread -> {
            spinAWhile();
            thread.interrupt();
          });
    }
  }

  @Test
  void aSignalIsNeverLostToAWaiterThatIsOutOfTime() throws Exception {
    for (int i = 0; i < RACES; i++) {
      long nanos = ThreadLocalRandom.current().nextInt(600_000);
      race(() -> condition.await(nanos, TimeUnit.NANOSECONDS), thread -> {});
    }
  }

  @Test
  void monitorsWaitAsObjectsDo() throws Exception {
    for (Executable unheld :
        List.<Executable>of(
            () -> node.monitorWait(MONITOR, 0), () -> node.monitorNotify(MONITOR, true))) {
      String message = assertThrows(IllegalMonitorStateException.class, unheld).getMessage();
      assertEquals("current thread is not owner", message, "as Object's methods say");
    }
    Thread.currentThread().interrupt();
    assertThrows(IllegalMonitorStateException.class, () -> node.monitorWait(MONITOR, 0));
    node.monitorEnter(MONITOR);
    assertThrows(InterruptedException.class, () -> node.monitorWait(MONITOR, 0));
    node.monitorEnter(MONITOR);
    assertFalse(node.monitorWait(MONITOR, 1_000_000));
    Thread other =
        new Thread(
            () -> {
              node.monitorEnter(MONITOR);
              node.monitorNotify(MONITOR, false);
              node.monitorExit(MONITOR);
            });
    other.start();
    assertTrue(node.monitorWait(MONITOR, 0));
    other.join();
    node.monitorExit(MONITOR);
    node.monitorExit(MONITOR);
    assertFalse(node.monitorHeld(MONITOR));
  }
}
