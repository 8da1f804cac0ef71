package org.dsm4j.samples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class SamplesTest {
  @Test
  void takesPercentilesByNearestRank() {
    Samples samples = new Samples(100);
    for (int i = 100; i > 0; i--) {
      samples.add(i * 1000L);
    }
    assertEquals(50, samples.micros(50));
    assertEquals(99, samples.micros(99));
    assertEquals(100, samples.micros(100));
    assertEquals(1, samples.micros(0));
  }

  @Test
  void refusesToTellOfNothing() {
    assertThrows(IllegalStateException.class, () -> new Samples(1).micros(50));
  }
}
