package org.dsm4j.samples.sor;

import org.dsm4j.Shared;

/** One row of the grid, shared or not. */
final class Relaxation {
  private static final double OMEGA = 1.5;

  private Relaxation() {}

  /** The start: a warm rim around a cold plate. */
  static void fill(@Shared double[] row, int number, int rows) {
    boolean rim = number == 0 || number == rows - 1;
    for (int i = 0; i < row.length; i++) {
      row[i] = rim || i == 0 || i == row.length - 1 ? 1 + (number * 31 + i * 17) % 100 : 0;
    }
  }

  /** Relaxes every second inner element of {@code row}, the first being at 1 + {@code colour}. */
  static void relax(@Shared double[] up, @Shared double[] row, @Shared double[] down, int colour) {
    for (int i = 1 + colour; i < row.length - 1; i += 2) {
      double mean = (up[i] + down[i] + row[i - 1] + row[i + 1]) / 4;
      row[i] += OMEGA * (mean - row[i]);
    }
  }
}
