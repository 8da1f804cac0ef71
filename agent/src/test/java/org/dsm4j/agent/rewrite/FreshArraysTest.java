package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Arrays that are not made by the method that stores them in a shared place: those that nobody else
 * can know are made shared, all others refused there; never are there two.
 */
class FreshArraysTest {
  private static final String CODE =
      """
      enum Kind { RED, GREEN, BLUE }
      @Shared record Row(int[] data, String[] names) {}
      @Shared class Holder {
        int[] data; int[][] grid; Object any;
        Holder(int[] data) { this.data = data; }
        Holder(int[] data, int n) { this(data); any = n; }
        Holder() {}
        void set(int[] d) { if (d != null) data = d; }
        void row(int i, int[] d) { int[] e = d; grid[i] = e; }
        final <T> void any(T t) { any = t; }
      }
      @Shared class Sub extends Holder { Sub(int... d) { super(d); } }
      class Util {
        static int[] two() { return new int[] {4, 5}; }
        static int[][] grid(int n) { int[][] g = new int[n][]; for (int i = 0; i < n; i++) g[i] = row(i); return g; }
        static int[][] same(int n) { int[] r = new int[n]; return new int[][] {r, r}; }
        static int[] row(int i) { int[] r = new int[i + 1]; Arrays.fill(r, i); r[0]++; return r; }
        static String[] words(String s) { String[] w = s.trim().split(" "); Arrays.sort(w); return w; }
        static <T> T[] make(java.util.function.IntFunction<T[]> f, int n) { return f.apply(n); }
        static <T> T id(T t) { return t; }
      }
      class Maker {
        int n = 3;
        int[] row() { int[] r = new int[n]; r[0] = n; return r; }
        int[][] grid(long a, int b) { int[][] g = new int[b][]; for (int i = 0; i < b; i++) { g[i] = new int[n]; g[i][0] = (int) a; } return g; }
        private int[] own(int k) { return new int[] {k}; }
        static int[] parse(String s) { return Arrays.stream(s.split(" ")).mapToInt(Integer::parseInt).toArray(); }
        static int[] squares(int n) { int[] r = new int[n]; IntStream.range(0, n).parallel().forEach(i -> r[i] = i * i); Arrays.setAll(r, i -> r[i] + 1); return r; }
        void go() { S.a = row(); S.g = grid(4L, 2); S.g[1] = own(6); }
      }
      class Heir extends Maker { int[] kept = {8}; int[] row() { return kept; } }
      class Other extends Maker { int[] rows() { return null; } }
      class Leaky {
        static int[] kept; static int[][] rows; static Object any;
        int[] mine = {1, 2};
        static int[] keeps() { int[] r = {1, 2}; kept = r; return r; }
        static int[] captured() { int[] r = {1, 2}; any = (IntSupplier) () -> r[0]; return r; }
        static int[] lambdaKeeps() { int[] r = {1, 2}; IntStream.range(0, 1).forEach(i -> kept = r); return r; }
        static int[] lambdaKept() { int[] r = {1, 2}; IntStream s = IntStream.range(0, 1).map(i -> r[i]); any = s; return r; }
        static int[] lambdaPasses() { int[] r = {1, 2}; Stream.of(1).forEach(i -> keep(r)); return r; }
        static int[] passes() { int[] r = {1, 2}; keep(r); return r; }
        static void keep(int[] r) { kept = r; }
        static int[] sometimes(boolean b) { return b ? new int[2] : kept; }
        static int[][] rowKept() { int[][] g = new int[2][2]; kept = g[1]; return g; }
        static int[][] rowFromElsewhere() { int[][] g = new int[2][]; g[0] = kept; g[1] = new int[1]; return g; }
        static int[][] rowFromParameter(int[] r) { return new int[][] {r}; }
        static int[][] rowLater() { int[][] g = new int[2][]; put(g); return g; }
        static void put(int[][] g) { g[0] = kept; }
        static int[][] inAnother() { int[][] g = new int[1][]; int[] r = {1}; g[0] = r; kept = r; return g; }
        static int[][] cloned() { return rows.clone(); }
        static int[][] listed(List<int[]> l) { return l.toArray(new int[0][]); }
        static int[] boxed() { int[] r = {1, 2}; Object[] box = {r}; any = box[0]; return r; }
        static int[] filled() { int[] r = {1, 2}; int[][] g = new int[2][]; Arrays.fill(g, r); rows = g; return r; }
        static int[][] clonedRows() { int[][] g = new int[2][2]; rows = g.clone(); return g; }
        static int[] orElse() { int[] r = {1, 2}; kept = Objects.requireNonNullElse(null, r); return r; }
        static int[] byPlain() { int[] r = {1, 2}; kept = Util.id(r); return r; }
        static int[][] viaObjects(boolean b) { int[][] g = new int[2][2]; Object[] o = b ? g : new Object[2]; any = o[0]; return g; }
        static int[][] intoObjects(boolean b) { int[][] g = new int[2][2]; Object[] o = b ? g : new Object[2]; int[] r = {1}; o[0] = r; kept = r; return g; }
        static int[] listedIn(List<int[]> l) { int[] r = {1, 2}; l.add(r); return r; }
        static int[][] copied() { int[][] g = new int[2][2]; rows = new int[2][]; System.arraycopy(g, 0, rows, 0, 2); return g; }
        static int[] outParameter(int[][] out) { int[] r = {1, 2}; out[0] = r; return r; }
        static int[] recursive(int n) { return n == 0 ? kept : recursive(n - 1); }
        int[] get() { return new int[2]; }
      }
      class Leakier extends Leaky { int[] get() { return mine; } }
      class S {
        @Shared static char[] t = "shared".toCharArray();
        @Shared static Kind[] k = Kind.values();
        @Shared static String[] w = "a,bb,ccc".split(",");
        @Shared static int[] a = IntStream.range(0, 5).toArray();
        @Shared static int[][] g = Util.grid(3);
        @Shared static byte[] b = "hi".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        @Shared static Object o; @Shared static Object[] os = new Object[3];
        @Shared static java.util.concurrent.TimeUnit[] units = java.util.concurrent.TimeUnit.values();
        @Shared static Row r = new Row(new int[] {7, 8}, "x y".split(" "));
        static String show() {
          return new String(t.clone()) + k[2] + w[1] + a[4] + Arrays.deepToString(g) + b[1] + units.length + r.data()[1] + r.names()[0];
        }
      }
      """;

  private static final String HELPERS =
      """
      class T {
        static final String[] NAMES = {"n"};
        static <X> X pick(X x, X y) { return x; }
        static int[] of(int... x) { return x; }
        static <X> X id(X x) { return pick(x, null); }
        static <X extends Comparable<X>> X[] sorted(X[] a) { Arrays.sort(a); return a; }
      """;

  @Test
  void initializersMayUseWhatTheJdkReturns() {
    Cluster cluster = new Cluster(2, false, CODE);
    String expected = "sharedBLUEbb4[[1], [2, 1], [3, 2, 2]]10578x";
    assertEquals(expected, cluster.call(0, "S.show"));
    assertEquals(expected, cluster.call(1, "S.show"));
    assertEquals(List.of(), cluster.refusals(0));
  }

  /** Each is a method: what it returns must be what it returns on the heap. */
  private static final List<String> FRESH =
      List.of(
          "S.t = \"abc\".toCharArray(); S.t[1] = 'x'; out.add(S.t[1]);",
          "S.w = \"q;r\".split(\";\"); S.w[0] = \"z\"; out.add(S.w[0] + S.w.length);",
          "S.w = List.of(\"a\", \"b\").toArray(new String[0]); S.w[1] = \"c\"; out.add(S.w[1]);",
          "S.w = List.of(\"a\", \"b\").toArray(String[]::new); S.w[1] = \"c\"; out.add(S.w[1]);",
          "S.w = Stream.of(\"a\", \"b\").toArray(n -> new String[n]); S.w[1] = \"c\"; out.add(S.w[1]);",
          "String[] x = new String[3]; S.w = List.of(\"a\").toArray(x); x[2] = \"y\"; out.add(S.w[0] + S.w[1] + S.w[2] + (S.w == x));",
          "String[] x = new String[0]; String[] y = List.of(\"a\").toArray(x); S.w = y; y[0] = \"y\"; out.add(S.w[0] + (S.w == x) + (S.w == y));",
          "S.a = IntStream.of(3, 4).map(i -> i * i).toArray(); S.a[0]++; out.add(S.a[0]);",
          "S.k = Kind.values(); S.k[0] = Kind.BLUE; out.add(S.k[0] + \"\" + Kind.values()[0]);",
          "S.k = Kind.class.getEnumConstants(); out.add(S.k.length);",
          "java.nio.file.Path p = java.nio.file.Files.createTempFile(\"dsm\", \"t\"); java.nio.file.Files.writeString(p, \"hey\"); S.b = java.nio.file.Files.readAllBytes(p); java.nio.file.Files.delete(p); out.add(S.b[2] + S.b.length);",
          "S.a = Util.two(); int[] x = S.a; x[1] = 9; out.add(S.a[1] + Util.two()[1]);",
          "int[] x = Util.two(); x[0] = 1; S.a = x; x[1] = 2; out.add(S.a[0] + \" \" + S.a[1] + (S.a == x));",
          "S.g = Util.grid(3); int[] x = S.g[2]; x[1] = 77; out.add(Arrays.deepToString(S.g));",
          "Maker m = new Maker(); m.go(); S.a[1] = 5; out.add(S.a[0] + S.a[1] + S.g[0][0] + S.g[1][0]); new Other().go(); int[] x = S.a; x[2] = 1; out.add(S.a[2]); S.g[0] = m.row(); x = new Other().row(); S.a = x; x[1] = 9; out.add(S.a[1]);",
          "S.g = Stream.of(\"1 2\", \"3 4\").map(x -> Arrays.stream(x.split(\" \")).mapToInt(Integer::parseInt).toArray()).toArray(int[][]::new); S.g[1][0]++; out.add(Arrays.deepToString(S.g)); S.g = Stream.of(\"1 2\", \"3\").map(Maker::parse).toArray(int[][]::new); out.add(Arrays.deepToString(S.g));",
          "int n = 3; S.g = IntStream.range(0, n).mapToObj(i -> new int[n]).toArray(int[][]::new); S.g[2][1] = 4; out.add(S.g[2][1]); S.g = Arrays.stream(S.g).map(int[]::clone).toArray(int[][]::new); out.add(S.g[2][1]);",
          "S.a = Maker.squares(4); S.a[0] += 5; out.add(Arrays.toString(S.a));",
          "S.g = Util.same(3); S.g[0][1] = 5; out.add(S.g[1][1] + \" \" + (S.g[0] == S.g[1]));",
          "S.g[1] = Util.row(4); out.add(S.g[1][4]);",
          "int[][] h = S.g; h[1] = Util.row(4); h = pick(h, new int[3][3]); h[0] = Util.row(2); out.add(S.g[1][4] + S.g[0][2]);",
          "int[] x = {1, 2}; S.a = of(x); x[1] = 6; out.add(S.a[1]);",
          "S.a = of(3, 4, 5); out.add(S.a[1]);",
          "S.w = Util.words(\" d c b\"); S.w[0] += 1; out.add(S.w[0] + S.w[2]);",
          "int[] x = {1, 2}; S.a = id(x); x[0] = 4; out.add(S.a[0]);",
          "Integer[] x = {3, 1, 2}; S.os = sorted(x); x[1] = 4; out.add(S.os[0] + \"\" + S.os[1]);",
          "int[] x = {1, 2}; S.a = Objects.requireNonNull(x); x[0] = 3; out.add(S.a[0]);",
          "int[] x = {3}; Holder h = new Holder(x); x[0] = 4; S.o = h; out.add(h.data[0] + \" \" + (h.data == x));",
          "int[] x = {3}; Holder h = new Holder(x, 2); x[0] = 4; out.add(h.data[0]);",
          "Holder h = new Sub(3, 4); h.data[0] = 4; out.add(h.data[0] + h.data[1]);",
          "Holder h = new Holder(\"1 2\".chars().toArray()); out.add(h.data[2]);",
          "Holder h = new Holder(); int[] x = {3}; h.set(x); x[0] = 5; out.add(h.data[0]); h.grid = new int[2][]; h.row(1, x); x[0]++; h.row(0, Util.row(2)); out.add(h.grid[1][0] + h.grid[0][1]); h.any(Util.row(1)); out.add(((int[]) h.any)[1]); h.any(x); x[0] = 1; out.add(((int[]) h.any)[0]);",
          "int[][] x = new int[2][2]; S.a = x[1]; x[1][0] = 3; out.add(S.a[0]);",
          "@Shared int[] x = Util.two(); x[0] = 8; S.a = x; x[0]++; out.add(S.a[0]);",
          "S.o = java.lang.reflect.Array.newInstance(int.class, 3); ((int[]) S.o)[1] = 2; out.add(((int[]) S.o)[1]);",
          "S.o = (int[][]) java.lang.reflect.Array.newInstance(int.class, 3, 2); ((int[][]) S.o)[1][1] = 2; out.add(((int[][]) S.o)[1][1]);",
          "S.r = new Row(Util.two(), new String[] {\"u\"}); out.add(S.r.data()[1] + S.r.names()[0]);",
          "S.a = Leaky.sometimes(true) == null ? null : Util.two(); out.add(S.a[0]);",
          "S.g = new int[][] {Util.two(), \"ab\".chars().toArray()}; S.g[1][0]++; out.add(S.g[1][0]);",
          "S.a = new Leakier().get() == null ? null : new int[] {2}; out.add(S.a[0]);");

  /** Each must be refused. */
  private static final List<String> KNOWN =
      List.of(
          "S.a = Leaky.keeps();",
          "S.a = Leaky.captured();",
          "S.a = Leaky.boxed();",
          "S.a = Leaky.lambdaKeeps();",
          "S.a = Leaky.lambdaKept();",
          "S.a = Leaky.lambdaPasses();",
          "S.a = Leaky.filled();",
          "S.g = Leaky.clonedRows();",
          "S.a = Leaky.orElse();",
          "S.a = Leaky.byPlain();",
          "S.g = Leaky.viaObjects(true);",
          "S.g = Leaky.intoObjects(true);",
          "S.a = Leaky.listedIn(new ArrayList<>());",
          "S.g = Leaky.copied();",
          "S.a = Leaky.outParameter(new int[1][]);",
          "Leaky.kept = new int[1]; S.a = Leaky.recursive(2);",
          "S.a = Leaky.passes();",
          "Leaky.kept = new int[1]; S.a = Leaky.sometimes(false);",
          "S.g = Leaky.rowKept();",
          "Leaky.kept = new int[1]; S.g = Leaky.rowFromElsewhere();",
          "S.g = Leaky.rowFromParameter(Leaky.keeps());",
          "Leaky.kept = new int[1]; S.g = Leaky.rowLater();",
          "S.g = Leaky.inAnother();",
          "Leaky.rows = new int[1][1]; S.g = Leaky.cloned();",
          "S.g = Leaky.listed(List.of(new int[2]));",
          "S.g = List.of(new int[2]).toArray(new int[0][]);",
          "S.a = new Leakier().get();",
          "S.a = new Heir().row();",
          "S.a = ((Maker) new Heir()).row();",
          "new Heir().go();",
          "int[] k = {1}; S.g = Stream.of(1, 2).map(x -> k).toArray(int[][]::new);",
          "List<int[]> l = new ArrayList<>(); S.g = Stream.of(1, 2).map(x -> new int[x]).peek(l::add).toArray(int[][]::new);",
          "S.a = ((Leaky) new Leakier()).get();",
          "int[] x = new Leaky().mine; S.a = Util.id(x);",
          "String[] x = new Leaky().toString().split(\"x\"); Leaky.any = x; String[] y = (String[]) Leaky.any; S.w = y;",
          "new Holder(new Leaky().mine);",
          "S.w = Stream.of(\"a\").toArray(n -> NAMES);",
          "IntFunction<String[]> f = n -> NAMES; S.w = Stream.of(\"a\").toArray(f);",
          "byte[] x = {1, 2}; java.nio.ByteBuffer w = java.nio.ByteBuffer.wrap(x); byte[] y = out.isEmpty() ? w.array() : new byte[2]; S.os = new Object[1]; S.os[0] = pick(y, y);",
          "Object[] x = {1, Leaky.keeps()}; S.os = x;");

  private static Map<String, byte[]> classes;
  private static Cluster cluster;

  @BeforeAll
  static void compile() {
    StringBuilder methods = new StringBuilder(HELPERS);
    int number = 0;
    for (String code : FRESH) {
      methods.append(method("fresh" + number++, code));
    }
    number = 0;
    for (String code : KNOWN) {
      methods.append(method("known" + number++, code));
    }
    classes = Sources.compile(true, CODE, methods + "}");
    cluster = new Cluster(2, classes, List.of());
  }

  private static String method(String name, String code) {
    return "static List<Object> "
        + name
        + "() throws Exception { List<Object> out = new ArrayList<>(); "
        + code
        + " return out; }\n";
  }

  static IntStream fresh() {
    return IntStream.range(0, FRESH.size());
  }

  static IntStream known() {
    return IntStream.range(0, KNOWN.size());
  }

  @ParameterizedTest
  @MethodSource("fresh")
  void areMadeSharedIfNobodyElseKnowsThem(int number) throws Throwable {
    Object expected = new PlainRun(classes).call("T.fresh" + number);
    assertEquals(expected, cluster.call(number % 2, "T.fresh" + number), FRESH.get(number));
    assertEquals(List.of(), cluster.refusals(number % 2));
  }

  @ParameterizedTest
  @MethodSource("known")
  void areRefusedIfSomebodyMayKnowThem(int number) {
    RuntimeException stopped =
        assertThrows(
            RuntimeException.class,
            () -> cluster.call(number % 2, "T.known" + number),
            KNOWN.get(number));
    assertEquals("org.dsm4j.NotShareableException", stopped.getClass().getName());
    assertTrue(stopped.getMessage().contains("Dsm.share"), stopped.getMessage());
    assertEquals(List.of(), cluster.refusals(number % 2));
  }
}
