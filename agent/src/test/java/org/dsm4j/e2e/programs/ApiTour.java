package org.dsm4j.e2e.programs;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.dsm4j.Consistency;
import org.dsm4j.Dsm;
import org.dsm4j.DsmBarrier;
import org.dsm4j.DsmLock;
import org.dsm4j.SharedMemory;

/** Every method of the API that this version has, from all nodes at once. */
public final class ApiTour {
  private static final int THREADS = 3;
  private static final int ROUNDS = 200;

  private ApiTour() {}

  /** Prints "toured" on each node, or fails. */
  public static void main(String[] args) throws Exception {
    memory();
    atomics();
    barriers();
    locks();
    frees();
    statistics();
    System.out.println("toured");
  }

  private static void memory() {
    SharedMemory memory = Dsm.allocate("tour.memory", 10_000, Consistency.SEQUENTIAL);
    check(memory.size() == 10_000 && memory.name().equals("tour.memory"), "name and size");
    if (Dsm.node() == 0) {
      check(memory.getLong(5000) == 0, "fresh memory is zero");
      memory.putByte(0, (byte) -1);
      memory.putShort(1, (short) -2);
      memory.putChar(3, 'x');
      memory.putInt(5, 0x1234_5678);
      memory.putLong(4093, 0x1122_3344_5566_7788L); // across two pages
      memory.putFloat(17, 1.5f);
      memory.putDouble(21, -2.5);
    }
    Dsm.barrier();
    check(memory.getByte(0) == -1 && memory.getShort(1) == -2 && memory.getChar(3) == 'x', "small");
    check(memory.getInt(5) == 0x1234_5678, "int");
    check(memory.getLong(4093) == 0x1122_3344_5566_7788L, "a long across two pages");
    check(memory.getFloat(17) == 1.5f && memory.getDouble(21) == -2.5, "floating point");
    memory.touch(0, memory.size(), false);
    ByteBuffer view = memory.asByteBuffer(4093, 8);
    check(view.getLong(0) == 0x1122_3344_5566_7788L, "a view in native order");
    expect(IndexOutOfBoundsException.class, () -> memory.getLong(9_993));
    expect(IndexOutOfBoundsException.class, () -> memory.putByte(-1, (byte) 0));
    expect(UnsupportedOperationException.class, () -> memory.as(String.class));
    Dsm.barrier();
  }

  private static void atomics() throws InterruptedException {
    SharedMemory memory = Dsm.allocate("tour.atomics", 16);
    onThreads(
        thread -> {
          for (int i = 0; i < ROUNDS; i++) {
            memory.getAndAddLong(0, 1);
            int seen = memory.getInt(8);
            while (!memory.compareAndSetInt(8, seen, seen + 2)) {
              seen = memory.getInt(8);
            }
          }
        });
    Dsm.barrier();
    int all = Dsm.nodes() * THREADS * ROUNDS;
    check(memory.getLong(0) == all, "additions: " + memory.getLong(0));
    check(memory.getInt(8) == 2 * all, "exchanges: " + memory.getInt(8));
    Dsm.barrier();
  }

  private static void barriers() throws Exception {
    DsmBarrier barrier = Dsm.barrier("tour.barrier", Dsm.nodes() * THREADS);
    SharedMemory arrived = Dsm.allocate("tour.arrived", 8);
    onThreads(
        thread -> {
          for (int round = 1; round <= 20; round++) {
            arrived.getAndAddInt(0, 1);
            barrier.await();
            int count = arrived.getInt(0);
            check(count == round * barrier.parties(), "arrivals " + count + " in round " + round);
            barrier.await();
          }
        });
    Dsm.barrier();
    brokenBarrier();
  }

  /**
   * One party too few: the one that is out of patience breaks the barrier for those that wait
   * without bound.
   */
  private static void brokenBarrier() throws Exception {
    DsmBarrier incomplete = Dsm.barrier("tour.incomplete", Dsm.nodes() + 1);
    Dsm.barrier();
    if (Dsm.node() == 0) {
      expect(TimeoutException.class, () -> incomplete.await(2, TimeUnit.SECONDS));
    } else {
      expect(BrokenBarrierException.class, incomplete::await);
    }
    Dsm.barrier();
  }

  private static void locks() throws Exception {
    DsmLock lock = Dsm.lock("tour.lock");
    if (Dsm.node() == 0) {
      lock.lock();
      lock.lock();
      check(lock.isHeldByCurrentThread(), "held");
      lock.unlock();
    }
    Dsm.barrier();
    if (Dsm.node() != 0) {
      check(!lock.tryLock(), "held by node 0");
      check(!lock.tryLock(20, TimeUnit.MILLISECONDS), "still held by node 0");
      expect(IllegalMonitorStateException.class, lock::unlock);
      interruptAWaiter(lock);
    }
    Dsm.barrier();
    if (Dsm.node() == 0) {
      lock.unlock();
      check(!lock.isHeldByCurrentThread(), "given back");
    }
    Dsm.barrier();
    check(lock.tryLock(30, TimeUnit.SECONDS), "free");
    lock.unlock();
    Dsm.barrier();
  }

  private static void interruptAWaiter(DsmLock lock) throws InterruptedException {
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread waiter =
        new Thread(
            () -> {
              try {
                lock.lockInterruptibly();
              } catch (Throwable e) {
                end.set(e);
              }
            },
            "waiter");
    waiter.start();
    waiter.interrupt();
    waiter.join();
    check(end.get() instanceof InterruptedException, "an interrupted waiter: " + end.get());
  }

  private static void frees() {
    SharedMemory memory = Dsm.allocate("tour.freed", 8192);
    memory.putInt(Dsm.node() * 4L, 7);
    Dsm.barrier();
    if (Dsm.node() == 0) {
      Dsm.free(memory);
    }
    Dsm.barrier();
    expect(IllegalStateException.class, () -> memory.getInt(0));
    SharedMemory again = Dsm.allocate("tour.freed", 4096);
    check(again.getLong(0) == 0 && again.size() == 4096, "fresh memory under the same name");
    Dsm.barrier();
  }

  private static void statistics() {
    check(Dsm.statistics().barriers() > 0, "barriers were counted");
    if (Dsm.nodes() > 1) {
      check(Dsm.statistics().cluster().pagesFetched() > 0, "fetches were counted");
    }
    Dsm.barrier();
  }

  private interface Body {
    void run(int thread) throws Exception;
  }

  private static void onThreads(Body body) throws InterruptedException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int number = i;
      Thread thread =
          new Thread(
              () -> {
                try {
                  body.run(number);
                } catch (Throwable e) {
                  failure.compareAndSet(null, e);
                }
              },
              "tour-" + i);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    if (failure.get() != null) {
      throw new AssertionError("a thread failed", failure.get());
    }
  }

  private interface Action {
    void run() throws Exception;
  }

  private static void expect(Class<? extends Throwable> wanted, Action action) {
    try {
      action.run();
    } catch (Throwable e) {
      check(wanted.isInstance(e), "expected " + wanted.getSimpleName() + ", got " + e);
      return;
    }
    throw new AssertionError("no " + wanted.getSimpleName());
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }
}
