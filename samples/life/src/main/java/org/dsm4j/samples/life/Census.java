package org.dsm4j.samples.life;

import java.util.Locale;
import java.util.zip.CRC32;
import org.dsm4j.Shared;

/** What a grid comes to in two numbers, by which runs are compared. */
record Census(long population, long crc32) {
  /** Counts the living cells and takes the CRC-32 of all rows, one byte 0 or 1 a cell. */
  static Census of(@Shared byte[] cells, int rows, int columns) {
    CRC32 crc = new CRC32();
    byte[] copy = new byte[columns];
    long living = 0;
    for (int row = 0; row < rows; row++) {
      int start = row * columns;
      for (int column = 0; column < columns; column++) {
        byte cell = cells[start + column];
        copy[column] = cell;
        living += cell;
      }
      crc.update(copy, 0, columns);
    }
    return new Census(living, crc.getValue());
  }

  /** The line a run ends with. */
  String line(int generation) {
    return String.format(
        Locale.ROOT, "generation %d population %d crc32 %08X", generation, population, crc32);
  }
}
