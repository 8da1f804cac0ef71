package org.dsm4j.samples.life;

import java.util.List;

/**
 * A pattern as runs of living cells, so that its size in memory is that of its file and not of its
 * bounding box.
 *
 * @param width of the bounding box, in cells
 * @param height of the bounding box, in cells
 * @param runs of living cells, within the bounding box
 */
record Pattern(int width, int height, List<Run> runs) {
  /** Living cells side by side: {@code length} of them from (row, column) on. */
  record Run(int row, int column, int length) {}

  Pattern {
    runs = List.copyOf(runs);
  }
}
