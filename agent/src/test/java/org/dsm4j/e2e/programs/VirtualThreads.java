package org.dsm4j.e2e.programs;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.dsm4j.Dsm;
import org.dsm4j.DsmLock;
import org.dsm4j.Shared;

/**
 * Many virtual threads (Java 21 and later) wait for one lock, more of them than there are carriers.
 */
public final class VirtualThreads {
  public static final int THREADS = 100;
  public static final int ROUNDS = 5;

  @Shared static int count;

  private VirtualThreads() {}

  /** Prints the count on node 0. */
  public static void main(String[] args) throws Exception {
    Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
    DsmLock lock = Dsm.lock("virtual");
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add((Thread) start.invoke(null, (Runnable) () -> work(lock)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Dsm.barrier();
    if (Dsm.node() == 0) {
      System.out.println("count " + count);
    }
  }

  private static void work(DsmLock lock) {
    for (int i = 0; i < ROUNDS; i++) {
      lock.lock();
      try {
        count++;
      } finally {
        lock.unlock();
      }
    }
  }
}
