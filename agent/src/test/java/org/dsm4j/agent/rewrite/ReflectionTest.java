package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rule 11: what reaches shared things by reflection, method handles or serialization works, or is
 * refused; in classes that mention nothing shared, too.
 */
class ReflectionTest {
  private static final String CODE =
      """
      class Plain {
        double[] kept; Object any; static double[][] rows; int number;
        Plain() {}
        Plain(double[] a, int n) { kept = a; }
        static double sum(double[] a) { double r = 0; for (double x : a) r += x; return r; }
        static int count(Object o) { return 1; }
      }
      class S {
        @Shared static double[] a = {1, 2, 3, 4};
        @Shared static int[][] g = new int[2][2];
        @Shared static String[] n = {"x", "y"};
        @Shared static int count;
        static int local;
        double[] held;
        static double total(double[] a, int from) { double r = 0; for (int i = from; i < a.length; i++) r += a[i]; return r; }
        S() {}
        S(double[] a) { a[0] += 10; }
      }
      @Shared class Box { int n = 5; Box next; int twice() { return 2 * n; } }
      @Shared class Sent implements java.io.Serializable { int n; }
      class Holder implements java.io.Serializable { double[] numbers; Object any; List<Object> list = new ArrayList<>(); @Shared static int marks; }
      class Indirect {
        static Object invoke(java.lang.reflect.Method m, Object o, Object... a) throws Exception { return m.invoke(o, a); }
        static Object make(java.lang.reflect.Constructor<?> c, Object... a) throws Exception { return c.newInstance(a); }
        static void set(java.lang.reflect.Field f, Object o, Object v) throws Exception { f.set(o, v); }
        static Object handle(java.lang.invoke.MethodHandle h, Object a) throws Throwable { return h.invoke(a); }
        static Object handles(java.lang.invoke.MethodHandle h, Object... a) throws Throwable { return h.invokeWithArguments(a); }
        static Object list(java.lang.invoke.MethodHandle h, List<?> a) throws Throwable { return h.invokeWithArguments(a); }
        static Object bound(java.lang.invoke.MethodHandle h, Object a) throws Throwable { return h.bindTo(a).invoke(); }
        static Object inserted(java.lang.invoke.MethodHandle h, Object a) throws Throwable { return java.lang.invoke.MethodHandles.insertArguments(h, 0, a).invoke(); }
        static Object element(java.lang.invoke.VarHandle h, Object a, int i) { return h.getVolatile(a, i); }
        static int length(Object a) { ToIntFunction<Object> f = java.lang.reflect.Array::getLength; return f.applyAsInt(a); }
        static boolean same(Object a, Object b) { BiPredicate<Object, Object> f = Objects::deepEquals; return f.test(a, b); }
        static void copy(Object a, Object b) { System.arraycopy(a, 0, b, 0, 1); }
        static byte[] write(Object o) throws Exception {
          java.io.ByteArrayOutputStream bytes = new java.io.ByteArrayOutputStream();
          try (java.io.ObjectOutputStream out = new java.io.ObjectOutputStream(bytes)) { out.writeObject(o); }
          return bytes.toByteArray();
        }
        static Object read(byte[] bytes) throws Exception { return new java.io.ObjectInputStream(new java.io.ByteArrayInputStream(bytes)).readObject(); }
        interface Get { Object get(java.lang.reflect.Field f, Object o) throws Exception; }
        static Object get(java.lang.reflect.Field f) throws Exception { Get g = java.lang.reflect.Field::get; return g.get(f, null); }
        static Object fields(Class<?> c) { Function<Class<?>, Object> f = Class::getDeclaredFields; return f.apply(c); }
        static java.lang.invoke.MethodHandles.Lookup look() { return java.lang.invoke.MethodHandles.lookup(); }
        static java.lang.invoke.MethodHandle plain() throws Exception { return look().findStatic(Plain.class, "sum", java.lang.invoke.MethodType.methodType(double.class, double[].class)); }
      }
      """;

  private static final Cluster CLUSTER = cluster();

  /** A statement, and what the exception must name. */
  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of(
            "Plain.class.getDeclaredMethod(\"sum\", double[].class).invoke(null, S.a);",
            "app.Plain.sum(double[]), argument 1"),
        Arguments.of(
            "Indirect.invoke(Arrays.class.getMethod(\"stream\", double[].class), null, S.a);",
            "java.util.Arrays.stream(double[]), argument 1"),
        Arguments.of(
            "Indirect.invoke(java.lang.reflect.Array.class.getMethod(\"getLength\", Object.class), null, S.a);",
            "java.lang.reflect.Array.getLength(java.lang.Object), argument 1"),
        Arguments.of(
            "Plain.class.getDeclaredConstructor(double[].class, int.class).newInstance(S.a, 2);",
            "new app.Plain(double[], int), argument 1"),
        Arguments.of(
            "Indirect.make(Plain.class.getDeclaredConstructor(double[].class, int.class), S.a, 2);",
            "new app.Plain(double[], int), argument 1"),
        Arguments.of(
            "Plain.class.getDeclaredField(\"kept\").set(new Plain(), S.a);",
            "the field app.Plain.kept"),
        Arguments.of(
            "double[][] rows = {S.a}; Indirect.set(Plain.class.getDeclaredField(\"rows\"), null, rows);",
            "the field app.Plain.rows"),
        Arguments.of("Indirect.handle(Indirect.plain(), S.a);", "java.lang.invoke.MethodHandle"),
        Arguments.of("Indirect.handles(Indirect.plain(), S.a);", "java.lang.invoke.MethodHandle"),
        Arguments.of(
            "Indirect.list(Indirect.plain(), List.of(S.a));", "java.lang.invoke.MethodHandle"),
        Arguments.of("Indirect.bound(Indirect.plain(), S.a);", "java.lang.invoke.MethodHandle"),
        Arguments.of("Indirect.inserted(Indirect.plain(), S.a);", "java.lang.invoke.MethodHandles"),
        Arguments.of(
            "Object o = S.a; double d = (double) Indirect.plain().invoke(o);",
            "java.lang.invoke.MethodHandle"),
        Arguments.of(
            "Indirect.element(java.lang.invoke.MethodHandles.arrayElementVarHandle(double[].class), S.a, 1);",
            "java.lang.invoke.VarHandle"),
        Arguments.of("Indirect.length(S.a);", "java.lang.reflect.Array.getLength"),
        Arguments.of(
            "ToIntFunction<Object> f = java.lang.reflect.Array::getLength; f.applyAsInt(S.n);",
            "java.lang.reflect.Array.getLength"),
        Arguments.of("Indirect.same(S.a, new double[4]);", "java.util.Objects.deepEquals"),
        Arguments.of(
            "BiPredicate<Object, Object> p = Objects::deepEquals; p.test(new double[4], S.a);",
            "java.util.Objects.deepEquals"),
        Arguments.of("Indirect.copy(S.a, new double[4]);", "java.lang.System.arraycopy"),
        Arguments.of("Indirect.write(S.a);", "java.io.ObjectOutputStream"),
        Arguments.of("Holder h = new Holder(); h.any = S.g; Indirect.write(h);", "serialization"),
        Arguments.of(
            "Holder h = new Holder(); h.numbers = S.a; Indirect.write(h);", "serialization"),
        Arguments.of(
            "Holder h = new Holder(); h.list.add(S.n); Indirect.write(h);", "serialization"),
        Arguments.of("Indirect.get(S.class.getDeclaredField(\"count\"));", "app.S.count"),
        Arguments.of("Indirect.fields(Box.class);", "app.Box"),
        Arguments.of(
            "Function<Class<?>, Object> f = Class::getDeclaredFields; f.apply(Box.class);",
            "app.Box"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void isRefused(String code, String named) {
    RuntimeException refused = assertThrows(RuntimeException.class, () -> run(code));
    assertTrue(refused.getClass().getName().startsWith("org.dsm4j."), refused.toString());
    assertTrue(refused.getMessage().contains(named), refused.getMessage());
  }

  static Stream<String> works() {
    return Stream.of(
        "out.add(S.class.getDeclaredMethod(\"total\", double[].class, int.class).invoke(null, S.a, 1)); check(9.0);",
        "S.class.getDeclaredConstructor(double[].class).newInstance(S.a); out.add(S.a[0]); check(11.0);",
        "out.add(Indirect.invoke(Plain.class.getDeclaredMethod(\"count\", Object.class), null, S.a)); check(1);",
        "out.add(Indirect.invoke(Plain.class.getDeclaredMethod(\"sum\", double[].class), null, S.a.clone())); check(10.0);",
        "S s = new S(); S.class.getDeclaredField(\"held\").set(s, S.a); out.add(s.held == S.a); out.add(s.held[1]); check(true, 2.0);",
        "Plain p = new Plain(); Indirect.set(Plain.class.getDeclaredField(\"any\"), p, S.a); out.add(p.any == S.a); check(true);",
        "Plain p = new Plain(); Indirect.set(Plain.class.getDeclaredField(\"number\"), p, 7); out.add(p.number); check(7);",
        "out.add(Box.class.getDeclaredMethod(\"twice\").invoke(new Box())); check(10);",
        "out.add(Indirect.handle(Indirect.plain(), new double[] {1, 5})); out.add(Indirect.handles(Indirect.plain(), new double[] {2})); check(6.0, 2.0);",
        "out.add(Indirect.length(new int[3])); out.add(Indirect.same(new int[2], new int[2])); check(3, true);",
        "Holder h = new Holder(); h.numbers = new double[] {3, 4}; h.list.add(\"in\"); Holder b = (Holder) Indirect.read(Indirect.write(h)); out.add(b.numbers[1]); out.add(b.list); check(4.0, List.of(\"in\"));",
        "Function<double[], String> f = Arrays::toString; out.add(f.apply(S.a)); out.add(f.apply(new double[1])); check(\"[1.0, 2.0, 3.0, 4.0]\", \"[0.0]\");",
        "UnaryOperator<int[]> f = int[]::clone; S.g[1][1] = 4; out.add(f.apply(S.g[1])[1]); check(4);",
        "ToIntFunction<double[]> f = Arrays::hashCode; out.add(f.applyAsInt(S.a) == Arrays.hashCode(S.a.clone())); check(true);",
        "Consumer<double[]> f = Arrays::sort; S.a[0] = 9; f.accept(S.a); out.add(S.a[3]); check(9.0);",
        "int names = 0; for (var m : Box.class.getDeclaredMethods()) if (m.isSynthetic()) names++; for (var i : Box.class.getInterfaces()) names++; out.add(names); check(0);",
        "int own = 0; for (var m : Sent.class.getDeclaredMethods()) own++; for (var m : Sent.class.getMethods()) if (m.getDeclaringClass() == Sent.class) own++; out.add(own); check(0);",
        "out.add(Objects.deepEquals(S.a.clone(), S.a.clone())); check(true);");
  }

  @ParameterizedTest
  @MethodSource
  void works(String code) {
    List<?> out = (List<?>) run(code);
    assertEquals(out.get(out.size() - 1), out.subList(0, out.size() - 1));
  }

  @Test
  void objectsMethodsAreTheInstancesOwnThroughAnUnsharedClass() {
    Cluster cluster =
        new Cluster(
            2,
            true,
            """
            class Base implements Cloneable {
              Object copy() throws CloneNotSupportedException { return super.clone(); }
              int hash() { return super.hashCode(); }
              public String text() { return super.toString(); }
              @Override public boolean equals(Object o) { return super.equals(o); }
              public int hashCode() { return super.hashCode(); }
            }
            @Shared class Node extends Base { int n = 1; int[] data = {5}; }
            class T {
              @Shared static Node node;
              static String build() throws Exception {
                node = new Node();
                Node copy = (Node) node.copy();
                copy.n = 2; copy.data[0] = 6;
                return node.n + " " + copy.n + (copy == node) + node.data[0] + copy.equals(node) + node.equals(node) + (copy.getClass() == Node.class);
              }
              static String identity() {
                return node.hash() + " " + node.hashCode() + " " + node.text() + " " + System.identityHashCode(node) + " " + node;
              }
            }
            """);
    assertEquals("1 2false6falsetruetrue", cluster.call(0, "T.build"));
    List<Object> identities = cluster.callAll("T.identity");
    assertEquals(identities.get(0), identities.get(1));
  }

  private static Cluster cluster() {
    StringBuilder all =
        new StringBuilder(
            "class T { static List<Object> out; static void check(Object... expected) { out.add(Arrays.asList(expected)); }");
    refused().forEach(arguments -> all.append(method((String) arguments.get()[0])));
    works().forEach(code -> all.append(method(code)));
    return new Cluster(1, true, CODE, all.append("}").toString());
  }

  private static String method(String code) {
    return "static List<Object> "
        + name(code)
        + "() throws Throwable { out = new ArrayList<>(); S.a = new double[] {1, 2, 3, 4}; "
        + code
        + " return out; }\n";
  }

  private static String name(String code) {
    return "run" + Integer.toHexString(code.hashCode());
  }

  private static Object run(String code) {
    return CLUSTER.call(0, "T." + name(code));
  }
}
