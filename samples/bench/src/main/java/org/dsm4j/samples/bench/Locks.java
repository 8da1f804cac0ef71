package org.dsm4j.samples.bench;

import java.util.ArrayList;
import java.util.List;
import org.dsm4j.Consistency;
import org.dsm4j.Dsm;
import org.dsm4j.DsmLock;
import org.dsm4j.SharedMemory;

/** Locks whose token is on the other node, and one lock that both nodes want. */
final class Locks {
  private static final int LOCKS = 500;
  private static final int ROUNDS = 6;
  private static final int WARMUP_ROUNDS = 2;
  private static final int INCREMENTS = 5000;
  private static final int CACHED = 200_000;

  private Locks() {}

  static List<Result> run(Lab lab) {
    return List.of(
        cached(lab),
        remote(lab),
        contended(lab, Consistency.SEQUENTIAL),
        contended(lab, Consistency.RELEASE));
  }

  /** Lock and unlock of a lock that no other node wants. */
  private static Result cached(Lab lab) {
    DsmLock lock = Dsm.lock("bench.lock.cached." + Dsm.node());
    double nanos = 0;
    for (int round = 0; round < WARMUP_ROUNDS + 1; round++) {
      lab.barrier();
      long start = System.nanoTime();
      for (int i = 0; i < CACHED && lab.measures(); i++) {
        lock.lock();
        lock.unlock();
      }
      nanos = (double) (System.nanoTime() - start) / CACHED;
    }
    lab.barrier();
    return lab.result("lock.cached").with("p50_us", nanos / 1e3);
  }

  /** Lock and unlock of locks that node 0 held last. */
  private static Result remote(Lab lab) {
    List<DsmLock> locks = new ArrayList<>();
    for (int i = 0; i < LOCKS; i++) {
      locks.add(Dsm.lock("bench.lock." + i));
    }
    Samples times = new Samples(LOCKS * ROUNDS);
    for (int round = 0; round < WARMUP_ROUNDS + ROUNDS; round++) {
      if (lab.prepares()) {
        pass(locks, new Samples(LOCKS));
      }
      lab.barrier();
      if (lab.measures()) {
        pass(locks, round < WARMUP_ROUNDS ? new Samples(LOCKS) : times);
      }
      lab.barrier();
    }
    return lab.measures() ? lab.result("lock.remote").with(times) : lab.result("lock.remote");
  }

  private static void pass(List<DsmLock> locks, Samples times) {
    for (DsmLock lock : locks) {
      long start = System.nanoTime();
      lock.lock();
      lock.unlock();
      times.add(System.nanoTime() - start);
    }
  }

  /** All nodes increment one number under one lock. */
  private static Result contended(Lab lab, Consistency mode) {
    SharedMemory counter = Dsm.allocate("bench.lock.counter" + mode, Long.BYTES, mode);
    DsmLock lock = Dsm.lock("bench.lock.contended" + mode);
    lab.barrier();
    long start = System.nanoTime();
    for (int i = 0; i < INCREMENTS; i++) {
      lock.lock();
      try {
        counter.putLong(0, counter.getLong(0) + 1);
      } finally {
        lock.unlock();
      }
    }
    lab.barrier();
    double seconds = (System.nanoTime() - start) / 1e9;
    long expected = (long) INCREMENTS * lab.nodes();
    if (counter.getLong(0) != expected) {
      throw new AssertionError("counted " + counter.getLong(0) + ", not " + expected);
    }
    return lab.result("lock.contended")
        .with("memory", Lab.word(mode))
        .with("per_second", expected / seconds);
  }
}
