package org.dsm4j.samples.litmus;

import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.dsm4j.Dsm;
import org.dsm4j.DsmLock;
import org.dsm4j.Shared;

/**
 * What goes on beside the batches that are to be disturbed: on each node a thread counts under a
 * lock that all nodes want, so that each node releases and acquires at any time, and now and then
 * asks for a garbage collection. It orders nothing among the threads of a batch.
 */
final class Noise {
  private static final long COLLECT_NANOS = 300_000_000;
  private static final int PAUSE_NANOS = 500_000;

  @Shared private static long[] counted = new long[1];

  private final DsmLock lock = Dsm.lock("litmus.noise");
  private final Semaphore wanted = new Semaphore(0);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final SplittableRandom random;
  private final Thread thread;
  private volatile boolean on;
  private volatile boolean ended;
  private volatile long own;

  Noise(long seed) {
    random = new SplittableRandom(seed + Dsm.node());
    thread = new Thread(this::run, "litmus-noise");
    thread.setDaemon(true);
    thread.start();
  }

  /** From now on there is noise, or is none. */
  void set(boolean noisy) {
    on = noisy;
    if (noisy) {
      wanted.release();
    }
  }

  /** Ends it; how often this node has counted. */
  long end() throws InterruptedException {
    ended = true;
    set(true);
    thread.join();
    if (failure.get() != null) {
      throw new IllegalStateException("the noise has ended by itself", failure.get());
    }
    return own;
  }

  /** How often all nodes have counted. Behind a barrier after all have ended. */
  static long total() {
    return counted[0];
  }

  private void run() {
    try {
      long collected = System.nanoTime();
      while (!ended) {
        if (!on) {
          wanted.acquire();
          wanted.drainPermits();
          continue;
        }
        count();
        if (System.nanoTime() - collected > COLLECT_NANOS) {
          System.gc();
          collected = System.nanoTime();
        }
        LockSupport.parkNanos(random.nextInt(PAUSE_NANOS));
      }
    } catch (InterruptedException | RuntimeException | Error e) {
      failure.set(e);
    }
  }

  private void count() {
    lock.lock();
    try {
      counted[0]++;
      own++;
    } finally {
      lock.unlock();
    }
  }
}
