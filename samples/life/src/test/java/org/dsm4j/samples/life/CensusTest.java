package org.dsm4j.samples.life;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CensusTest {
  @Test
  void takesTheChecksumOverAllRows() {
    byte[][] grid = {{0, 1, 1}, {1, 0, 0}};
    Census census = Census.of(Reference.flat(grid), 2, 3);
    assertEquals(3, census.population());
    assertEquals(Reference.line(grid, 9), census.line(9));
  }

  @Test
  void writesEightUpperCaseHexadecimalDigits() {
    assertEquals("generation 1 population 2 crc32 000000AB", new Census(2, 0xab).line(1));
  }
}
