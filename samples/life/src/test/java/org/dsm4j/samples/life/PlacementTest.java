package org.dsm4j.samples.life;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacementTest {
  private static final Pattern WIDE = new Pattern(7, 3, List.of());

  @Test
  void putsThePatternInTheMiddleRoundedUpAndLeft() {
    assertEquals(3, Placement.top(WIDE, 10));
    assertEquals(1, Placement.left(WIDE, 10));
    assertEquals(0, Placement.top(WIDE, 3));
    assertEquals(0, Placement.left(WIDE, 8));
  }

  @Test
  void createsTheBoardWithThePatternThere() throws BadInputException {
    Board.create(Patterns.load("r-pentomino"), 6, 8);
    StringBuilder board = new StringBuilder();
    for (int row = 0; row < 6; row++) {
      for (int column = 0; column < 8; column++) {
        board.append(Board.even[row * 8 + column] == 1 ? 'o' : '.');
      }
      board.append('\n');
    }
    assertEquals("........\n...oo...\n..oo....\n...o....\n........\n........\n", board.toString());
    assertEquals(0, Census.of(Board.odd, 6, 8).population());
  }

  @ParameterizedTest
  @CsvSource({"1,1", "3,8", "8,8", "5,17", "64,2147483"})
  void sharesRowsEvenlyWithoutGapOrOverlap(int nodes, int rows) {
    assertEquals(0, Placement.firstRow(0, nodes, rows));
    assertEquals(rows, Placement.firstRow(nodes, nodes, rows));
    for (int node = 0; node < nodes; node++) {
      int share = Placement.firstRow(node + 1, nodes, rows) - Placement.firstRow(node, nodes, rows);
      assertTrue(share >= rows / nodes && share <= rows / nodes + 1, "share of node " + node);
    }
  }

  @Test
  void refusesAPatternLargerThanTheGrid() {
    assertDoesNotThrow(() -> Placement.check(WIDE, 3, 7, 3));
    assertRefused("larger than the grid of 2x7", 2, 7, 1);
    assertRefused("larger than the grid of 3x6", 3, 6, 1);
  }

  @Test
  void refusesMoreNodesThanRows() {
    assertRefused("4 nodes cannot share 3 rows", 3, 7, 4);
  }

  private static void assertRefused(String message, int rows, int columns, int nodes) {
    BadInputException e =
        assertThrows(BadInputException.class, () -> Placement.check(WIDE, rows, columns, nodes));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
