package org.dsm4j.node.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class WaitsTest {
  private final Waits waits = new Waits();

  @Test
  void aCompletionMayComeFirst() {
    waits.complete(5, Status.BROKEN);
    assertTrue(waits.await(5, this, false, false, 0));
    assertEquals(Status.BROKEN, waits.take(5));
    assertEquals(0, waits.size());
  }

  @Test
  void aWaiterIsUnparked() throws Exception {
    for (long ticket = 1; ticket <= 2_000; ticket++) {
      long number = ticket;
      AtomicInteger status = new AtomicInteger(99);
      CountDownLatch there = new CountDownLatch(1);
      Thread waiter =
          new Thread(
              () -> {
                there.countDown();
                waits.await(number, this, false, false, 0);
                status.set(waits.take(number));
              });
      waiter.start();
      there.await();
      waits.complete(number, Status.OK);
      waiter.join();
      assertEquals(Status.OK, status.get());
    }
    assertEquals(0, waits.size());
  }

  @Test
  void timeEnds() {
    long start = System.nanoTime();
    assertFalse(waits.await(1, this, true, true, start + TimeUnit.MILLISECONDS.toNanos(20)));
    assertTrue(System.nanoTime() - start >= TimeUnit.MILLISECONDS.toNanos(20));
    waits.forget(1);
    assertEquals(0, waits.size());
  }

  @Test
  void interruptionEndsOnlyAnInterruptibleWait() {
    Thread.currentThread().interrupt();
    assertFalse(waits.await(1, this, true, false, 0));
    assertTrue(Thread.currentThread().isInterrupted(), "the flag is kept for the caller to decide");
    waits.complete(2, Status.OK);
    assertTrue(waits.await(2, this, false, false, 0));
    assertTrue(Thread.interrupted());
  }

  @Test
  void anUninterruptibleWaitKeepsTheFlag() throws Exception {
    AtomicInteger flag = new AtomicInteger(-1);
    Thread waiter =
        new Thread(
            () -> {
              waits.await(3, this, false, false, 0);
              flag.set(Thread.currentThread().isInterrupted() ? 1 : 0);
            });
    waiter.start();
    waiter.interrupt();
    waits.complete(3, Status.OK);
    waiter.join();
    assertEquals(1, flag.get());
  }
}
