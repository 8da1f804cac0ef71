package org.dsm4j.samples.tsp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HeldKarpTest {
  private static final int CITIES = 7;

  @Test
  void findsWhatTryingAllToursFinds() {
    Random random = new Random(3);
    for (int round = 0; round < 20; round++) {
      int[][] distances = new int[CITIES][CITIES];
      for (int a = 0; a < CITIES; a++) {
        for (int b = 0; b < a; b++) {
          distances[a][b] = distances[b][a] = random.nextInt(100);
        }
      }
      assertEquals(shortest(distances, 0, 1), HeldKarp.shortest(distances));
    }
  }

  private static int shortest(int[][] distances, int here, int visited) {
    if (visited == (1 << CITIES) - 1) {
      return distances[here][0];
    }
    int best = Integer.MAX_VALUE;
    for (int city = 0; city < CITIES; city++) {
      if ((visited & 1 << city) == 0) {
        best =
            Math.min(best, distances[here][city] + shortest(distances, city, visited | 1 << city));
      }
    }
    return best;
  }
}
