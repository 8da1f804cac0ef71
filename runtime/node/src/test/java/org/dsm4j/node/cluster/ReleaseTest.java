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
    expectAll(scenario, nodes, line, Map.of());
  }

  private void expectAll(String scenario, int nodes, String line, Map<String, String> settings)
      throws Exception {
    try (Cluster cluster = Cluster.start(folder, scenario, nodes, settings)) {
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

  /** More pages are written than may be at once, and each page follows its last writer. */
  @Test
  void neighbouringBytesWithLittleRoomAndRestlessHomes() throws Exception {
    expectAll("bytes", 2, "wrong bytes 0", Map.of("twins", "2", "migrate-after", "1"));
  }

  @Test
  void neighbouringBytesWithFixedHomesAndPlainProtection() throws Exception {
    expectAll("bytes", 2, "wrong bytes 0", Map.of("pager", "MPROTECT", "migrate-after", "-1"));
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
  void nodesAgreeAboutWhatTheProtocolNeeds() throws Exception {
    try (Cluster cluster = new Cluster(folder)) {
      Path portFile = folder.resolve("port");
      cluster.start("ask", "node=0,nodes=2,port=0,manager-here=true,port-file=" + portFile);
      int port = cluster.awaitPort(portFile);
      for (String[] other :
          new String[][] {
            {"twins=99", "twins", "99", "4096"},
            {"migrate-after=-1", "migrate-after", "-1", "3"},
            {"silence=7000", "silence", "PT7S", "PT8S"}
          }) {
        Cluster.Member wrong = cluster.start("ask", "node=1,nodes=2,port=" + port + "," + other[0]);
        assertEquals(2, wrong.status());
        String line = wrong.errors();
        assertEquals(1, line.lines().count(), line);
        for (String word : other) {
          assertTrue(line.contains(word.split("=")[0]), line + " lacks " + word);
        }
      }
      Cluster.Member right = cluster.start("ask", "node=1,nodes=2,port=" + port);
      assertEquals(0, right.status(), right.errors());
    }
  }

  @Test
  void freedMemoryIsFreshUnderItsName() throws Exception {
    expectAll("release-freed", 2, "wrong 0");
  }
}
