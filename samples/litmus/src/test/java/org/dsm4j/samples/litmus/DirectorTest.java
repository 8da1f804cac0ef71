package org.dsm4j.samples.litmus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Time is an argument: a run is played through without a cluster. */
class DirectorTest {
  private static final long MILLI = 1_000_000;
  private static final List<Row> ROWS =
      Row.of(List.of(Shapes.named("MP"), Shapes.named("SB")), List.of());

  /** The rows that are run, when each batch takes so long. */
  private static Set<Integer> rows(Director director, long batchNanos, long limit) {
    Set<Integer> rows = new LinkedHashSet<>();
    for (long now = 0; now <= limit; now += batchNanos) {
      Director.Choice choice = director.next(now);
      if (choice.row() < 0) {
        return rows;
      }
      rows.add(choice.row());
    }
    throw new AssertionError("no end at " + limit);
  }

  private static Director director(int first, int least, long nanos) {
    return new Director(ROWS, new Director.Share(first, least, nanos), 7, 0);
  }

  @Test
  void allRowsShareTheTime() {
    long time = 24 * 1000 * MILLI;
    assertEquals(24, rows(director(0, 1, time), 10 * MILLI, time + 1000 * MILLI).size());
  }

  @Test
  void aShortRunEndsInTimeAndTheNextGoesOnThere() {
    Set<Integer> before = rows(director(0, 1, 1000 * MILLI), 10 * MILLI, 1200 * MILLI);
    assertTrue(before.size() >= 5 && before.size() <= 8, () -> before + " in 150 ms each");
    Set<Integer> after = rows(director(before.size(), 1, 1000 * MILLI), 10 * MILLI, 1200 * MILLI);
    assertTrue(after.stream().noneMatch(before::contains), () -> before + " then " + after);
  }

  @Test
  void theLeastNumberOfRowsIsRunThoughTimeIsOver() {
    assertEquals(20, rows(director(3, 20, 1), 100 * MILLI, 5000 * MILLI).size());
  }
}
