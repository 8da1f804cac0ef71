package org.dsm4j.samples.sort;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MergeTest {
  @Test
  void partsOfAnySizeMakeTheWhole() {
    Random random = new Random(1);
    for (int round = 0; round < 2000; round++) {
      int left = random.nextInt(20);
      int right = random.nextInt(20);
      int[] runs = random.ints(left + right, 0, 10).toArray();
      Arrays.sort(runs, 0, left);
      Arrays.sort(runs, left, left + right);
      int[] expected = runs.clone();
      Arrays.sort(expected);
      assertArrayEquals(expected, inParts(runs, left, 1 + random.nextInt(6)));
    }
  }

  private static int[] inParts(int[] runs, int middle, int parts) {
    int[] merged = new int[runs.length];
    for (int part = 0; part < parts; part++) {
      int first = runs.length * part / parts;
      int end = runs.length * (part + 1) / parts;
      int left = Merge.fromLeft(runs, 0, middle, runs.length, first);
      Merge.merge(runs, left, middle, middle + first - left, runs.length, merged, first, end);
    }
    return merged;
  }
}
