package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 8: which monitors are the cluster's, and that they exclude. */
class MonitorTest {
  private static final String SHARED =
      """
      class S {
        @Shared static int count;
        @Shared static int[] array = new int[3];
        @Shared static int[][] grid = new int[2][3];
        @Shared static final Object lock = new Object();
        static synchronized int fail(int x) { if (x > 0) throw new IllegalStateException("x"); return x; }
        static synchronized long twice(long x) { return once(x) + 1; }
        static synchronized long once(long x) { count++; return x; }
        static boolean held() { return Thread.holdsLock(S.class); }
      }
      """;

  private static final String PLAIN =
      """
      class Plain {
        static int with(Object o, Runnable r) {
          int n = 0;
          synchronized (o) {
            while (n < 3) { n++; if (r != null) r.run(); if (n == 2) continue; }
          }
          return n;
        }
        static void waiting(Object o) throws InterruptedException { synchronized (o) { o.wait(1); } }
        static void telling(Object o) { synchronized (o) { o.notifyAll(); } }
      }
      """;

  @ParameterizedTest
  @ValueSource(strings = {"S.array", "S.lock", "S.class", "S.grid", "S.grid[1]"})
  void excludesInAClassThatMentionsNothingShared(String monitor) {
    String source =
        "class T { static int run() { for (int i = 0; i < 500; i++) Plain.with(M, () -> S.count++); Dsm.barrier(); return S.count; } }"
            .replace("M", monitor);
    Cluster cluster = new Cluster(3, true, SHARED, PLAIN, source);
    assertEquals(List.of(4500, 4500, 4500), cluster.callAll("T.run"));
    assertEquals(1500L, cluster.shared.get("entered"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "new Object()",
        "\"x\"",
        "new int[3]",
        "new int[2][2]",
        "String.class",
        "new ArrayList<>()",
        "new byte[32]"
      })
  void leavesOrdinaryMonitorsAlone(String monitor) {
    String source =
        "class T { static int run() { S.count = 1; return Plain.with(M, null); } }"
            .replace("M", monitor);
    Cluster cluster = new Cluster(1, true, SHARED, PLAIN, source);
    assertEquals(3, cluster.call(0, "T.run"));
    assertFalse(cluster.shared.containsKey("entered"));
  }

  @Test
  void staticSynchronizedMethodsReleaseOnExceptionAndReenter() {
    Cluster cluster = new Cluster(2, true, SHARED);
    assertThrows(IllegalStateException.class, () -> cluster.call(0, "S.fail", 1));
    assertEquals(0, cluster.call(1, "S.fail", 0));
    assertEquals(6L, cluster.call(1, "S.twice", 5L));
    assertEquals(false, cluster.call(1, "S.held"));
    assertEquals(0, cluster.call(0, "S.fail", 0));
  }

  @Test
  void anExceptionInABlockReleases() {
    String source =
        """
        class T {
          static int f(int x) { synchronized (S.lock) { if (x == 1) throw new IllegalArgumentException(); return x; } }
        }
        """;
    Cluster cluster = new Cluster(2, true, SHARED, source);
    assertThrows(IllegalArgumentException.class, () -> cluster.call(0, "T.f", 1));
    assertEquals(2, cluster.call(1, "T.f", 2));
  }

  @Test
  void waitAndNotifyAreRefusedOnTheClustersMonitorsOnly() {
    String source =
        "class T { static void w() throws Exception { Plain.waiting(S.lock); } static void n() { Plain.telling(S.array); }"
            + " static void ok() throws Exception { S.count = 2; Plain.waiting(new Object()); Plain.telling(\"x\"); } }";
    Cluster cluster = new Cluster(1, true, SHARED, PLAIN, source);
    for (String call : List.of("T.w", "T.n")) {
      RuntimeException refused = assertThrows(RuntimeException.class, () -> cluster.call(0, call));
      assertEquals("org.dsm4j.DsmException", refused.getClass().getName());
      assertTrue(
          refused.getMessage().contains("comes with release consistency"), refused.getMessage());
    }
    cluster.call(0, "T.ok");
  }
}
