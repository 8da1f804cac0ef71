package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole small programs, compiled with and without debug information, on one to three nodes. */
class ExamplesTest {
  private static final String COUNTER =
      """
      class Counter {
        @Shared static int count;
        @Shared static volatile long total;
        static synchronized void inc() { count++; }
        static int main(int rounds) {
          for (int i = 0; i < rounds; i++) inc();
          Dsm.barrier();
          return count;
        }
      }
      """;

  private static final String LIFE =
      """
      class Life {
        @Shared static byte[] a, b;
        static long main(int rows, int cols, int generations) {
          if (Dsm.node() == 0) {
            a = new byte[rows * cols];
            b = new byte[rows * cols];
            Random random = new Random(7);
            for (int i = 0; i < a.length; i++) a[i] = (byte) (random.nextInt(3) == 0 ? 1 : 0);
          }
          Dsm.barrier();
          @Shared byte[] src = a, dst = b;
          int from = rows * Dsm.node() / Dsm.nodes(), to = rows * (Dsm.node() + 1) / Dsm.nodes();
          for (int g = 0; g < generations; g++) {
            for (int r = from; r < to; r++) {
              int up = (r + rows - 1) % rows * cols, row = r * cols, down = (r + 1) % rows * cols;
              for (int c = 0; c < cols; c++) {
                int left = (c + cols - 1) % cols, right = (c + 1) % cols;
                int n = src[up + left] + src[up + c] + src[up + right] + src[row + left] + src[row + right]
                    + src[down + left] + src[down + c] + src[down + right];
                dst[row + c] = (byte) (n == 3 || n == 2 && src[row + c] == 1 ? 1 : 0);
              }
            }
            Dsm.barrier();
            @Shared byte[] t = src; src = dst; dst = t;
          }
          long hash = 0;
          for (byte cell : src) hash = hash * 31 + cell;
          return hash;
        }
      }
      """;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void counterCountsOnAllNodes(boolean debug) {
    Cluster cluster = new Cluster(3, debug, COUNTER);
    assertEquals(List.of(3000, 3000, 3000), cluster.callAll("Counter.main", 1000));
    assertEquals(List.of(), cluster.refusals(0));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void lifeIsTheSameOnAnyNumberOfNodes(boolean debug) {
    Object one = new Cluster(1, debug, LIFE).call(0, "Life.main", 48, 40, 30);
    Cluster cluster = new Cluster(3, debug, LIFE);
    assertEquals(List.of(one, one, one), cluster.callAll("Life.main", 48, 40, 30));
    assertEquals(List.of(), cluster.refusals(0));
  }
}
