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

  private void expectAll(String scenario, int nodes, Map<String, String> settings, String... lines)
      throws Exception {
    try (Cluster cluster = Cluster.start(folder, scenario, nodes, settings)) {
      for (int node = 0; node < nodes; node++) {
        int status = cluster.node(node).status();
        String printed = cluster.node(node).output() + cluster.node(node).errors();
        assertEquals(0, status, printed);
        for (String line : lines) {
          assertTrue(printed.contains(line), "node " + node + " lacks: " + line + "\n" + printed);
        }
        assertEquals("", cluster.node(node).errors());
      }
    }
  }

  @Test
  void whatHappenedBeforeIsSeen() throws Exception {
    expectAll(
        "release",
        3,
        Map.of(),
        "turns 200 600",
        "sums true true true true",
        "wrong bytes 0",
        "wrong words 0",
        "atomics true true true true, wrong tickets 0",
        "before 0, wrong elements 0",
        "wrong in freed 0");
  }

  /** More pages are written than may be at once, and each page follows its last writer. */
  @Test
  void neighbouringBytesWithLittleRoomAndRestlessHomes() throws Exception {
    expectAll(
        "bytes",
        2,
        Map.of("twins", "2", "migrate-after", "1", "pager", "MPROTECT"),
        "wrong bytes 0");
  }
}
