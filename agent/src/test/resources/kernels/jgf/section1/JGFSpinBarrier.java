package jgf.section1;

import java.util.Arrays;
import org.dsm4j.*;

/**
 * Threads that wait for each other by looking at plain array elements: a combining barrier whose
 * flags are in a volatile field, neighbours that compare how far they are, a plain flag at the end.
 */
public class JGFSpinBarrier {
  abstract static class Barrier {
    abstract void DoBarrier(int myid);
  }

  @Shared
  static class Combining extends Barrier {
    volatile boolean[] arrived;
    int waits = 2;
    final int parties;

    Combining(int parties) {
      this.parties = parties;
      arrived = new boolean[parties];
    }

    @Override
    void DoBarrier(int myid) {
      boolean turn = !arrived[myid];
      for (int child = 2 * myid + 1; child <= 2 * myid + 2 && child < parties; child++) {
        int left = waits;
        while (arrived[child] != turn) {
          if (--left == 0) {
            Thread.yield();
            left = waits;
          }
        }
      }
      arrived[myid] = turn;
      while (arrived[0] != turn) Thread.yield();
    }
  }

  static class Neighbours {
    final int id, n;
    volatile long progress[][];

    Neighbours(int id, int n, long[][] progress) {
      this.id = id;
      this.n = n;
      this.progress = progress;
    }

    void step() {
      progress[id][0]++;
      if (id > 0) while (progress[id - 1][0] < progress[id][0])
          ;
      if (id < n - 1) while (progress[id + 1][0] < progress[id][0])
          ;
    }
  }

  /** Two say that they come, and each looks whether the other does (Peterson). */
  @Shared
  static class Pair {
    boolean[] coming = new boolean[2];
    volatile int last;
    int count;

    void add(int id) {
      coming[id] = true;
      last = id;
      while (coming[1 - id] && last == id) Thread.yield();
      count++;
      coming[id] = false;
    }
  }

  @Shared static Pair pair;
  @Shared static Barrier barrier;
  @Shared static long[] values;
  @Shared static volatile long[][] sync;
  @Shared static boolean done;
  @Shared static String verdict;

  public static void main(String[] args) throws InterruptedException {
    int id = Dsm.node(), n = Dsm.nodes(), part = 600 / n, wrong = 0;
    if (id == 0) {
      barrier = new Combining(n);
      values = new long[part * n];
      sync = new long[n][16];
      pair = new Pair();
    }
    Dsm.barrier();
    for (int i = 0; i < 12 && id < 2; i++) pair.add(id);
    Dsm.barrier();
    if (id == 0) System.out.println("spinning: counted " + (pair.count == 12 * Math.min(n, 2)));
    Barrier br = barrier;
    for (int round = 1; round <= 4; round++) {
      Arrays.fill(values, id * part, (id + 1) * part, round);
      br.DoBarrier(id);
      for (long value : values) wrong += value == round ? 0 : 1;
      br.DoBarrier(id);
    }
    Neighbours mine = new Neighbours(id, n, sync);
    for (int round = 10; round < 14; round++) {
      values[id * part] = round;
      mine.step();
      if (id > 0) wrong += values[(id - 1) * part] == round ? 0 : 1;
      if (id < n - 1) wrong += values[(id + 1) * part] == round ? 0 : 1;
      mine.step();
    }
    if (id == n - 1) {
      verdict = "spinning: last value " + values[id * part];
      done = true;
    }
    while (!done) Thread.sleep(1);
    if (wrong > 0) System.out.println("spinning: " + wrong + " old values on node " + id);
    if (id == 0) System.out.println(verdict);
    Dsm.barrier();
  }
}
