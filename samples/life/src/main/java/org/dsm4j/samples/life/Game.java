package org.dsm4j.samples.life;

import java.util.concurrent.TimeUnit;
import org.dsm4j.Shared;

/** One node's part in a game. */
final class Game {
  private final Cluster cluster;
  private final Options options;
  private final Pattern pattern;

  Game(Cluster cluster, Options options, Pattern pattern) {
    this.cluster = cluster;
    this.options = options;
    this.pattern = pattern;
  }

  void play() throws InterruptedException {
    int rows = options.rows();
    int columns = options.columns();
    int first = Placement.firstRow(cluster.node(), cluster.nodes(), rows);
    int end = Placement.firstRow(cluster.node() + 1, cluster.nodes(), rows);
    if (cluster.node() == 0) {
      Board.create(pattern, rows, columns);
    }
    cluster.barrier();
    @Shared byte[] from = Board.even;
    @Shared byte[] to = Board.odd;
    try (Spectator spectator = Spectator.of(cluster, options);
        Crew crew = new Crew(options.threads())) {
      long start = System.nanoTime();
      spectator.show(0, from);
      for (int generation = 1; generation <= options.iterations(); generation++) {
        crew.step(from, to, rows, columns, first, end);
        cluster.barrier();
        @Shared byte[] written = to;
        to = from;
        from = written;
        spectator.show(generation, from);
      }
      long nanos = System.nanoTime() - start;
      spectator.end(options.iterations(), from);
      report(from, nanos);
    }
  }

  private void report(@Shared byte[] cells, long nanos) {
    if (cluster.node() != 0) {
      return;
    }
    if (options.summary()) {
      System.out.print(Summary.of(cluster, options, TimeUnit.NANOSECONDS.toMicros(nanos)));
    }
    System.out.println(
        Census.of(cells, options.rows(), options.columns()).line(options.iterations()));
  }
}
