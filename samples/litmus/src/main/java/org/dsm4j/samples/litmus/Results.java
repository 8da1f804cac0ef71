package org.dsm4j.samples.litmus;

import org.dsm4j.Shared;

/**
 * What the threads of a batch found, on its way to node 0. Two batches have room at a time: one is
 * counted while the next runs. Rows are only read behind a barrier.
 */
final class Results {
  /** The row of what is left in the variables. */
  static final int FINALS = 4;

  private static final int ROWS = FINALS + 1;
  private static final int HEADER = 1;

  @Shared private static int[][] rows = new int[2 * ROWS][HEADER + Batch.INSTANCES_MAX];

  private Results() {}

  private static int row(Batch batch, int part) {
    return (batch.number() & 1) * ROWS + part;
  }

  /** A thread's findings, one for each instance, or {@link #FINALS}. */
  static void publish(Batch batch, int part, int[] found) {
    @Shared int[] row = rows[row(batch, part)];
    row[0] = batch.number();
    for (int i = 0; i < found.length; i++) {
      row[HEADER + i] = found[i];
    }
  }

  /**
   * The outcome of each instance.
   *
   * @throws AssertionError if a row is of another batch: then a barrier did not make known what was
   *     written before it
   */
  static long[] outcomes(Batch batch) {
    Shape shape = batch.row().shape();
    long[] outcomes = new long[batch.instances()];
    for (int thread = 0; thread < shape.threads(); thread++) {
      gather(batch, thread, shape.firstPlace(thread), outcomes);
    }
    gather(batch, FINALS, shape.firstPlace(shape.threads()), outcomes);
    return outcomes;
  }

  private static void gather(Batch batch, int part, int place, long[] outcomes) {
    @Shared int[] row = rows[row(batch, part)];
    if (row[0] != batch.number()) {
      throw new AssertionError(
          "behind a barrier, node 0 reads results of batch " + row[0] + " instead of " + batch);
    }
    for (int i = 0; i < outcomes.length; i++) {
      outcomes[i] = Outcome.with(outcomes[i], place, row[HEADER + i]);
    }
  }
}
