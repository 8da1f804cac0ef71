package org.dsm4j.samples.bench;

import java.util.ArrayList;
import java.util.List;
import org.dsm4j.Consistency;
import org.dsm4j.Dsm;
import org.dsm4j.SharedMemory;

/** Fetch-and-add on one number that all nodes want. */
final class Atomics {
  private static final int ADDITIONS = 20_000;

  private Atomics() {}

  static List<Result> run(Lab lab) {
    List<Result> results = new ArrayList<>();
    for (Consistency mode : Consistency.values()) {
      results.add(run(lab, mode));
    }
    return results;
  }

  private static Result run(Lab lab, Consistency mode) {
    SharedMemory counter = Dsm.allocate("bench.atomic" + mode, Long.BYTES, mode);
    lab.barrier();
    long start = System.nanoTime();
    for (int i = 0; i < ADDITIONS; i++) {
      counter.getAndAddLong(0, 1);
    }
    lab.barrier();
    double seconds = (System.nanoTime() - start) / 1e9;
    long expected = (long) ADDITIONS * lab.nodes();
    if (counter.getLong(0) != expected) {
      throw new AssertionError("counted " + counter.getLong(0) + ", not " + expected);
    }
    return lab.result("atomic.add")
        .with("memory", Lab.word(mode))
        .with("per_second", expected / seconds);
  }
}
