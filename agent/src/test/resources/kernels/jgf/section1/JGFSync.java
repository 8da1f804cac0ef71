package jgf.section1;

import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import org.dsm4j.*;

public class JGFSync {
  @Shared
  static class Counter {
    private int count;

    public void increment() {
      ++count;
    }

    synchronized void sync() {
      count++;
    }

    int get() {
      return count;
    }
  }

  @Shared static Counter c1 = new Counter(), c2 = new Counter();
  @Shared static int shared_cont;
  @Shared static final AtomicInteger at = new AtomicInteger();
  @Shared static final AtomicLong al = new AtomicLong(5);
  @Shared static final LongAdder adder = new LongAdder();
  @Shared static final CountDownLatch go = new CountDownLatch(1);
  @Shared static final Semaphore sem = new Semaphore(2);
  @Shared static final CyclicBarrier bar = new CyclicBarrier(Dsm.nodes() * 2);

  static synchronized void st() {
    shared_cont++;
  }

  public static void main(String[] a) throws Exception {
    Thread[] ts = new Thread[2];
    for (int t = 0; t < 2; t++) {
      ts[t] =
          new Thread(
              () -> {
                try {
                  go.await();
                  for (int i = 0; i < 200; i++) {
                    synchronized (c1) {
                      c1.increment();
                    }
                    c2.sync();
                    st();
                    at.incrementAndGet();
                    al.addAndGet(2);
                    adder.increment();
                    at.updateAndGet(v -> v + 1);
                  }
                  for (int i = 0; i < 30; i++) bar.await();
                  sem.acquire();
                  try {
                    al.getAndIncrement();
                  } finally {
                    sem.release();
                  }
                  bar.await();
                } catch (Exception e) {
                  throw new RuntimeException(e);
                }
              });
      ts[t].start();
    }
    Dsm.barrier();
    if (Dsm.node() == 0) go.countDown();
    for (Thread t : ts) t.join();
    Dsm.barrier();
    int n = Dsm.nodes() * 2;
    if (Dsm.node() == 0)
      System.out.println(
          (c1.get() / n)
              + " "
              + c2.count / n
              + " "
              + shared_cont / n
              + " "
              + at.get() / n
              + " "
              + (al.get() - 5) / n
              + " "
              + adder.sum() / n
              + " "
              + sem.availablePermits());
    Dsm.barrier();
  }
}
