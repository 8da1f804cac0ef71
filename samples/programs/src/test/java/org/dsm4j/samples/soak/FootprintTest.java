package org.dsm4j.samples.soak;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FootprintTest {
  private static final Footprint EARLY = footprint(100_000, 10);

  private static Footprint footprint(long kilobytes, long notices) {
    return new Footprint(kilobytes, Map.of("notices-held", notices));
  }

  @Test
  void comingAndGoingIsNoGrowth() {
    List<Footprint> later =
        List.of(footprint(150_000, 4000), footprint(140_000, 5000), footprint(101_000, 20));
    assertEquals(List.of(), Footprint.growth(EARLY, later));
  }

  @Test
  void whatStaysLargeHasGrown() {
    List<Footprint> later =
        List.of(footprint(101_000, 20), footprint(150_000, 900), footprint(160_000, 1000));
    assertEquals(
        List.of(
            "resident memory grew from 100000 to 150000 KiB", "notices-held grew from 10 to 900"),
        Footprint.growth(EARLY, later));
  }
}
