package org.dsm4j.samples.team;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import org.dsm4j.Dsm;
import org.dsm4j.DsmBarrier;

/**
 * Threads that work on one thing together: as many on each node, numbered through. A failure of one
 * of them ends all nodes with status 1.
 */
public final class Team {
  private static final int STATUS_WRONG = 1;

  private final String name;
  private final int threads;
  private final DsmBarrier barrier;
  private final List<Thread> running = new ArrayList<>();
  private final long start = System.nanoTime();
  private long nanoseconds;

  /** What a thread does. */
  @FunctionalInterface
  public interface Work {
    void run() throws Exception;
  }

  /** What a member does. */
  @FunctionalInterface
  public interface MemberWork {
    /**
     * Does it.
     *
     * @param member 0 to {@link Team#size} - 1
     */
    void run(int member) throws Exception;
  }

  /** A team of so many threads on each node; the same name and number everywhere. */
  public Team(String name, int threads) {
    this.name = name;
    this.threads = threads;
    this.barrier = Dsm.barrier(name, threads * Dsm.nodes());
  }

  /** How many members there are, on all nodes. */
  public int size() {
    return threads * Dsm.nodes();
  }

  /** Starts this node's members. */
  public void start(MemberWork work) {
    for (int i = 0; i < threads; i++) {
      int member = Dsm.node() * threads + i;
      start(name + "-" + member, () -> work.run(member));
    }
  }

  /** Starts a thread of this node, member or not. */
  public void start(String threadName, Work work) {
    Thread thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (Throwable e) {
                e.printStackTrace();
                System.exit(STATUS_WRONG);
              }
            },
            threadName);
    running.add(thread);
    thread.start();
  }

  /** Waits until all threads that this node has started have ended, then for the other nodes. */
  public void join() throws InterruptedException {
    for (Thread thread : running) {
      thread.join();
    }
    running.clear();
    Dsm.barrier();
    nanoseconds = System.nanoTime() - start;
  }

  /** Waits until all members are here. */
  public void barrier() throws InterruptedException, BrokenBarrierException {
    barrier.await();
  }

  /**
   * Where a member's share of so many items begins. Shares differ by one at most; that of member m
   * ends where that of m + 1 begins.
   */
  public int first(int member, int items) {
    return (int) ((long) items * member / size());
  }

  /**
   * For one node to say, after {@link #join}: how long it took on how many threads; then, in a line
   * that is the same on any number of them, what was done and that it is right. If it is not, all
   * nodes end.
   */
  public void report(boolean right, String what) {
    System.out.printf(
        "%s on %d x %d threads: %.3f s%n", name, Dsm.nodes(), threads, nanoseconds / 1e9);
    if (!right) {
      System.err.println(name + ": " + what + ": WRONG");
      System.exit(STATUS_WRONG);
    }
    System.out.println(name + ": " + what + ": verified");
  }
}
