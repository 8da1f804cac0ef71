package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rule 5: a shared array never reaches code that was not rewritten, a heap array never a shared
 * place.
 */
class EscapeTest {
  private static final String CODE =
      """
      class Plain {
        static double sum(double[] a) { double r = 0; for (double x : a) r += x; return r; }
        double[] kept;
        Plain() {}
        Plain(int a, double[] b, long c) { kept = b; }
        static int count(Object o) { return 1; }
        static <T> T id(T t) { return t; }
        static int rows(double[][] r) { return r.length; }
      }
      class PlainCasts {
        static double cast(Object o) { return ((double[]) o)[0]; }
        static double lambda(List<double[]> l) { return l.stream().mapToDouble(x -> x[0]).sum(); }
        static double reference(List<double[]> l) { return l.stream().mapToDouble(Plain::sum).sum(); }
        static int rows(Object[] o) { return ((int[][]) o)[0][0]; }
        static double loop(List<double[]> l) { double r = 0; for (double[] x : l) r += x[0]; return r; }
        static Object reflect(Object o) { return java.lang.reflect.Array.get(o, 1); }
        static void reflectSet(Object o, double v) { java.lang.reflect.Array.setDouble(o, 1, v); }
        static double fine(double[] a) { reflectSet(a, 4); if ((double) reflect(a) != 4) throw new AssertionError(); Object o = a; return cast(o) + lambda(List.of(a)) + reference(List.of(a)) + a.clone()[0]; }
      }
      class Sink extends java.io.OutputStream {
        byte[] kept;
        public void write(int b) {}
        @Override public void write(byte[] b) { kept = b; }
      }
      class Base { public double take(double[] a) { return a[0]; } }
      interface Taker { double take(@Shared double[] a); }
      class Derived extends Base implements Taker { static int f() { return 1; } }
      interface Source { double[] get(); }
      class S {
        @Shared static double[] a = new double[10];
        @Shared static int[][] g = new int[2][2];
        @Shared static byte[] bytes = new byte[5];
        @Shared static int count;
        static int local = 7;
        static double[] heap() { return other; }
        static double[] other = new double[3];
      }
      """;

  static Stream<Arguments> escapes() {
    return Stream.of(
        Arguments.of("Plain.sum(S.a);", "app.Plain.sum(double[]), argument 1"),
        Arguments.of("new Plain(1, S.a, 2L);", "new app.Plain(int, double[], long), argument 2"),
        Arguments.of(
            "DoubleStream.of(S.a);", "java.util.stream.DoubleStream.of(double[]), argument 1"),
        Arguments.of(
            "Stream.of((Object[]) S.g);",
            "java.util.stream.Stream.of(java.lang.Object[]), argument 1"),
        Arguments.of(
            "PlainCasts.rows(new int[][] {S.g[0]});", "app.PlainCasts.rows, which casts an object"),
        Arguments.of(
            "Arrays.parallelPrefix(S.a, Double::sum);",
            "java.util.Arrays.parallelPrefix(double[], java.util.function.DoubleBinaryOperator), argument 1"),
        Arguments.of(
            "String.valueOf(S.bytes == null ? null : new char[1]); new String(S.bytes);",
            "new java.lang.String(byte[]), argument 1"),
        Arguments.of(
            "new Random().nextBytes(S.bytes);", "java.util.Random.nextBytes(byte[]), argument 1"),
        Arguments.of(
            "new java.util.zip.CRC32().update(S.bytes, 0, 2);",
            "java.util.zip.CRC32.update(byte[], int, int), argument 1"),
        Arguments.of(
            "java.nio.ByteBuffer.wrap(S.bytes);", "java.nio.ByteBuffer.wrap(byte[]), argument 1"),
        Arguments.of("new Sink().write(S.bytes);", "app.Sink.write(byte[]), argument 1"),
        Arguments.of(
            "ToDoubleFunction<double[]> f = Plain::sum; f.applyAsDouble(S.a);",
            "app.Plain.sum(double[]), argument 1"),
        Arguments.of(
            "Function<byte[], String> f = String::new; f.apply(S.bytes);",
            "new java.lang.String(byte[]), argument 1"),
        Arguments.of(
            "PlainCasts.cast(S.a);", "app.PlainCasts.cast, which casts an object to double[]"),
        Arguments.of(
            "PlainCasts.lambda(List.of(S.a));", "app.PlainCasts.lambda$lambda$0(double[])"),
        Arguments.of("PlainCasts.reference(List.of(S.a));", "app.Plain.sum(double[]), argument 1"),
        Arguments.of(
            "PlainCasts.reflect(S.a);",
            "java.lang.reflect.Array.get(java.lang.Object, int), argument 1"),
        Arguments.of("PlainCasts.reflectSet(S.a, 2);", "java.lang.reflect.Array.setDouble"),
        Arguments.of(
            "Objects.deepEquals(S.a, null);",
            "java.util.Objects.deepEquals(java.lang.Object, java.lang.Object), argument 1"),
        Arguments.of("PlainCasts.loop(List.of(S.a));", "app.PlainCasts.loop"),
        Arguments.of("new Plain().kept = S.a;", "the field app.Plain.kept"),
        Arguments.of("Source s = () -> S.a; s.get();", "callers of app.Source.get()"),
        Arguments.of(
            "Source s = new Source() { public double[] get() { return S.a; } }; s.get();",
            "callers of app.Source.get()"),
        Arguments.of(
            "double[][] r = {null, S.a}; Plain.rows(r);", "app.Plain.rows(double[][]), argument 1"),
        Arguments.of(
            "java.lang.reflect.Array.getLength(S.a);", "java.lang.reflect.Array.getLength"),
        Arguments.of("IntStream.of(S.g[1]);", "java.util.stream.IntStream.of(int[]), argument 1"));
  }

  @ParameterizedTest
  @MethodSource("escapes")
  void stopsASharedArrayAtTheCall(String code, String place) {
    Cluster cluster = run(code);
    RuntimeException stopped = assertThrows(RuntimeException.class, () -> cluster.call(0, "T.run"));
    assertEquals("org.dsm4j.SharedArrayEscapeException", stopped.getClass().getName());
    assertTrue(stopped.getMessage().contains(place), stopped.getMessage());
    assertTrue(stopped.getMessage().contains("clone()"), stopped.getMessage());
  }

  static Stream<Arguments> heapArrays() {
    return Stream.of(
        Arguments.of("S.a = S.heap();", "app.S.a"),
        Arguments.of("S.a = S.other;", "app.S.a"),
        Arguments.of("double[] t = S.heap(); S.a = t;", "app.S.a"),
        Arguments.of("@Shared double[] t = S.heap();", "a local variable of app.T.run"),
        Arguments.of(
            "int[] r = List.of(new int[3]).get(0); S.g[1] = r;", "row of a shared int[][]"));
  }

  @ParameterizedTest
  @MethodSource("heapArrays")
  void refusesAHeapArrayInASharedPlace(String code, String place) {
    Cluster cluster = run(code);
    RuntimeException stopped = assertThrows(RuntimeException.class, () -> cluster.call(0, "T.run"));
    assertEquals("org.dsm4j.NotShareableException", stopped.getClass().getName());
    assertTrue(stopped.getMessage().contains(place), stopped.getMessage());
    assertTrue(stopped.getMessage().contains("Dsm.share"), stopped.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Plain.count(S.a); Object o = Plain.id(S.a); List.of(S.a).get(0)[1] = 2; if (S.a != o) throw new AssertionError();",
        "PlainCasts.fine(new double[3]);",
        "Plain.sum(S.a.clone()); Plain.sum(S.heap()); Plain.sum(new double[2]);",
        "S.a = Dsm.share(S.heap()); S.a = null; S.a = new @Shared double[3]; S.g[1] = Dsm.share(new int[1]);",
        "@Shared double[] u = pass(new @Shared double[2 + 1]); @Shared int[] v = pass(new @Shared int[] {1, 2}); pass(new @Shared int[3][4]);",
        "@Shared double[] t = new double[4]; S.a = t; t = null; t = Dsm.share(S.other);",
        "String s = \"x\" + S.a; Optional.of(S.a).map(x -> x[2]).get();"
      })
  void letsPassWhatIsAllowed(String code) {
    run(code).call(0, "T.run");
  }

  @Test
  void shareCopies() {
    Object result =
        run("double[] h = {1, 2}; double[] s = Dsm.share(h); s[0] = 9; h[1] = 7; S.a = s; s[1] += 1; out.add(h[0]); out.add(S.a[1]); out.add(s.length);")
            .call(0, "T.run");
    assertEquals(List.of(1.0, 3.0, 2), result);
  }

  @Test
  void aFreedArrayFailsOnUse() {
    Cluster cluster =
        run(
            "double[] t = S.a; Dsm.free(t);"
                + " try { t[1] = 2; } catch (IllegalStateException e) { out.add(e.getMessage()); }"
                + " try { out.add(t.length); } catch (IllegalStateException e) { out.add(2); }"
                + " try { Dsm.free(t); } catch (IllegalStateException e) { out.add(3); }"
                + " try { Dsm.free(new int[2]); } catch (IllegalArgumentException e) { out.add(4); }");
    List<?> out = (List<?>) cluster.call(0, "T.run");
    assertEquals(4, out.size());
    assertTrue(((String) out.get(0)).contains("freed"));
    assertNull(cluster.shared.get("freed"), "one node has nobody to tell");
  }

  @Test
  void anInheritedPlainImplementationIsRefused() {
    Cluster cluster = run("");
    assertThrows(ExceptionInInitializerError.class, () -> cluster.call(0, "Derived.f"));
    String message = cluster.refusals(0).get(0);
    assertTrue(message.contains("inherited from app.Base"), message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "S.class.getDeclaredField(\"count\").getInt(null);",
        "S.class.getDeclaredField(\"count\").get(null);",
        "S.class.getDeclaredField(\"count\").set(null, 3);",
        "S.class.getDeclaredField(\"count\").setInt(null, 3);",
        "S.class.getDeclaredField(\"a\").get(null);",
        "java.lang.invoke.MethodHandles.lookup().findStaticVarHandle(S.class, \"count\", int.class);",
        "java.lang.invoke.MethodHandles.lookup().findStaticGetter(S.class, \"a\", double[].class);",
        "java.lang.invoke.MethodHandles.lookup().unreflectSetter(S.class.getDeclaredField(\"count\"));"
      })
  void reflectionOnSharedFieldsIsRefusedInAnyClass(String code) {
    Cluster cluster =
        new Cluster(
            1,
            true,
            CODE,
            "class R { static void run() throws Exception { "
                + code
                + " } static Object fine() throws Exception {"
                + " return S.class.getDeclaredField(\"local\").getInt(null)"
                + " + (int) java.lang.invoke.MethodHandles.lookup().findStaticVarHandle(S.class, \"local\", int.class).get(); } }");
    RuntimeException refused = assertThrows(RuntimeException.class, () -> cluster.call(0, "R.run"));
    assertTrue(
        refused.getMessage().startsWith("reflection on the shared field app.S."),
        refused.getMessage());
    assertEquals(14, cluster.call(0, "R.fine"));
  }

  @Test
  void anExcludedClassThatUsesSharedMembersIsAnError() {
    Map<String, byte[]> classes =
        Sources.compile(true, CODE, "class Lib { static double f() { return S.a[0]; } }");
    Cluster cluster = new Cluster(1, classes, List.of("app.Lib"));
    assertThrows(ExceptionInInitializerError.class, () -> cluster.call(0, "Lib.f"));
    assertTrue(
        cluster.refusals(0).get(0).contains("excluded from rewriting"), cluster.refusals(0).get(0));
  }

  @Test
  void classesThatOnlyHandArraysOnAreRewrittenToo() {
    Cluster cluster =
        new Cluster(
            1,
            true,
            CODE,
            "class G { static double[] get() { return S.a; } } class H { static double[] get() { return G.get(); } }"
                + " class K { static double f() { double[] x = H.get(); x[3] = 5; return S.a[3] + x.length; } }");
    assertEquals(15.0, cluster.call(0, "K.f"));
    assertFalse(cluster.shared.isEmpty());
  }

  private static Cluster run(String code) {
    return new Cluster(
        1,
        true,
        CODE,
        "class T { static <X> X pass(X x) { Dsm.pageOwners(x); return x; } static List<Object> run() { List<Object> out = new ArrayList<>(); "
            + code
            + " return out; } }");
  }
}
