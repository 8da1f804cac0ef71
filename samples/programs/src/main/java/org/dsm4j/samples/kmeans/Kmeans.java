package org.dsm4j.samples.kmeans;

import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.LongAdder;
import org.dsm4j.Dsm;
import org.dsm4j.Shared;
import org.dsm4j.samples.team.Arguments;
import org.dsm4j.samples.team.Team;

/**
 * Clustering of points by the method of k means (Lloyd 1982): in each round every thread finds the
 * nearest centre of each of its points, then the centres go to the middle of their points, until no
 * point changes sides.
 */
public final class Kmeans {
  private static final int MAP_SIZE = 10_000;
  private static final int SPREAD = 900;

  @Shared private static Point[] points;
  @Shared private static Cluster[] clusters;

  /** Of each point: the number of its cluster. */
  @Shared private static int[] nearest;

  /** How many points have changed sides in this round. */
  @Shared private static final LongAdder changes = new LongAdder();

  @Shared private static int rounds;
  @Shared private static boolean done;

  /** How many threads there are on all nodes. */
  private static int members;

  private final Team team;

  /** Made when {@link #members} is known. */
  private static final class Round {
    @Shared static final CyclicBarrier end = new CyclicBarrier(members, Kmeans::endRound);
  }

  private Kmeans(Team team) {
    this.team = team;
  }

  /** Runs; {@code --help} lists the options. */
  public static void main(String[] args) throws InterruptedException {
    Arguments arguments = new Arguments("kmeans", args);
    int threads = arguments.number("--threads", 2, 1, 1000, "threads on each node");
    int count = arguments.number("--points", 20_000, 1, 10_000_000, "points");
    int centres = arguments.number("--clusters", 8, 1, 10_000, "clusters");
    int seed = arguments.number("--seed", 1, 0, Integer.MAX_VALUE, "of the points");
    if (centres > count) {
      throw new IllegalArgumentException(
          "--clusters " + centres + " is more than there are points, " + count);
    }
    if (arguments.areRead()) {
      Team team = new Team("kmeans", threads);
      members = team.size();
      new Kmeans(team).run(count, centres, new Random(seed));
    }
  }

  private void run(int count, int centres, Random random) throws InterruptedException {
    if (Dsm.node() == 0) {
      points = new Point[count];
      nearest = new int[count];
      scatter(random, centres);
      clusters = new Cluster[centres];
      for (int i = 0; i < centres; i++) {
        clusters[i] = new Cluster(points[i]);
      }
      rounds = 0;
      done = false;
    }
    Dsm.barrier();
    team.start(this::work);
    team.join();
    if (Dsm.node() == 0) {
      Reference reference = new Reference(points, centres);
      team.report(
          rounds == reference.rounds() && reference.agrees(clusters, nearest),
          String.format(
              "%d points in %d clusters after %d rounds, the first around %s",
              count, centres, rounds, clusters[0]));
    }
  }

  /** Heaps of points at random places, one for each cluster. */
  private static void scatter(Random random, int heaps) {
    int[] x = random.ints(heaps, 0, MAP_SIZE).toArray();
    int[] y = random.ints(heaps, 0, MAP_SIZE).toArray();
    for (int i = 0; i < points.length; i++) {
      int heap = random.nextInt(heaps);
      int dx = (int) (random.nextGaussian() * SPREAD);
      int dy = (int) (random.nextGaussian() * SPREAD);
      points[i] = new Point(x[heap] + dx, y[heap] + dy);
    }
  }

  private void work(int member) throws Exception {
    int first = team.first(member, points.length);
    int end = team.first(member + 1, points.length);
    while (!done) {
      assign(first, end);
      Round.end.await();
    }
  }

  private static void assign(int first, int end) {
    int count = clusters.length;
    long[] sumX = new long[count];
    long[] sumY = new long[count];
    int[] size = new int[count];
    int changed = 0;
    for (int i = first; i < end; i++) {
      Point point = points[i];
      int cluster = nearestTo(point);
      if (cluster != nearest[i]) {
        nearest[i] = cluster;
        changed++;
      }
      sumX[cluster] += point.x();
      sumY[cluster] += point.y();
      size[cluster]++;
    }
    for (int i = 0; i < count; i++) {
      clusters[i].add(sumX[i], sumY[i], size[i]);
    }
    changes.add(changed);
  }

  private static int nearestTo(Point point) {
    int best = 0;
    for (int i = 1; i < clusters.length; i++) {
      if (clusters[i].distanceSquared(point) < clusters[best].distanceSquared(point)) {
        best = i;
      }
    }
    return best;
  }

  /** The last thread that comes to the barrier does it, before any goes on. */
  private static void endRound() {
    for (Cluster cluster : clusters) {
      cluster.move();
    }
    rounds++;
    done = changes.sumThenReset() == 0;
  }
}
