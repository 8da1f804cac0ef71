package org.dsm4j.samples.life;

import org.dsm4j.Shared;

/**
 * The shared state: two grids, row after row, one byte 0 or 1 a cell. A generation is read from one
 * and written to the other.
 */
final class Board {
  @Shared static byte[] even;
  @Shared static byte[] odd;

  private Board() {}

  /**
   * Makes both grids, with the pattern in the middle of the first. One node does this, before a
   * barrier.
   */
  static void create(Pattern pattern, int rows, int columns) {
    even = new byte[rows * columns];
    odd = new byte[rows * columns];
    @Shared byte[] cells = even;
    int top = Placement.top(pattern, rows);
    int left = Placement.left(pattern, columns);
    for (Pattern.Run run : pattern.runs()) {
      int start = (top + run.row()) * columns + left + run.column();
      for (int i = start; i < start + run.length(); i++) {
        cells[i] = 1;
      }
    }
  }
}
