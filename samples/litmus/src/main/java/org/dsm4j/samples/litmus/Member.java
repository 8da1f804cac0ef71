package org.dsm4j.samples.litmus;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Stream;
import org.dsm4j.Dsm;
import org.dsm4j.Shared;

/**
 * One node of a run, started by {@link Litmus} under the agent: {@code Member SEED MILLIS FIRST
 * ROWS SHAPES VARIANTS}. Node 0 says in {@link #plan} which batch is next; behind a barrier all
 * nodes read it and run their threads of it. At the end node 0 prints a line for each row.
 */
public final class Member {
  private static final int THREADS_MAX = 4;
  private static final int FIELDS = 4;

  /** Row, instances and seed of a batch: of one that runs, and of the next. */
  @Shared private static long[] plan = new long[2 * FIELDS];

  /** How often each node has made noise. */
  @Shared private static long[] noises = new long[4096];

  private final List<Row> rows;
  private final long seed;
  private final boolean stops;
  private final Director director;
  private final Guards guards = new Guards();
  private final ExecutorService others = Executors.newFixedThreadPool(THREADS_MAX, Member::daemon);
  private final Noise noise;

  private Member(List<Row> rows, Director.Share share, long seed, boolean stops) {
    this.rows = rows;
    this.stops = stops;
    this.seed = seed;
    this.director = Dsm.node() == 0 ? new Director(rows, share, seed, System.nanoTime()) : null;
    this.noise = new Noise(seed);
  }

  /** Runs this node's part. */
  public static void main(String[] args) throws Exception {
    List<Row> rows = Row.of(names(args[4], Shapes::named), names(args[5], Variant::named));
    Director.Share share =
        new Director.Share(
            Integer.parseInt(args[2]), Integer.parseInt(args[3]), Long.parseLong(args[1]));
    new Member(rows, share, Long.parseLong(args[0]), Boolean.parseBoolean(args[6])).run();
  }

  /** What is named in a list with commas; empty for all. */
  private static <T> List<T> names(String list, Function<String, T> named) {
    return list.equals(ClusterRun.ALL) ? List.of() : Stream.of(list.split(",")).map(named).toList();
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "litmus-thread");
    thread.setDaemon(true);
    return thread;
  }

  private void run() throws Exception {
    Batch last = null;
    long lastStart = 0;
    int lastRow = 0;
    for (int number = 0; ; number++) {
      int at = (number & 1) * FIELDS;
      if (director != null) {
        announce(number, at);
      }
      Dsm.barrier();
      long start = System.nanoTime();
      if (director != null && last != null) {
        director.took(last, start - lastStart);
        count(lastRow, last);
      }
      int row = (int) plan[at];
      if (row < 0) {
        break;
      }
      Batch batch =
          new Batch(rows.get(row), number, plan[at + 2], (int) plan[at + 1], Dsm.nodes(), guards);
      play(batch);
      last = batch;
      lastRow = row;
      lastStart = start;
    }
    others.shutdown();
    checkNoise();
    if (director != null) {
      director.tallies().forEach(tally -> System.out.println(tally.line()));
      System.out.println(ClusterRun.END);
    }
  }

  private void announce(int number, int at) {
    Director.Choice choice = director.next(System.nanoTime());
    plan[at] = choice.row();
    plan[at + 1] = choice.instances();
    plan[at + 2] = seed * 1_000_003 + number;
  }

  private void count(int row, Batch batch) {
    for (String bad : director.count(row, batch, Results.outcomes(batch))) {
      System.out.println(ClusterRun.FORBIDDEN + bad);
      if (stops) {
        director.stop();
      }
    }
  }

  /** The threads that are on this node; its main thread is one of them. */
  private void play(Batch batch) throws Exception {
    noise.set(batch.isNoisy());
    List<Future<?>> started = new ArrayList<>();
    Player own = null;
    for (int thread = 0; thread < batch.row().shape().threads(); thread++) {
      if (batch.node(thread) == Dsm.node()) {
        Player player = new Player(batch, thread, guards);
        if (own == null) {
          own = player;
        } else {
          started.add(others.submit(() -> playBeside(batch, player)));
        }
      }
    }
    if (own != null) {
      own.play();
    }
    for (Future<?> each : started) {
      each.get();
    }
  }

  /** The main thread waits for this one, perhaps at a barrier: so a failure ends all. */
  private static void playBeside(Batch batch, Player player) {
    try {
      player.play();
    } catch (InterruptedException | BrokenBarrierException | RuntimeException | Error e) {
      System.err.println("litmus: " + batch + ": " + e);
      System.exit(1);
    }
  }

  /** The noise has counted under a lock: exactly, or the lock did not do its work. */
  private void checkNoise() throws InterruptedException {
    noises[Dsm.node()] = noise.end();
    Dsm.barrier();
    if (director != null) {
      long sum = 0;
      for (int node = 0; node < Dsm.nodes(); node++) {
        sum += noises[node];
      }
      if (sum != Noise.total()) {
        System.out.println(
            ClusterRun.FORBIDDEN
                + "the nodes counted "
                + sum
                + " times under one lock, and the counter is "
                + Noise.total());
      }
    }
  }
}
