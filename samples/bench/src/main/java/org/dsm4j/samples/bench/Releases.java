package org.dsm4j.samples.bench;

import java.util.ArrayList;
import java.util.List;
import org.dsm4j.Consistency;

/**
 * What it costs to make writes known: a barrier to which node 1 comes last, after it has written a
 * word in each of some pages that node 0 is home of, less the same barrier with nothing written.
 */
final class Releases {
  private static final int[] PAGES = {1, 256};
  private static final int WARMUP = 200;
  private static final int ROUNDS = 500;

  private Releases() {}

  static List<Result> run(Lab lab) {
    List<Result> results = new ArrayList<>();
    for (int count : PAGES) {
      results.add(measure(lab, count));
    }
    return results;
  }

  private static Result measure(Lab lab, int count) {
    Pages pages = new Pages("bench.release." + count, count, Consistency.RELEASE);
    Samples clean = new Samples(ROUNDS);
    Samples dirty = new Samples(ROUNDS);
    for (int round = 0; round < WARMUP + ROUNDS; round++) {
      boolean counts = round >= WARMUP;
      byte value = (byte) (round + 1);
      // Node 0 writes in every round too, or the pages would move to node 1.
      if (lab.prepares()) {
        pages.writeAll(value);
      }
      lab.barrier();
      last(lab, counts ? clean : new Samples(1));
      if (lab.measures()) {
        pages.writeAll((byte) -value);
      }
      last(lab, counts ? dirty : new Samples(1));
      if (lab.prepares()) {
        pages.expectAll((byte) -value);
      }
      lab.barrier();
    }
    pages.free();
    if (!lab.measures()) {
      return lab.result("release");
    }
    double micros = dirty.micros(50) - clean.micros(50);
    return lab.result("release")
        .with("pages", count)
        .with("p50_us", micros)
        .with("page_us", micros / count);
  }

  /** A barrier, when the other node has had time to get there. */
  private static void last(Lab lab, Samples times) {
    if (lab.measures()) {
      long until = System.nanoTime() + 100_000;
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
    }
    long start = System.nanoTime();
    lab.barrier();
    times.add(System.nanoTime() - start);
  }
}
