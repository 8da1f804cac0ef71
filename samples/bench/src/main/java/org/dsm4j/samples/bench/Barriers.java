package org.dsm4j.samples.bench;

import java.util.List;
import org.dsm4j.Consistency;
import org.dsm4j.Dsm;
import org.dsm4j.SharedMemory;

/**
 * A barrier of all nodes, one thread each, all arriving at once: with little in the nodes' caches,
 * and with much. A barrier has to look at what was written, not at what is cached.
 */
final class Barriers {
  private static final int WARMUP = 2000;
  private static final int BATCH = 1000;
  private static final int BATCHES = 10;
  private static final long CACHED_BYTES = 64L << 20;

  private Barriers() {}

  static List<Result> run(Lab lab) {
    Samples little = new Samples(BATCH * BATCHES);
    Samples much = new Samples(BATCH * BATCHES);
    take(lab, WARMUP, new Samples(WARMUP));
    for (int batch = 0; batch < BATCHES; batch++) {
      take(lab, BATCH, little);
    }
    SharedMemory memory = Dsm.allocate("bench.barrier", CACHED_BYTES, Consistency.RELEASE);
    cache(lab, memory);
    take(lab, WARMUP, new Samples(WARMUP));
    for (int batch = 0; batch < BATCHES; batch++) {
      take(lab, BATCH, much);
    }
    checkCached(memory);
    lab.barrier();
    if (lab.prepares()) {
      Dsm.free(memory);
    }
    return List.of(
        lab.result("barrier").with(little),
        lab.result("barrier.cached")
            .with(much)
            .with("cached_mb", (int) (CACHED_BYTES >> 20))
            .with("ratio", much.micros(50) / little.micros(50)));
  }

  private static void take(Lab lab, int count, Samples times) {
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      lab.barrier();
      times.add(System.nanoTime() - start);
    }
  }

  /** Node 0 writes all of it, then everybody reads all of it. */
  private static void cache(Lab lab, SharedMemory memory) {
    if (lab.prepares()) {
      for (long offset = 0; offset < CACHED_BYTES; offset += Lab.PAGE_BYTES) {
        memory.putLong(offset, offset + 1);
      }
    }
    lab.barrier();
    memory.touch(0, CACHED_BYTES, false);
    checkCached(memory);
    lab.barrier();
  }

  private static void checkCached(SharedMemory memory) {
    long faults = Dsm.statistics().pagesFetched();
    for (long offset = 0; offset < CACHED_BYTES; offset += Lab.PAGE_BYTES) {
      if (memory.getLong(offset) != offset + 1) {
        throw new AssertionError("offset " + offset + " holds " + memory.getLong(offset));
      }
    }
    long fetched = Dsm.statistics().pagesFetched() - faults;
    if (fetched != 0) {
      throw new AssertionError(fetched + " pages were not in the cache");
    }
  }
}
