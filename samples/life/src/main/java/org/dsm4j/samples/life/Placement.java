package org.dsm4j.samples.life;

/** Where things go: the pattern in the middle of the grid, the rows on the nodes. */
final class Placement {
  private Placement() {}

  /** Refuses what cannot be played on a grid of that size by that many nodes. */
  static void check(Pattern pattern, int rows, int columns, int nodes) throws BadInputException {
    if (pattern.height() > rows || pattern.width() > columns) {
      throw new BadInputException(
          "the pattern is "
              + size(pattern.height(), pattern.width())
              + " (rows x columns), larger than the grid of "
              + size(rows, columns)
              + "; give a larger --grid");
    }
    if (nodes > rows) {
      throw new BadInputException(
          nodes
              + " nodes cannot share "
              + rows
              + (rows == 1 ? " row" : " rows")
              + "; give a grid of at least as many rows as nodes");
    }
  }

  private static String size(int rows, int columns) {
    return rows + "x" + columns;
  }

  /** First row of the grid that the pattern covers. */
  static int top(Pattern pattern, int rows) {
    return (rows - pattern.height()) / 2;
  }

  /** First column of the grid that the pattern covers. */
  static int left(Pattern pattern, int columns) {
    return (columns - pattern.width()) / 2;
  }

  /**
   * First row of a node's share. Shares differ by one row at most; node {@code nodes} would begin
   * behind the last row, so that node i plays the rows from {@code firstRow(i)} to before {@code
   * firstRow(i + 1)}.
   */
  static int firstRow(int node, int nodes, int rows) {
    return (int) ((long) rows * node / nodes);
  }
}
