package org.dsm4j.e2e.programs;

import java.util.ArrayList;
import java.util.List;
import org.dsm4j.Dsm;
import org.dsm4j.DsmLock;
import org.dsm4j.Shared;

/** Several threads on every node count under every kind of monitor. */
public final class Counters {
  public static final int THREADS = 2;
  public static final int INCREMENTS = 500;

  @Shared static final Object MONITOR = new Object();
  @Shared static int underClass;
  @Shared static int underMethod;
  @Shared static int underObject;
  @Shared static long underLock;
  @Shared static int[] underArray = new int[1];
  @Shared static volatile boolean done;

  private Counters() {}

  /** Prints each counter on node 0. */
  public static void main(String[] args) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Thread thread = new Thread(Counters::count, "counter-" + i);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    Dsm.barrier();
    if (Dsm.node() == 0) {
      System.out.println("class " + underClass);
      System.out.println("method " + underMethod);
      System.out.println("object " + underObject);
      System.out.println("array " + underArray[0]);
      System.out.println("lock " + underLock);
      done = true;
    }
    while (!done) {
      Thread.onSpinWait();
    }
    Dsm.barrier();
    if (Dsm.node() == 0) {
      System.out.println("volatile " + underClass);
    }
  }

  private static void count() {
    DsmLock lock = Dsm.lock("counter");
    @Shared int[] array = underArray;
    for (int i = 0; i < INCREMENTS; i++) {
      synchronized (Counters.class) {
        underClass++;
      }
      increment();
      synchronized (MONITOR) {
        underObject++;
      }
      synchronized (array) {
        array[0]++;
      }
      lock.lock();
      try {
        underLock++;
      } finally {
        lock.unlock();
      }
    }
  }

  private static synchronized void increment() {
    underMethod++;
  }
}
