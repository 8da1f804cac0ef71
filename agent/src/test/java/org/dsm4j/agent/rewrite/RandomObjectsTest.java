package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random methods over shared objects: fields of all types, inheritance and hidden fields, virtual
 * calls out of constructors, generics, enums, records, inner and anonymous classes, lambdas,
 * concatenation, switches, monitors, nested try and finally. Each program has two halves, of which
 * the second goes on with what the first has left: one node runs both, then two one half each. All
 * must log what the program logs that is not rewritten. A seed names a failure.
 */
class RandomObjectsTest {
  private static final int PROGRAMS = Integer.getInteger("dsm.random.programs", 8);
  private static final int LENGTH = Integer.getInteger("dsm.random.length", 7);

  private static final String STATICS =
      """
      class Q {
        @Shared static A a0, a1; @Shared static B b0; @Shared static A[] as; @Shared static Object any; @Shared static Box<A> box;
        @Shared static long total; @Shared static double d0; @Shared static K k0; @Shared static String s0; @Shared static Rec r0; @Shared static I i0;
        @Shared static volatile int turn; @Shared static Integer w0; @Shared static float f0; @Shared static char c0; @Shared static boolean z0; @Shared static byte y0;
        static int steps, deep;
        static void start() { steps = 0; deep = 0; }
        static void reset() {
          a0 = new A(1); a1 = new B(2, "b2"); b0 = new C(3); as = new A[] {a0, null, new C(4, "four"), b0}; any = a1; box = new Box<>(); total = 0; d0 = 0.5; k0 = K.X; s0 = "s";
          r0 = new Rec(1, "r", a0, 1.5); i0 = b0; turn = 0; w0 = 5; f0 = 1; c0 = 'c'; z0 = false; y0 = 1; a0.next = a1; a0.t = new int[] {1, 2, 3, 4}; a0.row = new A[] {b0, null}; box.v = a0; a1.k = K.Y;
        }
        static boolean go() { return ++steps < 2000; }
        static boolean call() { return steps++ < 2000 && deep < 6; }
        static String show(Object o) { return o instanceof A a ? a.getClass().getSimpleName() + a.id + " " + a.n : o instanceof int[] t ? "ints" + t.length : o instanceof A[] t ? "as" + t.length : o instanceof Box<?> b ? "box" + (b.v == null) : String.valueOf(o); }
        static String text(Throwable e) { return e.toString().replaceAll("loader [^;)]+", "loader").replaceAll("app.[A-Z0-9]+.lambda.[a-z0-9$]+", "lambda"); }
        static <T> T same(T t) { return t; }
        static <T extends A> T first(T t, A... more) { return t != null || more.length == 0 ? t : null; }
        static List<Object> all(List<Object> s) {
          for (A a : new A[] {a0, a1, b0, as.length > 0 ? as[0] : null}) if (a != null) a.tell(s);
          for (A a : as) s.add(show(a));
          s.add(show(any)); s.add(show(box.v)); s.add(total); s.add(d0); s.add(String.valueOf(k0)); s.add(s0); s.add(String.valueOf(r0)); s.add(show(i0)); s.add(turn); s.add(w0); s.add(f0); s.add(c0); s.add(z0); s.add(y0); return s;
        }
      }
      """;

  private static final String KINDS =
      """
      enum K { X, Y { int more(int i) { return i + 5; } }, Z; int more(int i) { return i + ordinal(); } }
      interface I { int m0(int k); default int twice(int k) { return m0(k) * 2; } static int one() { return 1; } }
      @Shared class Box<T> { T v; long times; Box<T> with(T t) { v = t; times++; return this; } <U extends T> T or(U u) { return v == null ? u : v; } T take() { try { return v; } finally { v = null; times += 3; } } }
      @Shared record Rec(int n, String s, A a, double d) { Rec { if (n < -50) throw new IllegalArgumentException("n " + n); } int sum() { return n + (a == null ? 0 : a.n); } static Rec of(A a) { return new Rec(a.n, a.s, a, a.d); } }
      """;

  private static final String FIRST =
      """
      @Shared class A implements I {
        byte b; short h; char c = 'k'; boolean z; int n; long l = 1L << 40; float f; double d; String s; Integer w; K k; A next; int[] t; A[] row; Object o; volatile int v; transient int own; final int id; static @Shared int count;
        { v = 3; }
        A(int id) { this.id = id; n += id * 3; s = "a" + id; count++; touch(); }
        void touch() { n++; h += 2; }
        A self() { return this; }
        public String toString() { return "A" + id + s + n; }
        void tell(List<Object> log) { log.add(b + " " + h + c + z + n + " " + l + " " + f + " " + d + s + w + k + Q.show(next) + Q.show(t) + Q.show(row) + Q.show(o) + v + id + own); }
        synchronized long m1(A o) { l += o.id; return o.l ^ l; }
        public int m0(int k) { if (!Q.call()) return 1; Q.deep++; List<Object> s = new ArrayList<>(); A x = this, y = next; B p = Q.b0; int i = k, j = id; long l = 2; double d = 1.5; String r = "m"; Object o = this.o; K e = this.k;
      """;

  private static final String SECOND =
      """
      @Shared class B extends A {
        int n = 4; double e = 2; String s; Box<A> box = new Box<>();
        B(int id, String x) { super(id); s = x; n += super.n; }
        void touch() { super.touch(); l += 2; n = n + 1; }
        void tell(List<Object> log) { super.tell(log); log.add(n + " " + e + s + Q.show(box) + " " + ((A) this).n + super.s); }
        B self() { return this; }
        class In { int q = n; transient int mine; int out() { q += B.this.n; return q + id; } }
        public int m0(int k) { if (!Q.call()) return 2; Q.deep++; List<Object> s = new ArrayList<>(); A x = this, y = next; B p = this; int i = k, j = super.m0(k); long l = super.l; double d = this.e; String r = super.s; Object o = box; K e = this.k;
      """;

  private static final String THIRD =
      """
      @Shared final class C extends B {
        long l = 7; int[][] g = {{1}, {2, 3}};
        C(int id) { this(id, "c" + id); }
        C(int id, String x) { super(id + 1, x); g[1][0] += id; l = super.l; }
        void tell(List<Object> log) { super.tell(log); log.add(l + " " + Arrays.deepToString(g)); }
        long m1(A o) { synchronized (o) { return super.m1(o) + g[0].length; } }
      }
      """;

  /** How a method of the kind m0 ends. */
  private static final String RETURN =
      " Q.deep--; Q.total += s.hashCode() % 1000; return i + (int) l + r.length(); } ";

  @ParameterizedTest
  @CsvSource({"1, true", "2, false", "3, true", "4, false"})
  void logTheSame(long seed, boolean debug) throws Throwable {
    Random random = new Random(seed);
    List<String> sources = new ArrayList<>(List.of(STATICS, KINDS));
    sources.add(FIRST + new Generator(random).block(1, 3) + RETURN + "}");
    sources.add(SECOND + new Generator(random).block(1, 3) + RETURN + "}");
    sources.add(THIRD);
    int fixed = sources.size();
    for (int program = 0; program < PROGRAMS; program++) {
      sources.add(new Generator(random).program("T" + program));
    }
    Map<String, byte[]> classes = Sources.compile(debug, sources.toArray(new String[0]));
    PlainRun plain = new PlainRun(classes);
    Cluster one = new Cluster(1, classes, List.of());
    Cluster two = new Cluster(2, classes, List.of());
    for (int program = 0; program < PROGRAMS; program++) {
      for (String half : List.of(".first", ".second")) {
        String called = "T" + program + half;
        String source = sources.get(2) + sources.get(3) + sources.get(fixed + program);
        Object expected = plain.call(called);
        assertEquals(expected, one.call(0, called), () -> "seed " + seed + " " + called + source);
        int node = half.equals(".first") ? program & 1 : 1 - (program & 1);
        assertEquals(
            expected, two.call(node, called), () -> "seed " + seed + " 2 " + called + source);
      }
    }
    assertEquals(List.of(), one.refusals(0));
    assertEquals(List.of(), two.refusals(0));
    assertEquals(List.of(), two.refusals(1));
  }

  /**
   * Writes methods; {@code x} and {@code y} are of class A, {@code p} of B, {@code i} and {@code j}
   * ints, {@code l} a long, {@code d} a double, {@code r} a String, {@code o} an Object, {@code e}
   * an enum constant, {@code s} the log.
   */
  private static final class Generator {
    private final Random random;
    private int names;

    Generator(Random random) {
      this.random = random;
    }

    String program(String name) {
      return "class " + name + " {" + half("first", "Q.reset();") + half("second", "") + "}";
    }

    private String half(String name, String before) {
      return "static List<Object> "
          + name
          + "() { "
          + before
          + " Q.start(); List<Object> s = new ArrayList<>(); A x = Q.a0, y = null; B p = Q.b0; int i ="
          + " 0, j = 1; long l = 2; double d = 1.5; String r = \"r\"; Object o = Q.any; K e ="
          + " Q.k0;\n"
          + block(3, LENGTH)
          + " return Q.all(s); }\n";
    }

    String block(int depth, int length) {
      StringBuilder code = new StringBuilder();
      for (int n = 0; n < length; n++) {
        code.append(statement(depth)).append('\n');
      }
      return code.toString();
    }

    private String statement(int depth) {
      return depth == 0 || random.nextInt(5) < 3 ? guarded(simple()) : guarded(nested(depth - 1));
    }

    private String guarded(String code) {
      String name = "e" + names++;
      return "try { "
          + code
          + " } catch (RuntimeException "
          + name
          + ") { s.add(Q.text("
          + name
          + ")); }";
    }

    private String simple() {
      return switch (random.nextInt(26)) {
        case 0 -> pick("x", "y") + " = " + a() + ";";
        case 1 -> "p = " + b() + ";";
        case 2 ->
            pick(
                    "Q.a0",
                    "Q.a1",
                    a() + ".next",
                    "Q.as[" + index() + "]",
                    a() + ".row[" + index() + "]")
                + " = "
                + a()
                + ";";
        case 3 ->
            a()
                + "."
                + pick("n", "v", "b", "h", "c", "l", "f", "d")
                + " "
                + pick("+=", "-=", "*=", "^=".repeat(0) + "+=")
                + " "
                + number()
                + ";";
        case 4 ->
            a()
                + "."
                + pick("n", "v", "b", "h", "l")
                + " "
                + pick("<<=", ">>=", ">>>=", "^=", "|=", "&=")
                + " "
                + pick(i(), "3")
                + ";";
        case 5 ->
            a() + "." + pick("n++", "v--", "c++", "b--", "l++", "d--", "h++", "f++", "w++") + ";";
        case 6 ->
            "s.add("
                + pick("", "-", "++", "--")
                + a()
                + "."
                + pick("n", "v", "l", "d", "f", "b", "h")
                + ");";
        case 7 -> a() + ".s " + pick("=", "+=") + " " + string() + ";";
        case 8 -> "s.add(" + string() + ");";
        case 9 -> "s.add(" + a() + pick(" == ", " != ") + pick(a(), a(), "null", "o") + ");";
        case 10 ->
            a()
                + ".t"
                + pick("", "", "")
                + " = "
                + pick("new int[] {" + i() + ", 7}", "null", a() + ".t", "new int[" + index() + "]")
                + ";";
        case 11 ->
            a() + ".t[" + index() + "] " + pick("=", "+=", "-=", "*=", "|=") + " " + i() + ";";
        case 12 ->
            a()
                + ".o = "
                + pick(a(), string(), i(), "e", "null", "l", "d", "A.class", "Q.box", a() + ".t")
                + ";";
        case 13 ->
            "o = "
                + pick(
                    a() + ".o",
                    a(),
                    string(),
                    "Q.any",
                    "Q.box.v",
                    "e",
                    "Q.r0",
                    "(Object) (" + i() + ")")
                + ";";
        case 14 ->
            "s.add("
                + pick(
                    a() + ".twice(" + i() + ")",
                    a() + ".m1(" + a() + ")",
                    a() + ".m0(" + i() + ")",
                    "Q.i0.m0(1)",
                    "Q.first(" + b() + ", " + a() + ").n")
                + ");";
        case 15 -> pick("i", "j") + " = " + i() + " % 11;";
        case 16 ->
            "l "
                + pick("=", "+=", "^=", "-=")
                + " "
                + pick(a() + ".l", i(), "(long) d", a() + ".id * 3L", "Q.total")
                + ";";
        case 17 ->
            "d "
                + pick("=", "+=", "*=", "/=")
                + " "
                + pick(a() + ".d", i(), "l", a() + ".f", "Q.d0")
                + ";";
        case 18 ->
            pick(
                    "Q.total += " + number(),
                    "Q.d0 -= " + number(),
                    "Q.turn++",
                    "Q.y0 += " + i(),
                    "Q.c0 += " + i(),
                    "Q.f0 *= 2",
                    "Q.z0 ^= " + condition(),
                    "Q.w0 = " + i(),
                    "Q.w0++",
                    "Q.s0 += r",
                    "Q.k0 = e",
                    "Q.any = " + a(),
                    "Q.i0 = " + a())
                + ";";
        case 19 ->
            pick(a() + ".k", "e", "Q.k0")
                + " = "
                + pick("K.X", "K.Y", "K.Z", a() + ".k", "null")
                + ";";
        case 20 ->
            "Q.r0 = "
                + pick(
                    "new Rec(" + i() + ", " + string() + ", " + a() + ", d)",
                    "Rec.of(" + a() + ")",
                    "Q.r0")
                + "; s.add(Q.r0"
                + pick(
                    ".n()",
                    ".s()",
                    ".d()",
                    ".sum()",
                    ".equals(new Rec(1, \"r\", Q.a0, 1.5))",
                    ".toString()",
                    ".a().n")
                + ");";
        case 21 ->
            pick(
                    "Q.box = new Box<A>().with(" + a() + ")",
                    "s.add(Q.show(Q.box.take()))",
                    "s.add(Q.show(Q.box.or(" + b() + ")))",
                    b() + ".box.with(" + a() + ").v.n++",
                    "s.add(Q.box.times + Q.same(Q.box).times)")
                + ";";
        case 22 ->
            pick(
                    "s.add(" + b() + ".new In().out())",
                    "{ var in = "
                        + b()
                        + ".new In(); in.q += "
                        + i()
                        + "; in.mine = 3; s.add(in.out() + in.mine); }",
                    "s.add(new A("
                        + i()
                        + ") { int extra = id; public int m0(int q) { extra += q + n; return extra; } }.m0(3))")
                + ";";
        case 23 -> a() + ".z " + pick("=", "^=", "|=", "&=") + " " + condition() + ";";
        case 24 ->
            pick(
                    "Q.as = "
                        + pick(
                            "Q.as.clone()",
                            "Arrays.copyOf(Q.as, 4)",
                            "new A[] {" + a() + ", x, p, null}"),
                    a() + ".row = " + pick("new A[3]", "new B[2]", "Q.as", "null"))
                + ";";
        default ->
            a()
                + ".w = "
                + pick(i(), "null", a() + ".w", a() + ".id")
                + "; s.add("
                + a()
                + ".w + 1);";
      };
    }

    private String nested(int depth) {
      String n = "n" + names++;
      return switch (random.nextInt(16)) {
        case 0 ->
            "for (int "
                + n
                + " = 0; "
                + n
                + " < "
                + (1 + random.nextInt(4))
                + " && Q.go(); "
                + n
                + "++) { j = "
                + n
                + "; "
                + block(depth, 2)
                + leave()
                + "}";
        case 1 ->
            "if (" + condition() + ") {" + block(depth, 2) + "} else {" + block(depth, 1) + "}";
        case 2 ->
            guarded(
                "for (A "
                    + n
                    + " : "
                    + pick("Q.as", a() + ".row")
                    + ") { if (!Q.go()) break; x = "
                    + n
                    + ";"
                    + block(depth, 2)
                    + leave()
                    + "}");
        case 3 ->
            guarded(
                "try {"
                    + block(depth, 2)
                    + " if ("
                    + condition()
                    + ") throw new IllegalStateException(\"\" + "
                    + string()
                    + "); } finally {"
                    + block(depth, 1)
                    + "}");
        case 4 ->
            guarded(
                "try { try {"
                    + block(depth, 1)
                    + simple()
                    + "} finally { i++; "
                    + simple()
                    + " } } catch (NullPointerException "
                    + n
                    + ") { s.add(Q.text("
                    + n
                    + ")); "
                    + block(depth, 1)
                    + " throw new IllegalStateException(\"again\"); } finally { "
                    + a()
                    + ".n++; }");
        case 5 ->
            guarded(
                "synchronized ("
                    + pick(a(), "Q.class", a() + ".t", "Q.as")
                    + ") {"
                    + block(depth, 2)
                    + "}");
        case 6 ->
            guarded(
                "switch ("
                    + pick("e", a() + ".k", "Q.k0")
                    + ") { case X: "
                    + block(depth, 1)
                    + pick("break;", "")
                    + " case Y: "
                    + block(depth, 1)
                    + " break; default: "
                    + block(depth, 1)
                    + "}");
        case 7 ->
            guarded(
                "switch ("
                    + pick("r", a() + ".s")
                    + ") { case \"a1\", \"b2\" -> {"
                    + block(depth, 1)
                    + "} case \"c3\" -> {"
                    + block(depth, 1)
                    + "} default -> {"
                    + block(depth, 1)
                    + "} }");
        case 8 ->
            guarded(
                "i = switch ("
                    + i()
                    + " & 3) { case 0 -> "
                    + i()
                    + "; case 1 -> { "
                    + block(depth, 1)
                    + " yield "
                    + i()
                    + "; } default -> "
                    + a()
                    + ".n; };");
        case 9 ->
            guarded(
                "{ final A "
                    + n
                    + " = "
                    + a()
                    + "; final int m"
                    + n
                    + " = i; Supplier<Object> f"
                    + n
                    + " = () -> "
                    + pick(
                            n + ".n += m" + n,
                            n + ".s + m" + n,
                            n + ".t[m" + n + " & 1]++",
                            n + ".next",
                            n + ".z",
                            n + ".d *= m" + n)
                        .replace(n + ".next", "Q.show(" + n + ".next)")
                    + "; s.add(String.valueOf(f"
                    + n
                    + ".get())); }");
        case 10 ->
            guarded(
                "{ final A "
                    + n
                    + " = "
                    + a()
                    + "; IntUnaryOperator f"
                    + n
                    + " = "
                    + pick(n + "::m0", n + "::twice", "q -> q + " + n + ".id")
                    + "; s.add(f"
                    + n
                    + ".applyAsInt(2)); }");
        case 11 ->
            guarded(
                "{ final A "
                    + n
                    + " = "
                    + a()
                    + "; s.add(((Supplier<Object>) () -> { try { return "
                    + n
                    + ".n; } finally { "
                    + n
                    + ".n += 2; } }).get()); }");
        case 12 ->
            guarded(
                "s.add("
                    + pick(
                        "Arrays.stream(Q.as).filter(q -> q != null).mapToInt(q -> q.n).sum()",
                        "Arrays.stream(Q.as).map(Q::show).collect(Collectors.joining())",
                        "Stream.of(1, 2).map((Function<Integer, A>) A::new).mapToInt(q -> q.n).sum()",
                        "((IntFunction<A[]>) A[]::new).apply(2).length",
                        "Optional.ofNullable(" + a() + ").map(A::self).map(q -> q.n).orElse(-1)")
                    + ");");
        case 13 ->
            guarded(
                "if (o instanceof B "
                    + n
                    + " && "
                    + n
                    + ".e > 1) { s.add("
                    + n
                    + ".n + "
                    + n
                    + ".s); "
                    + n
                    + ".e--; } else if (o instanceof A "
                    + n
                    + "a) { "
                    + n
                    + "a.n--; } else if (o instanceof String "
                    + n
                    + "s) { r = "
                    + n
                    + "s; } else if (o instanceof int[] "
                    + n
                    + "t) { "
                    + n
                    + "t[0] += 2; } "
                    + (random.nextBoolean() ? "else { p = (B) o; }" : ""));
        case 14 ->
            n
                + ": do { "
                + block(depth, 1)
                + " for (;;) { if ("
                + condition()
                + ") continue "
                + n
                + "; if (!Q.go()) break "
                + n
                + "; "
                + block(depth, 1)
                + " break; } } while (Q.go() && ++i < 4);";
        default ->
            guarded(
                "{ A "
                    + n
                    + " = Q.a0; int c"
                    + n
                    + " = 0; while ("
                    + n
                    + " != null && c"
                    + n
                    + "++ < 5 && Q.go()) { "
                    + n
                    + ".n += c"
                    + n
                    + "; "
                    + n
                    + " = "
                    + n
                    + ".next; } s.add(c"
                    + n
                    + "); }");
      };
    }

    private String leave() {
      return random.nextInt(4) == 0
          ? "if (" + condition() + ") " + pick("break", "continue") + ";"
          : "";
    }

    private String a() {
      return switch (random.nextInt(18)) {
        case 0 -> "Q.a0";
        case 1 -> "Q.a1";
        case 2 -> "Q.as[" + index() + "]";
        case 3 -> "Q.b0";
        case 4 -> pick("x", "y") + ".next";
        case 5 -> "Q.a0.next";
        case 6 -> "(" + condition() + " ? x : Q.a1)";
        case 7 -> pick("new A(i)", "new B(j, r)", "new C(i)");
        case 8 -> "((A) o)";
        case 9 -> "Q.same(x)";
        case 10 -> "x.self()";
        case 11 -> "Q.r0.a()";
        case 12 -> "Q.box.v";
        case 13 -> "p";
        case 14 -> "y";
        default -> "x";
      };
    }

    private String b() {
      return pick(
          "p",
          "p",
          "Q.b0",
          "((B) x)",
          "((B) Q.as[" + index() + "])",
          "new B(i, r)",
          "p.self()",
          "(i > j ? p : Q.b0)");
    }

    private String i() {
      return pick(
          "i",
          "j",
          "2",
          "(i + j)",
          "x.n",
          "p.n",
          "((A) p).n",
          "Q.a0.id",
          "x.v",
          "+x.b",
          "+x.c",
          "(int) x.l",
          "Q.turn",
          "x.t[1]",
          "r.length()",
          "x.w",
          "e.more(i)",
          "i++",
          "x.n++",
          "(x.n = j)",
          "(7 / (j & 3))",
          "x.own",
          "A.count % 100",
          "Q.as.length",
          "I.one()",
          "+(x.h += 3)");
    }

    private String number() {
      return pick(
          "i",
          "l",
          "d",
          "x.f",
          "x.l",
          "x.d",
          "p.e",
          "3",
          "2.5",
          "Q.total",
          "x.b",
          "'a'",
          "x.c",
          "(float) d");
    }

    private String index() {
      return pick(
          "0",
          "1",
          "2",
          "(i & 3)",
          "(j & 1)",
          random.nextInt(6) == 0 ? "9" : "0",
          random.nextInt(6) == 0 ? "-1" : "3");
    }

    private String string() {
      return pick(
          "r",
          "\"t\" + i",
          "x.s",
          "p.s",
          "\"\" + l + d",
          "x.s + Q.s0",
          "null",
          "\"some longer text \" + x.n",
          "\"\\u20ac\" + x.c",
          "(r = \"q\" + j)",
          "\"\" + x.next",
          "String.valueOf(x.k)",
          "(x.n + x.s + x.z)",
          "\"a1\"",
          "\"c3\"",
          "Q.s0",
          "\"\" + x.f + x.b + Q.any");
    }

    private String condition() {
      return pick(
          "i > j",
          "x == Q.a0",
          "y == null",
          "x instanceof B",
          "(i & 1) == 0",
          "l > d",
          "e == K.Y",
          "r.equals(Q.s0)",
          "x.z",
          "x.n > p.n",
          "Q.z0",
          "o instanceof A",
          "x.next == p",
          "x.s != null && x.s.length() > 3",
          "d != d || d > 2");
    }

    private String pick(String... choices) {
      return choices[random.nextInt(choices.length)];
    }
  }
}
