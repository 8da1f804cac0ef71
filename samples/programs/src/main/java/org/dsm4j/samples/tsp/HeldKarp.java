package org.dsm4j.samples.tsp;

import org.dsm4j.Shared;

/**
 * The length of the shortest round trip by dynamic programming over sets of cities (Held and Karp
 * 1962): another way to the same number, by one thread.
 */
final class HeldKarp {
  /** A table of 2^17 x 17 numbers is 9 MiB. */
  static final int MOST_CITIES = 18;

  private HeldKarp() {}

  static int shortest(@Shared int[][] distances) {
    int others = distances.length - 1;
    // Of each set of cities and each one of them: the shortest way from city 0 through all to that
    // one. Cities but 0 are counted from 0.
    int[][] ways = new int[1 << others][others];
    for (int set = 1; set < ways.length; set++) {
      for (int last = 0; last < others; last++) {
        ways[set][last] = way(distances, ways, set, last);
      }
    }
    int shortest = Integer.MAX_VALUE;
    for (int last = 0; last < others; last++) {
      shortest = Math.min(shortest, ways[ways.length - 1][last] + distances[last + 1][0]);
    }
    return shortest;
  }

  private static int way(@Shared int[][] distances, int[][] ways, int set, int last) {
    int before = set & ~(1 << last);
    if (before == set) {
      return Integer.MAX_VALUE;
    }
    if (before == 0) {
      return distances[0][last + 1];
    }
    int shortest = Integer.MAX_VALUE;
    for (int from = 0; from < distances.length - 1; from++) {
      if ((before & 1 << from) != 0) {
        shortest = Math.min(shortest, ways[before][from] + distances[from + 1][last + 1]);
      }
    }
    return shortest;
  }
}
