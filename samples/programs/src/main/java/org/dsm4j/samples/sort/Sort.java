package org.dsm4j.samples.sort;

import java.util.Arrays;
import java.util.Random;
import org.dsm4j.Dsm;
import org.dsm4j.Shared;
import org.dsm4j.samples.team.Arguments;
import org.dsm4j.samples.team.Team;

/**
 * Merge sort of one array by all threads of all nodes: each sorts its share, then runs are merged
 * in pairs, twice as long in each round, and every thread writes its own share of every result.
 */
public final class Sort {
  private static final long SEED = 20;

  @Shared static int[] even;
  @Shared static int[] odd;

  private final Team team;
  private final int size;

  private Sort(Team team, int size) {
    this.team = team;
    this.size = size;
  }

  /** Runs; {@code --help} lists the options. */
  public static void main(String[] args) throws InterruptedException {
    Arguments arguments = new Arguments("sort", args);
    int threads = arguments.number("--threads", 2, 1, 1000, "threads on each node");
    int size = arguments.number("--size", 1 << 18, 1, 1 << 30, "numbers to sort");
    if (arguments.areRead()) {
      new Sort(new Team("sort", threads), size).run();
    }
  }

  private void run() throws InterruptedException {
    if (Dsm.node() == 0) {
      even = new int[size];
      odd = new int[size];
      @Shared int[] numbers = even;
      Random random = new Random(SEED);
      for (int i = 0; i < size; i++) {
        numbers[i] = random.nextInt();
      }
    }
    Dsm.barrier();
    team.start(this::sort);
    team.join();
    if (Dsm.node() == 0) {
      @Shared int[] sorted = Integer.bitCount(rounds()) % 2 == 0 ? even : odd;
      team.report(isSorted(sorted), String.format("%d numbers in order", size));
    }
  }

  /** One bit for each round of merging. */
  private int rounds() {
    int rounds = 0;
    for (int runs = 1; runs < team.size(); runs *= 2) {
      rounds |= runs;
    }
    return rounds;
  }

  private void sort(int member) throws Exception {
    @Shared int[] from = even;
    @Shared int[] to = odd;
    Arrays.sort(from, team.first(member, size), team.first(member + 1, size));
    for (int runs = 1; runs < team.size(); runs *= 2) {
      team.barrier();
      mergeShare(from, to, member, runs);
      @Shared int[] written = to;
      to = from;
      from = written;
    }
  }

  /** Two neighbours of so many shares each are merged by the members whose shares they are. */
  private void mergeShare(@Shared int[] from, @Shared int[] to, int member, int shares) {
    int group = member / (2 * shares) * (2 * shares);
    int left = team.first(group, size);
    int middle = team.first(Math.min(group + shares, team.size()), size);
    int end = team.first(Math.min(group + 2 * shares, team.size()), size);
    int first = team.first(member, size);
    int last = team.first(member + 1, size);
    int l = left + Merge.fromLeft(from, left, middle, end, first - left);
    Merge.merge(from, l, middle, first - (l - left) + (middle - left), end, to, first, last);
  }

  /** Whether it is what the library makes of the same numbers. */
  private boolean isSorted(@Shared int[] sorted) {
    int[] expected = new int[size];
    Random random = new Random(SEED);
    for (int i = 0; i < size; i++) {
      expected[i] = random.nextInt();
    }
    Arrays.sort(expected);
    return Arrays.equals(expected, sorted);
  }
}
