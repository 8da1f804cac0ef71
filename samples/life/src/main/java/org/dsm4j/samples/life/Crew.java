package org.dsm4j.samples.life;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.dsm4j.Shared;

/** The threads of one node that compute its rows; the calling thread is one of them. */
final class Crew implements AutoCloseable {
  private final int threads;
  private final ExecutorService helpers;

  Crew(int threads) {
    this.threads = threads;
    this.helpers = threads == 1 ? null : Executors.newFixedThreadPool(threads - 1);
  }

  /** As {@link Generation#step}, the rows split over the threads. */
  void step(@Shared byte[] from, @Shared byte[] to, int rows, int columns, int first, int end)
      throws InterruptedException {
    List<Future<?>> others = new ArrayList<>();
    for (int i = 1; i < threads; i++) {
      int shareFirst = share(i, first, end);
      int shareEnd = share(i + 1, first, end);
      others.add(
          helpers.submit(() -> Generation.step(from, to, rows, columns, shareFirst, shareEnd)));
    }
    Generation.step(from, to, rows, columns, first, share(1, first, end));
    for (Future<?> other : others) {
      try {
        other.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("a share of the rows was not computed", e.getCause());
      }
    }
  }

  private int share(int thread, int first, int end) {
    return first + Placement.firstRow(thread, threads, end - first);
  }

  @Override
  public void close() {
    if (helpers != null) {
      helpers.shutdown();
    }
  }
}
