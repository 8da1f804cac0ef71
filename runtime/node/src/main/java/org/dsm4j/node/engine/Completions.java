package org.dsm4j.node.engine;

import static org.dsm4j.node.engine.Memory.UNSAFE;

import java.util.concurrent.TimeUnit;

/**
 * The one thread ({@code dsm-completions}) that reads ended waits from the engine and unparks their
 * threads. No fault ever waits for it; it never touches shared memory.
 *
 * <pre>
 *   struct dsm_completion   0: ticket u64   8: status i32   12: kind u32
 * </pre>
 */
final class Completions implements Runnable {
  private static final int BYTES = 16;
  private static final int BATCH = 64;
  private static final int KIND_OPERATION = 0;
  private static final int KIND_LOST = 1;
  private static final long POLL_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final LibDsm library;
  private final long engine;
  private final Waits waits;
  private final LossListener listener;
  private final Thread thread;

  Completions(LibDsm library, long engine, Waits waits, LossListener listener) {
    this.library = library;
    this.engine = engine;
    this.waits = waits;
    this.listener = listener;
    this.thread = new Thread(null, this, "dsm-completions");
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  @Override
  public void run() {
    long buffer = UNSAFE.allocateMemory((long) BYTES * BATCH);
    try {
      int count;
      while ((count = library.dsm_completions(engine, buffer, BATCH, POLL_NANOS)) >= 0) {
        for (int i = 0; i < count; i++) {
          deliver(buffer + (long) i * BYTES);
        }
      }
    } finally {
      UNSAFE.freeMemory(buffer);
    }
  }

  private void deliver(long completion) {
    long ticket = UNSAFE.getLong(completion);
    int kind = UNSAFE.getInt(completion + 12);
    if (kind == KIND_OPERATION) {
      waits.complete(ticket, UNSAFE.getInt(completion + 8));
    } else if (kind == KIND_LOST) {
      listener.lost((int) ticket);
    }
  }

  /**
   * Waits for the thread to see that the engine has stopped; an interrupt does not cut this short
   * and stays set.
   *
   * @return whether the thread has ended in time
   */
  boolean awaitEnd(long millis) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    boolean interrupted = false;
    while (thread.isAlive() && deadline - System.nanoTime() > 0) {
      try {
        thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime())));
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }
}
