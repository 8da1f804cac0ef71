package org.dsm4j.e2e.programs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.dsm4j.Dsm;
import org.dsm4j.DsmLock;
import org.dsm4j.Shared;

/**
 * Rounds of the same work on every node, each checked: an exact count under a lock, and pages that
 * a neighbour reads. Node 0 does as many as each line of its standard input says and tells how long
 * they took; {@code exhaust} makes it run out of memory. The argument is how often a node takes the
 * lock in a round.
 */
public final class Rounds {
  private static final int CELLS = 4096;
  private static final int END = 0;

  @Shared static int counter;
  @Shared static int[] cells;
  @Shared static int wanted;

  private Rounds() {}

  /** Ends with standard input; with an exception when anything is wrong. */
  public static void main(String[] args) throws IOException {
    int locked = Integer.parseInt(args[0]);
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    if (Dsm.node() == 0) {
      cells = new int[Dsm.nodes() * CELLS];
      System.out.println("ready");
    }
    Dsm.barrier();
    for (int round = 0; ; ) {
      if (Dsm.node() == 0) {
        wanted = next(in);
      }
      Dsm.barrier();
      int last = round + wanted;
      if (last == round) {
        return;
      }
      long start = System.nanoTime();
      while (round < last) {
        round(++round, locked);
      }
      if (Dsm.node() == 0) {
        long micros = (System.nanoTime() - start) / 1000;
        System.out.println("rounds to " + round + " took " + micros + " us");
      }
    }
  }

  private static int next(BufferedReader in) throws IOException {
    String line = in.readLine();
    if (line != null && line.equals("exhaust")) {
      try {
        System.out.println("exhausted not, with " + new long[Integer.MAX_VALUE].length);
      } catch (OutOfMemoryError expected) {
        System.out.println("exhausted");
      }
      line = in.readLine();
    }
    return line == null ? END : Integer.parseInt(line);
  }

  private static void round(int round, int locked) {
    DsmLock lock = Dsm.lock("rounds");
    for (int i = 0; i < locked; i++) {
      lock.lock();
      try {
        counter++;
      } finally {
        lock.unlock();
      }
    }
    @Shared int[] all = cells;
    int own = Dsm.node() * CELLS;
    for (int i = own; i < own + CELLS; i++) {
      all[i] = round;
    }
    Dsm.barrier();
    int next = (Dsm.node() + 1) % Dsm.nodes() * CELLS;
    for (int i = next; i < next + CELLS; i++) {
      expect(all[i], round, "cell " + i);
    }
    expect(counter, round * locked * Dsm.nodes(), "the counter");
    Dsm.barrier();
  }

  private static void expect(int found, int right, String what) {
    if (found != right) {
      throw new IllegalStateException(what + " is " + found + ", and " + right + " would be right");
    }
  }
}
