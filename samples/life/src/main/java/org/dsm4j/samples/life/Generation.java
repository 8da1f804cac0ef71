package org.dsm4j.samples.life;

import org.dsm4j.Shared;

/** One step of Conway's rule (Gardner 1970) on a torus. */
final class Generation {
  private Generation() {}

  /** Computes the rows from {@code first} to before {@code end} of the next generation. */
  static void step(
      @Shared byte[] from, @Shared byte[] to, int rows, int columns, int first, int end) {
    for (int row = first; row < end; row++) {
      int above = (row == 0 ? rows - 1 : row - 1) * columns;
      int below = (row == rows - 1 ? 0 : row + 1) * columns;
      row(from, to, above, row * columns, below, columns);
    }
  }

  /**
   * One row. Sums of three cells in a column slide along, so that each cell is read once and not
   * nine times; {@code above}, {@code at} and {@code below} are the indices of the rows' first
   * cells.
   */
  private static void row(
      @Shared byte[] from, @Shared byte[] to, int above, int at, int below, int columns) {
    int last = columns - 1;
    int left = from[above + last] + from[at + last] + from[below + last];
    int cell = from[at];
    int firstSum = from[above] + cell + from[below];
    int middle = firstSum;
    for (int column = 0; column < last; column++) {
      int next = from[at + column + 1];
      int right = from[above + column + 1] + next + from[below + column + 1];
      to[at + column] = rule(left + middle + right - cell, cell);
      left = middle;
      middle = right;
      cell = next;
    }
    to[at + last] = rule(left + middle + firstSum - cell, cell);
  }

  /** Alive with three neighbours, or with two if it was alive. */
  private static byte rule(int neighbours, int cell) {
    return (byte) ((neighbours | cell) == 3 ? 1 : 0);
  }
}
