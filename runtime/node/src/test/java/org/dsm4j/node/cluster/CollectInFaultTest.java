package org.dsm4j.node.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The run that deadlocks if a page is ever served by Java: collections requested while threads
 * stand in faults on both nodes.
 */
@Timeout(120)
class CollectInFaultTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"G1", "Parallel", "Z"})
  void sumsAreExactUnderEveryCollector(String collector) throws Exception {
    try (Cluster cluster = new Cluster(folder, "-XX:+Use" + collector + "GC")) {
      cluster.startAll("collect", 2, Map.of());
      for (int node = 0; node < 2; node++) {
        assertEquals(0, cluster.node(node).status(), cluster.node(node).errors());
        assertEquals("exact, rounds true\n", cluster.node(node).output());
      }
    }
  }
}
