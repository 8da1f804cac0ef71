package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What this version does not do is refused when the class is loaded, never mis-run. */
class RefusalTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "@Shared static List<String> s = new ArrayList<>();",
        "@Shared static Object s = new Object();",
        "@Shared static final Object s = new ArrayList<>();",
        "@Shared static java.util.concurrent.locks.Condition s;",
        "@Shared int s;",
        "@Shared int[] s = new int[3];",
        "@Shared static Thread[] s;",
        "@Shared static List<Thread>[] fine; static void s() { Object t = new @Shared Thread[3]; }",
        "static void s() { @Shared Thread[] t = null; }",
        "@Shared static Object[] a; static void s() { a[0] = new ArrayList<>(); }",
        "static void s(@Shared Object[][] a) { a[0] = null; } static void t() { @Shared Object[] b"
            + " = new Object[1]; b[0] = new Object(); }",
        "static void s(@Shared String t) {}",
        "static @Shared String s() { return null; }",
        "static void s() { @Shared String t = \"\"; }",
      })
  void refusesAtLoad(String member) {
    Cluster cluster =
        new Cluster(1, true, "class X { " + member + " static int f() { return 1; } }");
    ExceptionInInitializerError failed =
        assertThrows(ExceptionInInitializerError.class, () -> cluster.call(0, "X.f"));
    assertEquals("org.dsm4j.NotShareableException", failed.getCause().getClass().getName());
    List<String> refusals = cluster.refusals(0);
    assertEquals(1, refusals.size());
    assertTrue(refusals.get(0).startsWith("dsm: class app.X"), refusals.get(0));
    assertTrue(
        failed.getCause().getMessage().startsWith("class app.X"), failed.getCause().getMessage());
  }

  @Test
  void allProblemsAtOnce() {
    Cluster cluster =
        new Cluster(
            1,
            true,
            "class X { @Shared static ArrayList<String> s; @Shared int t; @Shared static Thread l;"
                + " static int f() { return 1; } }");
    assertThrows(ExceptionInInitializerError.class, () -> cluster.call(0, "X.f"));
    String message = cluster.refusals(0).get(0);
    for (String part :
        List.of(
            "field s: a shared field cannot hold a java.util.ArrayList",
            "field t: an instance",
            "field l:")) {
      assertTrue(message.contains(part), message);
    }
  }

  /** Members are named as the user wrote them, not as the compiler calls them. */
  @Test
  void placesAreNamedAsTheyAreWritten() {
    Cluster cluster =
        new Cluster(
            1,
            true,
            """
            class X {
              @Shared static Object a;
              static Runnable r = () -> a = new ArrayList<String>();
              X() { a = new Thread(); }
              Runnable s() { return () -> { Runnable inner = () -> a = new ArrayList<String>(); inner.run(); }; }
              static int f() { return 1; }
            }
            """);
    assertThrows(ExceptionInInitializerError.class, () -> cluster.call(0, "X.f"));
    String message = cluster.refusals(0).get(0);
    for (String place :
        List.of("a lambda in the static initializer", "constructor", "a lambda in method s")) {
      assertTrue(message.contains("dsm:   " + place + ", line "), message);
    }
    assertEquals(-1, message.indexOf('$'), message);
  }

  /** Nobody can mark a class of the JDK. */
  @Test
  void theRemedyFitsTheClass() {
    Cluster cluster =
        new Cluster(
            1,
            true,
            """
            class Own {}
            class X {
              @Shared static Object a;
              static Object pass(Object o) { return o; }
              static void jdk() { a = pass(new ArrayList<String>()); }
              static void own() { a = pass(new Own()); }
            }
            """);
    String jdk = message(cluster, "X.jdk");
    assertTrue(jdk.contains("X.a, ") && jdk.contains("use a @Shared class of your own"), jdk);
    String own = message(cluster, "X.own");
    assertTrue(own.contains("X.a, ") && own.contains("mark class app.Own @Shared"), own);
  }

  private static String message(Cluster cluster, String method) {
    RuntimeException refused =
        assertThrows(
            RuntimeException.class, () -> cluster.call(0, method)); // of the node's own API
    assertEquals("org.dsm4j.NotShareableException", refused.getClass().getName());
    return refused.getMessage();
  }

  /** A remedy is one that helps at the place that is told. */
  @Test
  void theRemedyFitsThePlace() {
    String source =
        """
        @Shared class X extends Thread {
          @Shared static java.util.concurrent.ConcurrentHashMap<String, String> map = new java.util.concurrent.ConcurrentHashMap<>();
          @Shared static java.util.concurrent.atomic.AtomicInteger[] counters;
          java.util.concurrent.atomic.AtomicInteger count;
          ArrayList<String> list;
          static int f() { return 1; }
        }
        """;
    Cluster cluster = new Cluster(1, true, source);
    assertThrows(ExceptionInInitializerError.class, () -> cluster.call(0, "X.f"));
    List<String> lines = cluster.refusals(0).get(0).lines().toList();
    String own = "own with synchronized methods, or an array, instead, or remove @Shared from";
    assertRemedy(lines, "field map:", own);
    assertRemedy(lines, "is stored in the shared field app.X.map", own);
    assertRemedy(lines, "field counters:", "keep it in a @Shared static field");
    assertRemedy(lines, "field count:", "keep it in a @Shared static field");
    assertRemedy(lines, "field list:", "boxed values instead, or make the field transient");
    assertRemedy(lines, "class app.X:", "implement Runnable instead");
  }

  private static void assertRemedy(List<String> lines, String problem, String remedy) {
    assertTrue(
        lines.stream().anyMatch(line -> line.contains(problem) && line.contains(remedy)),
        () -> problem + " in " + lines);
  }

  @Test
  void classesThatMentionNothingSharedAreNotTouched() {
    Rewriter rewriter = new Rewriter(RewriteConfig.defaults());
    byte[] file =
        Sources.compile(true, "class P { static int f(int[] a) { return a[0]; } }").get("app.P");
    assertEquals(
        null, rewriter.transformer().transform(new ClassLoader() {}, "app/P", null, null, file));
  }

  @Test
  void aRedefinitionIsRewrittenOrMadeToFail() {
    SharedTransformer transformer =
        new Rewriter(new RewriteConfig(List.of(), null, false, refusal -> {})).transformer();
    byte[] good =
        Sources.compile(true, "class P { @Shared static int a; static int f() { return a; } }")
            .get("app.P");
    byte[] bad =
        Sources.compile(true, "class P { @Shared static Thread a; static int f() { return 1; } }")
            .get("app.P");
    ClassLoader loader = new ClassLoader() {};
    assertTrue(transformer.transform(loader, "app/P", String.class, null, good).length > 0);
    assertEquals(0, transformer.transform(loader, "app/P", String.class, null, bad).length);
  }

  @Test
  void aClassOnTheBootClassPathIsRefusedIfItUsesSharedMembers() {
    List<String> told = new ArrayList<>();
    SharedTransformer transformer =
        new Rewriter(new RewriteConfig(List.of(), null, false, r -> told.add(r.message())))
            .transformer();
    byte[] shared =
        Sources.compile(true, "class P { @Shared static int a; static int f() { return a; } }")
            .get("app.P");
    byte[] plain =
        Sources.compile(true, "class P { static synchronized int f() { return 1; } }").get("app.P");
    for (ClassLoader above : new ClassLoader[] {null, ClassLoader.getPlatformClassLoader()}) {
      assertNull(transformer.transform(above, "app/P", null, null, plain));
      assertEquals(List.of(), told);
      assertNotNull(transformer.transform(above, "app/P", null, null, shared));
      assertTrue(told.remove(0).contains("instead of -Xbootclasspath"));
    }
  }
}
