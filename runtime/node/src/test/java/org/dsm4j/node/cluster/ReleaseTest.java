package org.dsm4j.node.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** RELEASE memory on several nodes: what happened before is seen, whatever lies beside it. */
@Timeout(120)
class ReleaseTest {
  @TempDir Path folder;

  private void expectAll(String scenario, int nodes, String line) throws Exception {
    try (Cluster cluster = Cluster.start(folder, scenario, nodes, Map.of())) {
      for (int node = 0; node < nodes; node++) {
        int status = cluster.node(node).status();
        String printed = cluster.node(node).output() + cluster.node(node).errors();
        assertEquals(0, status, printed);
        assertTrue(printed.contains(line), "node " + node + " lacks: " + line + "\n" + printed);
        assertEquals("", cluster.node(node).errors());
      }
    }
  }

  @Test
  void whatWasWrittenUnderALockIsReadUnderIt() throws Exception {
    expectAll("release", 2, "turns 200 600");
  }

  @Test
  void noIncrementIsLost() throws Exception {
    expectAll("release-counters", 3, "sums true true true true");
  }

  @Test
  void neighbouringBytesHaveWritersOnDifferentNodes() throws Exception {
    expectAll("bytes", 3, "wrong bytes 0");
  }

  @Test
  void happensBeforeGoesThroughDifferentLocks() throws Exception {
    expectAll("words", 3, "wrong words 0");
  }

  @Test
  void atomicOperationsAreOneOrderAndCarryPlainWrites() throws Exception {
    expectAll("release-atomics", 3, "atomics true true true true, wrong 0");
  }

  @Test
  void whatAnInitializerWroteIsSeenOnAllNodes() throws Exception {
    expectAll("initializer", 3, "before 0, wrong elements 0");
  }

  @Test
  void freedMemoryIsFreshUnderItsName() throws Exception {
    expectAll("release-freed", 2, "wrong 0");
  }
}
