package org.dsm4j.samples.bench;

import java.util.List;

/** A barrier of all nodes, one thread each, all arriving at once. */
final class Barriers {
  private static final int WARMUP = 2000;
  private static final int ROUNDS = 10_000;

  private Barriers() {}

  static List<Result> run(Lab lab) {
    for (int i = 0; i < WARMUP; i++) {
      lab.barrier();
    }
    Samples times = new Samples(ROUNDS);
    for (int i = 0; i < ROUNDS; i++) {
      long start = System.nanoTime();
      lab.barrier();
      times.add(System.nanoTime() - start);
    }
    return List.of(lab.result("barrier").with(times));
  }
}
