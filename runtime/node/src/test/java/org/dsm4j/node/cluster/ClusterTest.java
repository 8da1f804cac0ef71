package org.dsm4j.node.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several nodes as processes, without the agent: what they share, agree on and refuse. */
@Timeout(120)
class ClusterTest {
  @TempDir Path folder;

  private void expectAll(String scenario, int nodes, String... lines) throws Exception {
    try (Cluster cluster = Cluster.start(folder, scenario, nodes, Map.of())) {
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
  void noIncrementIsLostOnTwoNodes() throws Exception {
    expectAll("counters", 2, "sums true true true true");
  }

  @Test
  void noIncrementIsLostOnFourNodes() throws Exception {
    expectAll("counters", 4, "sums true true true true");
  }

  @Test
  void aBoundedBufferByConditionsAndByMonitors() throws Exception {
    expectAll("buffer", 3, "taken true");
  }

  @Test
  void signalsAreNotLostToWaitersThatAreInterrupted() throws Exception {
    expectAll("interrupts", 2, "permits 0 interrupted true");
  }

  @Test
  void signalsWakeTheLongestWaiterOfAllNodes() throws Exception {
    expectAll("order", 3, "order 0 1 2");
  }

  @Test
  void freeIsForAllNodesAndTheNameIsFreshAfterwards() throws Exception {
    expectAll(
        "freed",
        2,
        "use: IllegalStateException SharedMemory \"m\" was freed",
        "free: IllegalStateException SharedMemory \"m\" was freed",
        "fresh 0 50",
        "other size: true");
  }

  @Test
  void initializersRunOnceInTheCluster() throws Exception {
    try (Cluster cluster = Cluster.start(folder, "initialize", 2, Map.of())) {
      int failedHere = 0;
      for (int node = 0; node < 2; node++) {
        assertEquals(0, cluster.node(node).status(), cluster.node(node).errors());
        String printed = cluster.node(node).output();
        assertTrue(printed.contains("seen: true") || printed.contains("failed here"), printed);
        assertTrue(printed.contains("runs 3 block true"), printed);
        failedHere += printed.contains("failed here") ? 1 : 0;
      }
      assertEquals(1, failedHere);
    }
  }

  @Test
  void layoutsThatDifferAreRefusedWithBoth() throws Exception {
    try (Cluster cluster = Cluster.start(folder, "layouts", 2, Map.of())) {
      assertEquals(0, cluster.node(0).status(), cluster.node(0).errors());
      assertEquals(0, cluster.node(1).status(), cluster.node(1).errors());
      String both = cluster.node(0).output() + cluster.node(1).output();
      assertTrue(both.contains("accepted"), both);
      assertTrue(both.contains("a.B{J x@0}") && both.contains("a.B{I x@0}"), both);
    }
  }

  @Test
  void allNodesAreAsked() throws Exception {
    expectAll("ask", 3, "owner of page 1: 1", "faults of node 1: true", "sum: true");
  }

  @Test
  void theRawExchangeIsMeasured() throws Exception {
    try (Cluster cluster = Cluster.start(folder, "raw", 2, Map.of())) {
      assertEquals(0, cluster.node(1).status(), cluster.node(1).errors());
      assertEquals(0, cluster.node(0).status(), cluster.node(0).errors());
      assertTrue(cluster.node(1).output().contains("raw 100 true"), cluster.node(1).output());
      assertTrue(cluster.node(0).output().contains("raw 0 true"), cluster.node(0).output());
    }
  }

  @Test
  void aNodeOfAnotherProgramOrClusterIsRefusedAndDoesNoHarm() throws Exception {
    try (Cluster cluster = new Cluster(folder)) {
      Path portFile = folder.resolve("port");
      cluster.start("ask", "node=0,nodes=2,port=0,manager-here=true,app=v1,port-file=" + portFile);
      int port = cluster.awaitPort(portFile);
      Cluster.Member wrongProgram = cluster.start("ask", "node=1,nodes=2,app=v2,port=" + port);
      assertEquals(2, wrongProgram.status());
      assertTrue(
          wrongProgram.errors().contains("v1") && wrongProgram.errors().contains("v2"),
          wrongProgram.errors());
      Cluster.Member wrongCluster =
          cluster.start("ask", "node=1,nodes=2,app=v1,cluster=other,port=" + port);
      assertEquals(2, wrongCluster.status());
      assertTrue(wrongCluster.errors().contains("\"other\""), wrongCluster.errors());
      for (String setting : new String[] {"twins", "migrate-after"}) {
        Cluster.Member wrong =
            cluster.start("ask", "node=1,nodes=2,app=v1,port=" + port + "," + setting + "=99");
        assertEquals(2, wrong.status());
        assertTrue(wrong.errors().contains("setting " + setting + " is 99"), wrong.errors());
        assertEquals(1, wrong.errors().lines().count(), wrong.errors());
      }
      Cluster.Member twice = cluster.start("ask", "node=0,nodes=2,app=v1,port=" + port);
      assertEquals(2, twice.status());
      assertTrue(twice.errors().contains("node 0 has joined already"), twice.errors());
      Cluster.Member right = cluster.start("ask", "node=1,nodes=2,app=v1,port=" + port);
      assertEquals(0, right.status(), right.errors());
      assertEquals(0, cluster.node(0).status(), cluster.node(0).errors());
      String refused = cluster.node(0).errors();
      assertTrue(refused.startsWith("dsm: WARN Refusals: refused the connection"), refused);
      assertEquals(1, refused.lines().count(), refused);
    }
  }

  @Test
  void aClusterThatDoesNotFormSaysWhoIsMissing() throws Exception {
    try (Cluster cluster = new Cluster(folder)) {
      Cluster.Member alone =
          cluster.start("ask", "node=0,nodes=3,port=0,manager-here=true,join-timeout=6000");
      assertEquals(2, alone.status());
      assertTrue(alone.errors().contains("nodes 1, 2 did not join within 6000 ms"), alone.errors());
      assertFalse(alone.errors().contains("\tat "), "one line: " + alone.errors());
    }
  }
}
