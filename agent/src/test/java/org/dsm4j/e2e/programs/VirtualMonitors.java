package org.dsm4j.e2e.programs;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import org.dsm4j.Dsm;
import org.dsm4j.DsmBarrier;
import org.dsm4j.Shared;

/**
 * Virtual threads (Java 21 and later), many more than there are carriers, on two nodes: fault in
 * pages within monitors, meet at barriers, hold a monitor of the JVM while they wait for one of the
 * cluster, wait and notify.
 */
public final class VirtualMonitors {
  private static final int THREADS = 64;
  private static final int ROUNDS = 3;
  private static final int PAGES = 256;
  private static final int PAGE_LONGS = 512;
  private static final int ROOM = 4;

  @Shared static final Object LOCK = new Object();
  @Shared static int counted;
  @Shared static int stored;
  @Shared static long[] pages = new long[PAGES * PAGE_LONGS];
  @Shared static final CyclicBarrier MEET = new CyclicBarrier(2 * THREADS);

  private VirtualMonitors() {}

  /** Prints what was counted. */
  public static void main(String[] args) throws Exception {
    DsmBarrier all = Dsm.barrier("all", 2 * THREADS);
    run(me -> countAndMeet(me, all));
    // One node produces, the other consumes.
    int change = Dsm.node() == 0 ? 1 : -1;
    run(me -> hand(change));
    Dsm.barrier();
    long written = 0;
    for (int i = 0; i < pages.length; i += PAGE_LONGS) {
      written += pages[i];
    }
    System.out.println("virtual " + counted + " " + stored + " " + written);
    Dsm.barrier();
  }

  private interface Body {
    void run(int me) throws Exception;
  }

  private static void run(Body body) throws Exception {
    Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int me = i;
      Runnable task =
          () -> {
            try {
              body.run(me);
            } catch (Exception e) {
              throw new IllegalStateException(e);
            }
          };
      threads.add((Thread) start.invoke(null, task));
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private static void countAndMeet(int me, DsmBarrier all) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      for (int page = me; page < PAGES; page += THREADS) {
        synchronized (LOCK) {
          pages[page * PAGE_LONGS]++;
        }
      }
      all.await();
      MEET.await();
      Object own = new Object();
      synchronized (own) {
        synchronized (LOCK) {
          counted++;
          Thread.yield();
        }
      }
    }
  }

  private static void hand(int change) throws InterruptedException {
    for (int round = 0; round < ROUNDS; round++) {
      synchronized (LOCK) {
        while (change < 0 ? stored == 0 : stored >= ROOM) {
          LOCK.wait();
        }
        stored += change;
        LOCK.notifyAll();
      }
    }
  }
}
