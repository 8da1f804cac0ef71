package org.dsm4j.samples.life;

import java.util.zip.CRC32;

/**
 * Life written as plainly as can be, sharing no code with the sample: what every run must agree
 * with.
 */
final class Reference {
  private Reference() {}

  /** The grid after that many generations, one byte 0 or 1 a cell. */
  static byte[][] play(byte[][] start, int generations) {
    byte[][] grid = start;
    for (int i = 0; i < generations; i++) {
      grid = next(grid);
    }
    return grid;
  }

  private static byte[][] next(byte[][] grid) {
    int rows = grid.length;
    int columns = grid[0].length;
    byte[][] result = new byte[rows][columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int neighbours = 0;
        for (int down = -1; down <= 1; down++) {
          for (int across = -1; across <= 1; across++) {
            if (down != 0 || across != 0) {
              neighbours += grid[(row + down + rows) % rows][(column + across + columns) % columns];
            }
          }
        }
        boolean alive = neighbours == 3 || (neighbours == 2 && grid[row][column] == 1);
        result[row][column] = (byte) (alive ? 1 : 0);
      }
    }
    return result;
  }

  /** The line that a run over this many generations ends with. */
  static String line(byte[][] grid, int generations) {
    CRC32 crc = new CRC32();
    int population = 0;
    for (byte[] row : grid) {
      crc.update(row);
      for (byte cell : row) {
        population += cell;
      }
    }
    return "generation "
        + generations
        + " population "
        + population
        + " crc32 "
        + String.format("%08X", crc.getValue());
  }

  /** The same grid, row after row. */
  static byte[] flat(byte[][] grid) {
    byte[] cells = new byte[grid.length * grid[0].length];
    for (int row = 0; row < grid.length; row++) {
      System.arraycopy(grid[row], 0, cells, row * grid[0].length, grid[0].length);
    }
    return cells;
  }
}
