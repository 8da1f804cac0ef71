package org.dsm4j.samples.tsp;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.dsm4j.Dsm;
import org.dsm4j.Shared;
import org.dsm4j.samples.team.Arguments;
import org.dsm4j.samples.team.Team;

/**
 * The shortest round trip through all cities, by branch and bound: threads of all nodes take begun
 * tours from one queue, put longer ones back or finish them, and give up whatever cannot become
 * shorter than the best that anybody knows.
 */
public final class Tsp {
  private static final int MAP_SIZE = 1000;

  /** Tours of fewer cities go back into the queue with one city more. */
  private static final int SPLIT = 3;

  @Shared private static int[][] distances;
  @Shared private static Queue queue;
  @Shared private static Tour best;

  /** The length of {@link #best}; everybody looks at it all the time. */
  @Shared private static volatile int shortest;

  private final int cities;
  private final int seed;

  /** Of each city: how far the nearest other one is. No way to it is shorter. */
  private int[] nearest;

  private Tsp(int cities, int seed) {
    this.cities = cities;
    this.seed = seed;
  }

  /** Runs; {@code --help} lists the options. */
  public static void main(String[] args) throws InterruptedException {
    Arguments arguments = new Arguments("tsp", args);
    int threads = arguments.number("--threads", 2, 1, 1000, "threads on each node");
    int cities = arguments.number("--cities", 13, 3, HeldKarp.MOST_CITIES, "cities");
    int seed = arguments.number("--seed", 1, 0, Integer.MAX_VALUE, "of the map");
    if (arguments.areRead()) {
      new Tsp(cities, seed).run(new Team("tsp", threads));
    }
  }

  private void run(Team team) throws InterruptedException {
    if (Dsm.node() == 0) {
      distances = map();
      queue = new Queue(team.size());
      queue.add(List.of(new Tour()));
      shortest = Integer.MAX_VALUE;
    }
    Dsm.barrier();
    nearest = new int[cities];
    for (int city = 0; city < cities; city++) {
      int here = city;
      nearest[city] =
          Arrays.stream(distances[city]).filter(there -> there != here).min().orElseThrow();
    }
    team.start(member -> work());
    team.join();
    if (Dsm.node() == 0) {
      int expected = HeldKarp.shortest(distances);
      team.report(
          shortest == expected && best.length() == expected && isRoundTrip(best),
          String.format("the shortest way round %d cities is %d", cities, shortest));
    }
  }

  private @Shared int[][] map() {
    Random random = new Random(seed);
    int[] x = random.ints(cities, 0, MAP_SIZE).toArray();
    int[] y = random.ints(cities, 0, MAP_SIZE).toArray();
    int[][] map = new int[cities][cities];
    for (int a = 0; a < cities; a++) {
      for (int b = 0; b < cities; b++) {
        map[a][b] = (int) Math.round(Math.hypot(x[a] - x[b], y[a] - y[b]));
      }
    }
    return map;
  }

  private void work() throws InterruptedException {
    for (Tour tour = queue.take(); tour != null; tour = queue.take()) {
      if (tour.count() < Math.min(SPLIT, cities)) {
        queue.add(longer(tour));
      } else {
        finish(tour);
      }
    }
  }

  private List<Tour> longer(Tour tour) {
    List<Tour> tours = new ArrayList<>();
    for (int city = 1; city < cities; city++) {
      if (!tour.visits(city)) {
        tours.add(tour.to(city, distances[tour.last()][city]));
      }
    }
    return tours;
  }

  private void finish(Tour tour) {
    boolean[] visited = new boolean[cities];
    int rest = nearest[0];
    for (int city = 1; city < cities; city++) {
      visited[city] = tour.visits(city);
      rest += visited[city] ? 0 : nearest[city];
    }
    visited[0] = true;
    search(tour.route(cities), tour.count(), visited, tour.length(), rest);
  }

  /** Tries all ways on, from {@code count} cities; what is left takes at least {@code rest}. */
  private void search(int[] route, int count, boolean[] visited, int length, int rest) {
    if (length + rest >= shortest) {
      return;
    }
    int[] ways = distances[route[count - 1]];
    if (count == cities) {
      propose(new Tour(route, count, length + ways[0]));
      return;
    }
    for (int city = 1; city < cities; city++) {
      if (!visited[city]) {
        visited[city] = true;
        route[count] = city;
        search(route, count + 1, visited, length + ways[city], rest - nearest[city]);
        visited[city] = false;
      }
    }
  }

  private static synchronized void propose(Tour tour) {
    if (tour.length() < shortest) {
      best = tour;
      shortest = tour.length();
    }
  }

  private boolean isRoundTrip(Tour tour) {
    int[] route = tour.route(cities);
    int length = distances[route[cities - 1]][route[0]];
    for (int i = 1; i < cities; i++) {
      length += distances[route[i - 1]][route[i]];
    }
    return length == tour.length() && Arrays.stream(route).distinct().count() == cities;
  }
}
