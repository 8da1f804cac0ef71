package org.dsm4j.samples.bench;

import java.util.ArrayList;
import java.util.List;
import org.dsm4j.Consistency;
import org.dsm4j.Dsm;
import org.dsm4j.SharedMemory;

/**
 * A large block that node 0 wrote is read from end to end: by plain loads, page by page, and after
 * fetching it in bulk.
 */
final class Sequential {
  private static final long BYTES = 32L << 20;
  private static final int ROUNDS = 3;

  private Sequential() {}

  static List<Result> run(Lab lab) {
    List<Result> results = new ArrayList<>();
    for (Consistency mode : Consistency.values()) {
      results.addAll(run(lab, mode));
    }
    return results;
  }

  private static List<Result> run(Lab lab, Consistency mode) {
    SharedMemory memory = Dsm.allocate("bench.sequential" + mode, BYTES, mode);
    List<Result> results = new ArrayList<>();
    for (boolean bulk : new boolean[] {false, true}) {
      double best = 0;
      for (int round = 1; round <= ROUNDS; round++) {
        if (lab.prepares()) {
          write(memory, round);
        }
        lab.barrier();
        if (lab.measures()) {
          best = Math.max(best, megabytesPerSecond(memory, bulk, round));
        }
        lab.barrier();
      }
      results.add(
          lab.result(bulk ? "read.touch" : "read.sequential")
              .with("memory", Lab.word(mode))
              .with("mb_per_second", best));
    }
    if (lab.prepares()) {
      Dsm.free(memory);
    }
    return results;
  }

  private static void write(SharedMemory memory, long value) {
    for (long offset = 0; offset < BYTES; offset += Long.BYTES) {
      memory.putLong(offset, value);
    }
  }

  private static double megabytesPerSecond(SharedMemory memory, boolean bulk, long value) {
    long start = System.nanoTime();
    if (bulk) {
      memory.touch(0, BYTES, false);
    }
    long sum = 0;
    for (long offset = 0; offset < BYTES; offset += Long.BYTES) {
      sum += memory.getLong(offset);
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    long expected = value * (BYTES / Long.BYTES);
    if (sum != expected) {
      throw new AssertionError("the sum is " + sum + ", not " + expected);
    }
    return BYTES / 1e6 / seconds;
  }
}
