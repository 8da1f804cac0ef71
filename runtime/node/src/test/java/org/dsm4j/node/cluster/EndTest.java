package org.dsm4j.node.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Rules 13 and 14: how clusters end. */
@Timeout(120)
class EndTest {
  @TempDir Path folder;

  @Test
  void aNodeThatEndedGoesOnServingItsPages() throws Exception {
    try (Cluster cluster = Cluster.start(folder, "late", 2, Map.of())) {
      assertEquals(0, cluster.node(1).status(), cluster.node(1).errors());
      assertEquals(0, cluster.node(0).status(), cluster.node(0).errors());
      long words = (1 << 20) / 8;
      assertTrue(cluster.node(1).output().contains("sum " + 8 * (words * (words - 1) / 2)));
      assertTrue(
          cluster.node(0).output().contains("hook of node 0, last value " + ((1 << 20) - 8)),
          "our step comes after the application's hooks");
      assertEquals("", cluster.node(0).errors() + cluster.node(1).errors());
    }
  }

  @Test
  void anExitWithAStatusEndsAllWithIt() throws Exception {
    expectEnd(
        "exit",
        Map.of("status", "3"),
        3,
        "dsm: node 1 ended with status 3 (System.exit); the cluster ends");
  }

  @Test
  void anExceptionOutOfMainEndsAll() throws Exception {
    expectEnd(
        "main-fails",
        Map.of(),
        1,
        "dsm: node 1 ended with status 1 (exception in main: java.lang.IllegalStateException: boom); the cluster ends");
  }

  @Test
  void anExceptionOutOfMainIsToldByNodesThatHaveEnded() throws Exception {
    expectEnd(
        "main-fails-last",
        Map.of(),
        1,
        "dsm: node 1 ended with status 1 (exception in main: java.lang.IllegalStateException: boom); the cluster ends");
  }

  private void expectEnd(String scenario, Map<String, String> settings, int status, String line)
      throws Exception {
    try (Cluster cluster = Cluster.start(folder, scenario, 3, settings)) {
      for (int node = 0; node < 3; node++) {
        assertEquals(status, cluster.node(node).status(), cluster.node(node).errors());
        // The node that fails knows why; the others are told.
        assertEquals(node == 1 ? "" : line + "\n", cluster.node(node).errors());
        assertFalse(cluster.node(node).output().contains("survived"));
      }
    }
  }

  @Test
  void aHookThatHangsDoesNotHoldUpTheEnd() throws Exception {
    long start = System.nanoTime();
    try (Cluster cluster = Cluster.start(folder, "hook-hangs", 2, Map.of())) {
      assertEquals(5, cluster.node(1).status(), cluster.node(1).errors());
      assertEquals(5, cluster.node(0).status(), cluster.node(0).errors());
    }
    assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(25));
  }

  @Test
  void aSignalToOneNodeEndsAll() throws Exception {
    try (Cluster cluster = Cluster.start(folder, "endless", 2, Map.of())) {
      cluster.awaitOutput(0, "running");
      cluster.awaitOutput(1, "running");
      signal("INT", cluster.node(1).process());
      assertEquals(130, cluster.node(1).status(), cluster.node(1).errors());
      assertEquals(130, cluster.node(0).status(), cluster.node(0).errors());
      String line = "dsm: node 1 ended with status 130 (Ctrl-C); the cluster ends\n";
      assertEquals(line, cluster.node(0).errors());
    }
  }

  @Test
  void aKilledNodeEndsTheRestWith75() throws Exception {
    expectLoss("endless", 2, "KILL", Map.of());
  }

  @Test
  void aKilledManagerEndsTheRestWith75() throws Exception {
    expectLoss("endless", 0, "KILL", Map.of());
  }

  @Test
  void aManagerThatStandsAloneEndsWhenAllHaveLeft() throws Exception {
    try (Cluster cluster = Cluster.startWithManager(folder, "late", 2)) {
      for (int member = 0; member < 3; member++) {
        assertEquals(0, cluster.node(member).status(), cluster.node(member).errors());
        assertEquals("", cluster.node(member).errors());
      }
    }
  }

  @Test
  void aManagerThatStoodAloneAndIsGoneEndsAll() throws Exception {
    try (Cluster cluster = Cluster.startWithManager(folder, "endless", 2)) {
      cluster.awaitOutput(0, "running");
      cluster.awaitOutput(1, "running");
      signal("KILL", cluster.node(2).process());
      for (int node = 0; node < 2; node++) {
        assertEquals(75, cluster.node(node).status(), cluster.node(node).errors());
        String errors = cluster.node(node).errors();
        assertTrue(errors.startsWith("dsm: the manager of the cluster is gone"), errors);
        assertEquals(1, errors.lines().count(), errors);
      }
    }
  }

  @Test
  void waitersOfAKilledNodeEndWithoutAStackTrace() throws Exception {
    expectLoss("waiters", 2, "KILL", Map.of());
  }

  @Test
  void waitersForConditionsEndWithAKilledNode() throws Exception {
    expectLoss("conditions-for-ever", 1, "KILL", Map.of());
  }

  @Test
  void aStoppedNodeEndsTheRestWith75() throws Exception {
    expectLoss("endless", 1, "STOP", Map.of("silence", "2000"));
  }

  private void expectLoss(String scenario, int victim, String signal, Map<String, String> settings)
      throws Exception {
    try (Cluster cluster = Cluster.start(folder, scenario, 3, settings)) {
      for (int node = 0; node < 3; node++) {
        cluster.awaitOutput(node, "running");
      }
      long start = System.nanoTime();
      signal(signal, cluster.node(victim).process());
      for (int node = 0; node < 3; node++) {
        if (node != victim) {
          assertEquals(75, cluster.node(node).status(), cluster.node(node).errors());
          String errors = cluster.node(node).errors();
          assertTrue(errors.startsWith("dsm: node " + victim + " is lost"), errors);
          assertEquals(1, errors.lines().count(), errors);
        }
      }
      assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(15));
    }
  }

  private static void signal(String name, Process process) throws Exception {
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start();
    assertEquals(0, kill.waitFor());
  }
}
