package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Nodes know classes by their names: two of one name on a node are told apart, or refused. */
class TwoLoadersTest {
  private static Cluster cluster() {
    return new Cluster(
        2,
        true,
        """
        @Shared class Node { int n = 4; }
        enum Color { RED }
        class Plain { static int used; static int use() { return ++used; } }
        class S { @Shared static int count; static int count() { return ++count; } }
        class T { @Shared static Object any; static Object put() { any = Color.RED; return any == Color.RED; } static Object get() { return any == Color.RED; } }
        class N { static int make() { return new Node().n; } }
        """);
  }

  @Test
  void aSecondSharedClassOfTheNameIsRefusedAtLoad() {
    Cluster cluster = cluster();
    assertEquals(1, cluster.call(0, "S.count"));
    assertThrows(ExceptionInInitializerError.class, () -> cluster.call(0, "again S.count"));
    String message = cluster.refusals(0).get(0);
    assertTrue(
        message.contains("another class loader (org.dsm4j.agent.rewrite.TestNode$AppLoader"),
        message);
    assertEquals(2, cluster.call(0, "S.count"));
    assertEquals(4, cluster.call(0, "again N.make"));
    assertThrows(ExceptionInInitializerError.class, () -> cluster.call(0, "N.make"));
    assertEquals(3, cluster.call(1, "S.count"));
  }

  @Test
  void whatIsNotSharedMayBeThereTwice() {
    Cluster cluster = cluster();
    assertEquals(1, cluster.call(0, "Plain.use"));
    assertEquals(1, cluster.call(0, "again Plain.use"));
  }

  @Test
  void aConstantOfOneOfTwoClassesOfTheNameIsRefusedAtTheStore() {
    Cluster cluster = cluster();
    cluster.call(0, "again N.make");
    RuntimeException refused = assertThrows(RuntimeException.class, () -> cluster.call(0, "T.put"));
    assertEquals("org.dsm4j.NotShareableException", refused.getClass().getName());
    assertTrue(
        refused.getMessage().contains("two classes of the name app.Color"), refused.getMessage());
    assertEquals(true, cluster.call(1, "T.put"));
    assertThrows(RuntimeException.class, () -> cluster.call(0, "T.get"));
  }
}
