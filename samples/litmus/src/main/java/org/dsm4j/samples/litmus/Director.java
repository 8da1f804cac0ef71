package org.dsm4j.samples.litmus;

import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Decides, on node 0, which batch is next, so that each row gets its share of the time; and counts
 * what came out. Not thread-safe.
 */
final class Director {
  /** The least that is worth a row's while. */
  private static final long ROW_NANOS = 150_000_000;

  private static final long BATCH_NANOS = 25_000_000;
  private static final int INSTANCES_MIN = 32;

  /** Of variables that nothing orders: next to the barriers of a batch, instances cost nothing. */
  private static final int RACY_INSTANCES_MIN = 128;

  private static final int INSTANCES_FIRST = 64;

  /**
   * What is next.
   *
   * @param row index of the row; -1 = the end
   * @param instances how many
   */
  record Choice(int row, int instances) {}

  /**
   * What one run has of all rows.
   *
   * @param first the first one; the rest follow, and around, as long as there is time
   * @param least how many are run though the time is over
   * @param nanos the time
   */
  record Share(int first, int least, long nanos) {}

  private final List<Row> rows;
  private final List<Tally> tallies;
  private final List<Integer> order = new ArrayList<>();
  private final Map<Variant, double[]> nanosPerInstance = new EnumMap<>(Variant.class);
  private final long end;
  private final int least;
  private int at;
  private int batches;
  private long rowEnd;

  /**
   * Begins.
   *
   * @param share which rows, and for how long
   * @param seed of the order in which the share counts rows
   * @param now as of System.nanoTime
   */
  Director(List<Row> rows, Share share, long seed, long now) {
    this.rows = rows;
    this.tallies = rows.stream().map(Tally::new).toList();
    this.end = now + share.nanos();
    this.least = share.least();
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      all.add(i);
    }
    Collections.shuffle(all, new Random(seed));
    for (int i = 0; i < all.size(); i++) {
      order.add(all.get((share.first() + i) % all.size()));
    }
    divide(now);
  }

  private void divide(long now) {
    rowEnd = now + Math.max(ROW_NANOS, (end - now) / Math.max(1, order.size() - at));
    batches = 0;
  }

  /** What is next. */
  Choice next(long now) {
    boolean late = now - end >= 0;
    if (at < order.size() && batches > 0 && (late || now - rowEnd >= 0)) {
      at++;
      divide(now);
    }
    if (at == order.size() || (late && at >= least)) {
      return new Choice(-1, 0);
    }
    batches++;
    int row = order.get(at);
    return new Choice(row, instances(rows.get(row)));
  }

  /** Nothing is next any more. */
  void stop() {
    at = order.size();
  }

  private int instances(Row row) {
    double[] cost = nanosPerInstance.get(row.variant());
    if (cost == null) {
      return INSTANCES_FIRST;
    }
    double fitting = BATCH_NANOS / cost[0];
    int least = row.variant().isRacy() ? RACY_INSTANCES_MIN : INSTANCES_MIN;
    return (int) Math.max(least, Math.min(Batch.INSTANCES_MAX, fitting));
  }

  /** How long a batch has taken. */
  void took(Batch batch, long nanos) {
    double cost = (double) nanos / batch.instances();
    double[] known =
        nanosPerInstance.computeIfAbsent(batch.row().variant(), variant -> new double[] {cost});
    known[0] = 0.7 * known[0] + 0.3 * cost;
  }

  /**
   * Counts.
   *
   * @return the forbidden outcomes that are new to their row, in words
   */
  List<String> count(int row, Batch batch, long[] outcomes) {
    List<String> bad = new ArrayList<>();
    Tally tally = tallies.get(row);
    for (int instance = 0; instance < outcomes.length; instance++) {
      Outcome outcome = new Outcome(outcomes[instance]);
      boolean isNew = tally.add(outcome, 1, batch.isDistinct() ? 1 : 0);
      if (isNew && rows.get(row).verdict(outcome) == Verdict.FORBIDDEN) {
        bad.add(
            rows.get(row).name()
                + ": "
                + rows.get(row).shape().text(outcome)
                + " is forbidden (instance "
                + instance
                + " of "
                + batch
                + ")");
      }
    }
    return bad;
  }

  List<Tally> tallies() {
    return tallies;
  }
}
