package org.dsm4j.samples.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.dsm4j.Dsm;
import org.dsm4j.DsmLock;
import org.dsm4j.Shared;
import org.dsm4j.samples.team.Arguments;
import org.dsm4j.samples.team.Team;

/**
 * Locks and writes for a long time, and never a barrier, while the last node does nothing at all:
 * what a node has to remember for others who do not listen must stay bounded. Every node watches
 * its own memory; if any grows, all end with status 1.
 */
public final class Soak {
  private static final int LOCKS = 64;
  private static final int WORDS_OF_LOCK = 4096;
  private static final int SHORTEST_SECONDS = 5;

  /** The words of each lock lie on pages of their own; those of one page belong to one lock. */
  @Shared static long[] words;

  @Shared static volatile boolean over;

  private Soak() {}

  /** Runs; {@code --help} lists the options. */
  public static void main(String[] args) throws InterruptedException {
    Arguments arguments = new Arguments("soak", args);
    int threads = arguments.number("--threads", 1, 1, 100, "threads on each node but the last");
    int seconds = arguments.number("--seconds", 600, SHORTEST_SECONDS, 1 << 20, "how long");
    int pause = arguments.number("--pause", 200, 0, 1_000_000, "microseconds between two locks");
    if (!arguments.areRead()) {
      return;
    }
    if (Dsm.nodes() < 2) {
      throw new IllegalArgumentException("soak: give 2 nodes or more, the last of which is idle");
    }
    Team team = new Team("soak", threads);
    if (Dsm.node() == 0) {
      words = new long[LOCKS * WORDS_OF_LOCK];
    }
    Dsm.barrier();
    if (Dsm.node() < Dsm.nodes() - 1) {
      team.start(member -> work(member, pause));
    }
    List<String> grown = watch(seconds);
    over = true;
    team.join();
    if (!grown.isEmpty()) {
      throw new AssertionError("node " + Dsm.node() + ": " + String.join("; ", grown));
    }
    Dsm.barrier();
    if (Dsm.node() == 0) {
      report(team, seconds);
    }
  }

  /**
   * Adds one to a few words of a lock, in turn, so that what is written is on other pages each
   * time.
   */
  private static void work(int member, int pauseMicros) {
    DsmLock[] locks = new DsmLock[LOCKS];
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = Dsm.lock("soak-" + i);
    }
    for (int turn = member; !over; turn++) {
      int which = turn % LOCKS;
      int word = turn * 37 % (WORDS_OF_LOCK - 1);
      locks[which].lock();
      try {
        words[which * WORDS_OF_LOCK]++;
        words[which * WORDS_OF_LOCK + 1 + word]++;
      } finally {
        locks[which].unlock();
      }
      if (pauseMicros > 0) {
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(pauseMicros));
      }
    }
  }

  /**
   * Looks at this node's memory at a third of the time and at the end; what has grown meanwhile.
   */
  private static List<String> watch(int seconds) throws InterruptedException {
    long start = System.nanoTime();
    sleepUntil(start, TimeUnit.SECONDS.toMillis(seconds) / 3);
    Footprint early = Footprint.now();
    List<Footprint> later = new ArrayList<>();
    for (int part = 1; part <= 10; part++) {
      long third = TimeUnit.SECONDS.toMillis(seconds) / 3;
      sleepUntil(start, third + part * 2 * third / 10);
      later.add(Footprint.now());
    }
    Footprint last = later.get(later.size() - 1);
    System.out.println("node " + Dsm.node() + ": " + early + ", then " + last);
    return Footprint.growth(early, later);
  }

  private static void sleepUntil(long start, long millis) throws InterruptedException {
    long left = millis - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
    if (left > 0) {
      Thread.sleep(left);
    }
  }

  private static void report(Team team, int seconds) {
    long counted = 0;
    long expected = 0;
    for (int i = 0; i < words.length; i++) {
      if (i % WORDS_OF_LOCK == 0) {
        expected += words[i];
      } else {
        counted += words[i];
      }
    }
    team.report(
        counted == expected && counted > 0,
        String.format("%d turns in %d s, memory flat on all nodes", counted, seconds));
  }
}
