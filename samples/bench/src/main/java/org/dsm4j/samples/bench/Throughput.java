package org.dsm4j.samples.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.dsm4j.Consistency;

/** Page faults a second when many threads of a node fault at once. */
final class Throughput {
  private static final int[] THREADS = {1, 8, 32};
  private static final int PAGES = 8192;

  private Throughput() {}

  static List<Result> run(Lab lab) throws InterruptedException {
    List<Result> results = new ArrayList<>();
    Pages pages = new Pages("bench.throughput", PAGES, Consistency.SEQUENTIAL);
    byte value = 0;
    for (int threads : THREADS) {
      value++;
      if (lab.prepares()) {
        pages.writeAll(value);
      }
      lab.barrier();
      if (lab.measures()) {
        double seconds = read(pages, threads, value);
        results.add(
            lab.result("fault.throughput")
                .with("threads", threads)
                .with("per_second", PAGES / seconds));
      }
      lab.barrier();
    }
    pages.free();
    return results;
  }

  /** Seconds that so many threads take to read all pages. */
  private static double read(Pages pages, int threads, byte value) throws InterruptedException {
    CountDownLatch start = new CountDownLatch(1);
    AtomicReference<Throwable> failure = new AtomicReference<>();
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int first = i;
      Thread reader =
          new Thread(
              () -> {
                try {
                  start.await();
                  pages.readShare(first, threads, value);
                } catch (Throwable e) {
                  failure.compareAndSet(null, e);
                }
              },
              "reader-" + i);
      reader.start();
      readers.add(reader);
    }
    long begin = System.nanoTime();
    start.countDown();
    for (Thread reader : readers) {
      reader.join();
    }
    if (failure.get() != null) {
      throw new AssertionError("a reader failed", failure.get());
    }
    return (System.nanoTime() - begin) / 1e9;
  }
}
