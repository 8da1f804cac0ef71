package org.dsm4j.samples.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  @Test
  void speaksEveryTwoSecondsAndNotInAShortRun() {
    long start = Long.MAX_VALUE - SECOND; // the clock may wrap
    Progress progress = new Progress(1000, start);
    assertNull(progress.line(100, start + SECOND));
    assertEquals(
        "life: generation 200 of 1000, 100 generations/s", progress.line(200, start + 2 * SECOND));
    assertNull(progress.line(300, start + 3 * SECOND));
    assertNull(progress.line(1000, start + 9 * SECOND));
  }
}
