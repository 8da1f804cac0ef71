package org.dsm4j.samples.life;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The lines that runs on several nodes are tested against, held against the single-threaded
 * reference.
 */
class GameTest {
  @ParameterizedTest
  @CsvSource({
    "acorn, 96x160, 150, generation 150 population 149 crc32 822BA887",
    "acorn, 512x512, 60, generation 60 population 78 crc32 BA2C954C",
    "gosper-gun, 60x300, 120, generation 120 population 56 crc32 67CB66F5",
    "r-pentomino, 8x1031, 77, generation 77 population 5 crc32 3F18D1BA",
    "glider, 9x3, 36, generation 36 population 6 crc32 1B3F47EB",
    "acorn, 128x256, 0, generation 0 population 7 crc32 7E6C69AF",
  })
  void theReferenceEndsWithThisLine(String pattern, String grid, int iterations, String line)
      throws BadInputException {
    Options options = Options.parse("--pattern", pattern, "--grid", grid);
    byte[][] start = new byte[options.rows()][options.columns()];
    Pattern cells = Patterns.load(options.pattern());
    for (Pattern.Run run : cells.runs()) {
      for (int i = 0; i < run.length(); i++) {
        int row = (options.rows() - cells.height()) / 2 + run.row();
        int column = (options.columns() - cells.width()) / 2 + run.column() + i;
        start[row][column] = 1;
      }
    }
    assertEquals(line, Reference.line(Reference.play(start, iterations), iterations));
  }
}
