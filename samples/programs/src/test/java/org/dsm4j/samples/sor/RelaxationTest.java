package org.dsm4j.samples.sor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class RelaxationTest {
  @Test
  void warmsEverySecondElementTowardsItsNeighbours() {
    double[] row = {4, 0, 0, 0, 8};
    Relaxation.relax(new double[] {0, 2, 9, 2, 0}, row, new double[] {0, 2, 9, 6, 0}, 0);
    assertArrayEquals(new double[] {4, 3, 0, 6, 8}, row);
    Relaxation.relax(new double[5], row, new double[5], 1);
    assertArrayEquals(new double[] {4, 3, 3.375, 6, 8}, row);
  }

  @Test
  void onlyTheRimIsWarmAtTheStart() {
    double[] inner = {7, 7, 7, 7};
    Relaxation.fill(inner, 1, 3);
    assertEquals(0, inner[1] + inner[2]);
    assertEquals(32, inner[0]);
    double[] rim = new double[3];
    Relaxation.fill(rim, 2, 3);
    assertArrayEquals(new double[] {63, 80, 97}, rim);
  }
}
