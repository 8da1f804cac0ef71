package org.dsm4j.samples.life;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GenerationTest {
  @ParameterizedTest
  @CsvSource({"1,1", "1,2", "2,1", "2,2", "1,7", "7,1", "3,3", "2,9", "17,31", "64,64"})
  void equalsTheReferenceOnRandomGrids(int rows, int columns) {
    byte[][] start = random(rows, columns, 42L * rows + columns);
    byte[] even = Reference.flat(start);
    byte[] odd = new byte[even.length];
    for (int generation = 1; generation <= 20; generation++) {
      Generation.step(even, odd, rows, columns, 0, rows);
      byte[] written = odd;
      odd = even;
      even = written;
      assertArrayEquals(
          Reference.flat(Reference.play(start, generation)), even, "generation " + generation);
    }
  }

  @Test
  void sharesOfRowsTogetherAreTheWholeStep() {
    int rows = 23;
    int columns = 19;
    byte[] from = Reference.flat(random(rows, columns, 7));
    byte[] whole = new byte[from.length];
    Generation.step(from, whole, rows, columns, 0, rows);
    byte[] parts = new byte[from.length];
    for (int node = 0; node < 5; node++) {
      Generation.step(
          from,
          parts,
          rows,
          columns,
          Placement.firstRow(node, 5, rows),
          Placement.firstRow(node + 1, 5, rows));
    }
    assertArrayEquals(whole, parts);
  }

  @Test
  void aCrewDoesTheWholeStep() throws InterruptedException {
    byte[] from = Reference.flat(random(23, 19, 8));
    byte[] whole = new byte[from.length];
    Generation.step(from, whole, 23, 19, 3, 22);
    for (int threads : new int[] {1, 4, 30}) {
      byte[] parts = new byte[from.length];
      try (Crew crew = new Crew(threads)) {
        crew.step(from, parts, 23, 19, 3, 22);
      }
      assertArrayEquals(whole, parts, threads + " threads");
    }
  }

  @Test
  void aGliderComesBackAcrossTheEdgesOfTheTorus() throws BadInputException {
    Pattern glider = Patterns.load("glider");
    Board.create(glider, 12, 12);
    byte[] start = Board.even.clone();
    byte[] from = Board.even;
    byte[] to = Board.odd;
    for (int i = 0; i < 4 * 12; i++) {
      Generation.step(from, to, 12, 12, 0, 12);
      byte[] written = to;
      to = from;
      from = written;
    }
    assertArrayEquals(start, from);
  }

  @Test
  void theGunGrowsByAGliderEveryThirtyGenerations() throws BadInputException {
    Board.create(Patterns.load("gosper-gun"), 200, 200);
    byte[] from = Board.even;
    byte[] to = Board.odd;
    for (int i = 1; i <= 150; i++) {
      Generation.step(from, to, 200, 200, 0, 200);
      byte[] written = to;
      to = from;
      from = written;
      if (i % 30 == 0) {
        assertEquals(36 + 5 * i / 30, Census.of(from, 200, 200).population(), "generation " + i);
      }
    }
  }

  private static byte[][] random(int rows, int columns, long seed) {
    Random random = new Random(seed);
    byte[][] grid = new byte[rows][columns];
    for (byte[] row : grid) {
      for (int i = 0; i < columns; i++) {
        row[i] = (byte) (random.nextInt(3) == 0 ? 1 : 0);
      }
    }
    return grid;
  }
}
