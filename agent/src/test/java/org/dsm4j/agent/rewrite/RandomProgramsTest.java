package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.CodeSizeEvaluator;

/**
 * Random methods over shared and heap arrays, with loops, exceptions and variables that hold now
 * the one and now the other kind: each must log the same whether rewritten or not. A seed names a
 * failure.
 */
class RandomProgramsTest {
  private static final int PROGRAMS = Integer.getInteger("dsm.random.programs", 12);

  /**
   * Rewritten, a method of this size is no longer than HotSpot compiles: only there are the
   * explanations of NullPointerExceptions what they were.
   */
  private static final int EXPLAINED_BYTES = 2_000;

  private static final String FIELDS =
      """
      class P {
        @Shared static int[] f0, f1; @Shared static int[][] g0;
        @Shared static String[] n0, n1; @Shared static Object[] o0; @Shared static int[][][] c0; @Shared static String[][] t0;
        @Shared static int[] z0; @Shared static H h0; static Q q0;
        static int[] heap;
        static int steps;
        static void reset() {
          f0 = new int[4]; f1 = new int[7]; g0 = new int[3][5]; heap = new int[8]; steps = 0;
          n0 = new String[] {"a", "some longer text", null}; n1 = new String[6]; o0 = new Object[] {1, "x", f0, null}; c0 = new int[2][3][4]; t0 = new String[][] {{"p"}, n0, null};
          z0 = null; h0 = new H(); h0.e = f1; h0.g = g0; h0.m = n0; h0.next = new H(); q0 = new Q(); q0.e = f0; q0.g = new int[][] {heap, {1, 2}, null};
        }
        static String state() { return show(z0) + (h0 == null ? "-" : show(h0.e) + (h0.next == null ? null : show(h0.next.e)) + Arrays.deepToString(h0.g)) + (q0 == null ? "-" : show(q0.e) + Arrays.deepToString(q0.g)); }
        static String show(Object o) { return o instanceof int[] x ? "int" + sum(x) : o instanceof Object[] y ? y.getClass().getSimpleName() + y.length : String.valueOf(o); }
        static String join(String... t) { StringBuilder r = new StringBuilder(); for (String x : t) r.append(x).append(','); return r.toString(); }
        static int[] choose(int[] x, int[] y, int k) { return (k & 1) == 0 ? x : y; }
        static <T> T same(T t) { return t; }
        static int sum(int[] t) { int r = 0; if (t == null) return -1; for (int x : t) r = r * 31 + x; return r; }
        static void change(@Shared int[] t, int k) { t[k] += k; t = f0; t[0]++; }
        static boolean go() { return ++steps < 3000; }
        static String text(RuntimeException e) { return e.toString().replaceAll("loader [^;)]+", "loader"); }
        static void swap() { int[] t = f0; f0 = f1; f1 = t; }
      }
      @Shared class H { int[] e; int[][] g; String[] m; H next; int n = 2;
        int own(int i, int j) { int r = 0; for (int k = 0; k < n; k++) { r += e[k] + g[i][k]; e[j] += r; } return r; } }
      class Q { @Shared static int shared; int[] e; int[][] g; int n = 3;
        int own(int i, int j) { int r = 0; for (int k = 0; k < n; k++) { r += e[k] * g[i][k]; if (r > 50) e = g[j]; } return r; } }
      class Late { static int[] e; static { P.steps += 100; P.q0.e = null; e = new int[] {1, 2, 3, 4}; } }
      """;

  @ParameterizedTest
  @CsvSource({"1, true", "2, false", "3, true", "4, false"})
  void logTheSame(long seed, boolean debug) throws Throwable {
    Random random = new Random(seed);
    List<String> sources = new ArrayList<>(List.of(FIELDS));
    for (int program = 0; program < PROGRAMS; program++) {
      sources.add(new Generator(random).program("T" + program));
    }
    Map<String, byte[]> classes = Sources.compile(debug, sources.toArray(new String[0]));
    PlainRun plain = new PlainRun(classes);
    Cluster cluster = new Cluster(2, classes, List.of());
    for (int program = 0; program < PROGRAMS; program++) {
      Object expected = plain.call("T" + program + ".run");
      String source = sources.get(program + 1);
      boolean explained = codeBytes(classes.get("app.T" + program)) < EXPLAINED_BYTES;
      for (int node = 0; node < 2; node++) {
        Object actual = cluster.call(node, "T" + program + ".run");
        assertEquals(
            told(expected, explained),
            told(actual, explained),
            () -> "seed " + seed + ": " + source);
      }
    }
    assertEquals(List.of(), cluster.refusals(0));
    assertEquals(List.of(), cluster.refusals(1));
  }

  /** The size of the method run, as javac wrote it. */
  private static int codeBytes(byte[] classFile) {
    int[] bytes = {0};
    new ClassReader(classFile)
        .accept(
            new ClassVisitor(Opcodes.ASM9) {
              @Override
              public MethodVisitor visitMethod(
                  int access,
                  String name,
                  String descriptor,
                  String signature,
                  String[] exceptions) {
                return !name.equals("run")
                    ? null
                    : new CodeSizeEvaluator(null) {
                      @Override
                      public void visitEnd() {
                        bytes[0] = getMaxSize();
                      }
                    };
              }
            },
            0);
    return bytes[0];
  }

  /** The log; without the explanations of NullPointerExceptions, where they may differ. */
  private static Object told(Object log, boolean explained) {
    return explained
        ? log
        : ((List<?>) log)
            .stream()
                .map(
                    each -> String.valueOf(each).replaceAll("(?s)(NullPointerException): .*", "$1"))
                .toList();
  }

  /**
   * Writes one method; {@code a}, {@code b}, {@code c} are arrays of ints, {@code u}, {@code v} of
   * strings, {@code o} one of objects, {@code q} an array of arrays, {@code i}, {@code j}, {@code
   * k} ints.
   */
  private static final class Generator {
    private final Random random;
    private int names;

    Generator(Random random) {
      this.random = random;
    }

    String program(String name) {
      return "class "
          + name
          + " { static List<Object> run() { P.reset(); List<Object> s = new ArrayList<>(); int i ="
          + " 0, j = 1, k = 2; int[] a = P.f0, b = new int[3], c = null; int[][] q = P.g0; String[]"
          + " u = P.n0, v = new String[2]; Object[] o = P.o0;\n"
          + block(3, 8)
          + " s.add(P.join(P.n0)); s.add(P.join(P.n1)); for (Object x : P.o0) s.add(P.show(x));"
          + " s.add(Arrays.deepToString(P.c0)); s.add(Arrays.deepToString(P.t0));"
          + " s.add(P.state()); s.add(i + j + k); s.add(P.sum(P.f0)); s.add(P.sum(P.f1)); s.add(P.sum(P.heap)); return s; } }";
    }

    private String block(int depth, int length) {
      StringBuilder code = new StringBuilder();
      for (int n = 0; n < length; n++) {
        code.append(statement(depth)).append('\n');
      }
      return code.toString();
    }

    private String statement(int depth) {
      int chosen = random.nextInt(depth > 0 ? 44 : 24);
      if (chosen >= 36) {
        return "try { " + quiet(random.nextInt(3)) + " } " + caught() + " s.add(i + j + k);";
      }
      if (chosen >= 16 || (depth == 0 && chosen >= 10)) {
        return references(depth, random.nextInt(depth > 0 ? 16 : 11));
      }
      switch (chosen) {
        case 0:
          return array() + " = " + anyArray() + ";";
        case 1:
          return "try { "
              + anyArray()
              + "["
              + index()
              + "] "
              + operator()
              + " "
              + value()
              + "; } "
              + caught();
        case 2:
          return "try { s.add(" + anyArray() + "[" + index() + "]); } " + caught();
        case 3:
          return "try { s.add(" + anyArray() + ".length + " + variable() + "); } " + caught();
        case 4:
          return "s.add(" + anyArray() + " == " + anyArray() + ");";
        case 5:
          return random.nextBoolean()
              ? "P.swap();"
              : "P.f" + random.nextInt(2) + " = " + sharedArray() + ";";
        case 6:
          return "q = "
              + pick("P.g0", "new int[2][" + (1 + random.nextInt(4)) + "]", "P.g0.clone()")
              + ";";
        case 7:
          return "try { q["
              + index()
              + "] = new int["
              + (1 + random.nextInt(5))
              + "]; } "
              + caught();
        case 8:
          return variable() + " = " + value() + " % 9;";
        case 9:
          return "try { P.change("
              + anyArray()
              + ", "
              + index()
              + "); s.add(P.sum("
              + anyArray()
              + ")); } "
              + caught();
        case 10:
        case 11:
          {
            String n = "n" + names++;
            return "for (int "
                + n
                + " = 0; "
                + n
                + " < "
                + (1 + random.nextInt(6))
                + " && P.go(); "
                + n
                + "++) { i = "
                + n
                + ";\n"
                + block(depth - 1, 3)
                + (random.nextInt(4) == 0
                    ? "if (" + condition() + ") " + pick("break", "continue") + ";"
                    : "")
                + "}";
          }
        case 12:
          return "if ("
              + condition()
              + ") {"
              + block(depth - 1, 2)
              + "} else {"
              + block(depth - 1, 2)
              + "}";
        case 13:
          return "try {"
              + block(depth - 1, 3)
              + "} "
              + caught()
              + " finally {"
              + block(depth - 1, 1)
              + "}";
        case 14:
          return "try { "
              + array()
              + " = null; b["
              + index()
              + "]++; "
              + block(depth - 1, 1)
              + " throw new IllegalStateException(); } catch (RuntimeException e"
              + names++
              + ") { "
              + array()
              + " = "
              + anyArray()
              + ";"
              + block(depth - 1, 1)
              + "}";
        default:
          {
            String n = "x" + names++;
            return "try { for (int "
                + n
                + " : "
                + anyArray()
                + ") { if (!P.go()) break; j = "
                + n
                + " & 7;"
                + block(depth - 1, 2)
                + "} }"
                + " "
                + caught();
          }
      }
    }

    /** A loop that calls nothing, for the most part: what it reads may be read before it. */
    private String quiet(int depth) {
      String n = "m" + names++;
      StringBuilder code = new StringBuilder();
      int limit = random.nextInt(6);
      boolean counted = random.nextBoolean();
      code.append(
          counted
              ? "for (int " + n + " = 0; " + n + " < " + limit + "; " + n + "++) { "
              : "{ int " + n + " = 0; do { ");
      int length = 1 + random.nextInt(4);
      for (int at = 0; at < length; at++) {
        code.append(depth > 0 && random.nextInt(3) == 0 ? quiet(depth - 1) : quietStatement(n))
            .append(' ');
      }
      return code.append(counted ? "}" : "} while (++" + n + " < " + limit + "); }").toString();
    }

    private String quietStatement(String n) {
      String at = random.nextBoolean() ? n : index();
      return switch (random.nextInt(16)) {
        case 0, 1, 2, 3 -> field(n) + "[" + at + "] " + operator() + " " + value() + ";";
        case 4, 5, 6 -> "k += " + field(n) + "[" + at + "];";
        case 7 -> "k += " + field(n) + ".length;";
        case 8 -> "if (" + field(n) + " != " + field(n) + ") j++;";
        case 9 ->
            "if ("
                + n
                + " > 1) "
                + pick("P.f0", "P.f1", "P.h0.e", "P.q0.e", "P.z0")
                + " = "
                + pick("P.f1", "P.f0", "null", "P.h0.g[1]")
                + ";";
        case 10 ->
            pick("P.g0", "P.h0.g", "P.c0[1]") + "[" + at + "] = " + pick("P.f0", "null") + ";";
        case 11 -> pick("P.h0 = P.h0.next", "P.h0.next = P.h0", "P.q0 = null", "P.swap()") + ";";
        case 12 ->
            "if ("
                + n
                + " == 2) "
                + pick("break", "continue", "throw new IllegalStateException()")
                + ";";
        case 13 ->
            "if ("
                + pick("P.n0", "P.h0.m", "P.t0[0]", "P.t0[i]")
                + "["
                + at
                + "] != null) j = "
                + pick("P.n0", "P.h0.m")
                + "["
                + at
                + "].length();";
        case 14 ->
            pick("P.n0", "P.h0.m", "P.t0[1]") + "[" + at + "] = " + pick("null", "\"b\"") + ";";
        default ->
            "k += " + pick("P.h0", "P.q0", "P.h0.next") + ".own(" + at + ", " + index() + ");";
      };
    }

    /** An array of ints as a loop takes it from a field, or from an array of a field's. */
    private String field(String n) {
      return switch (random.nextInt(12)) {
        case 0 -> "P.g0[" + n + "]";
        case 1 -> "P.g0[" + index() + "]";
        case 2 -> "P.h0.g[" + pick("j", "i - 1", n) + "]";
        case 3 -> "P.q0.g[" + pick("j & 1", "i + 1", n) + "]";
        case 4 -> "P.c0[" + index() + "][" + index() + "]";
        case 5 -> random.nextInt(4) == 0 ? "Late.e" : "q[j]";
        case 6 -> pick("P.h0.e", "P.h0.next.e");
        case 7 -> "P.q0.e";
        case 8 -> random.nextInt(3) == 0 ? "P.z0" : "P.f1";
        case 9 -> "P.heap";
        default -> pick("P.f0", "P.f1");
      };
    }

    /** Statements on arrays of references, casts, lambdas, calls of the JDK. */
    private String references(int depth, int which) {
      return switch (which) {
        case 0 -> strings() + " = " + anyStrings() + ";";
        case 1 -> "try { " + anyStrings() + "[" + index() + "] = " + text() + "; } " + caught();
        case 2 -> "try { s.add(\"\" + " + anyStrings() + "[" + index() + "]); } " + caught();
        case 3 ->
            "o = " + pick("P.o0", "P.n0", "P.g0", "P.t0", "new Object[3]", "u", "q", "P.c0") + ";";
        case 4 ->
            "try { o["
                + index()
                + "] = "
                + pick("i", "\"t\"", "P.f0", "P.n0", "null", "P.g0", "2.5")
                + "; } "
                + caught();
        case 5 -> "try { s.add(P.show(o[" + index() + "]) + o.length); } " + caught();
        case 6 ->
            "try { P.c0["
                + index()
                + "]["
                + index()
                + "]["
                + index()
                + "] "
                + operator()
                + " "
                + value()
                + "; } "
                + caught();
        case 7 ->
            "try { P.c0[i & 1]"
                + pick(
                    " = P.g0",
                    "[j & 1] = P.f0",
                    "[k & 1] = new int[3]",
                    " = new int[3][2]",
                    " = null")
                + "; } "
                + caught();
        case 8 ->
            "try { System.arraycopy("
                + pick(
                    anyArray() + ", " + index() + ", " + anyArray(),
                    anyStrings() + ", " + index() + ", " + anyStrings(),
                    "o, 0, " + anyStrings(),
                    anyStrings() + ", " + index() + ", o")
                + ", "
                + index()
                + ", "
                + index()
                + "); } "
                + caught();
        case 9 ->
            "try { "
                + pick(
                    "Arrays.sort(" + anyArray() + ")",
                    "Arrays.fill(" + anyStrings() + ", " + text() + ")",
                    "Arrays.fill(" + anyArray() + ", " + index() + ", " + index() + ", i)",
                    "s.add(Arrays.toString(" + anyStrings() + "))",
                    "s.add(Arrays.equals(" + anyArray() + ", " + anyArray() + "))",
                    "u = Arrays.copyOf(" + anyStrings() + ", k + 1)",
                    "P.n1 = Arrays.copyOf(" + anyStrings() + ", 5)",
                    "b = " + anyArray() + ".clone()",
                    "P.f1 = new int[i - 1]")
                + "; } "
                + caught();
        case 10 ->
            "{ Object w = "
                + pick("a", "u", "o", "q", "P.c0", "P.t0")
                + "; try { if (w instanceof int[] z) { s.add(z.length); z[0]++; } else if (w"
                + " instanceof String[] z && z.length > 1) s.add(z[1] + z.length); else { a ="
                + " (int[]) w; } } "
                + caught()
                + " }";
        case 11 ->
            "{ final int[] l = "
                + anyArray()
                + "; final String[] m = "
                + anyStrings()
                + "; IntSupplier f = () -> l[0]++ + l.length + m.length; try { s.add(f.getAsInt());"
                + " } "
                + caught()
                + " }";
        case 12 ->
            "switch (j & 3) { case 0: "
                + block(depth - 1, 1)
                + " case 1: a = P.choose("
                + anyArray()
                + ", "
                + anyArray()
                + ", i); break; case 2: { u = P.same("
                + anyStrings()
                + "); "
                + block(depth - 1, 1)
                + " break; } default: b = a; }";
        case 13 -> {
          String n = "x" + names++;
          yield "try { for (String "
              + n
              + " : "
              + anyStrings()
              + ") { if (!P.go()) break; s.add(\"\" + "
              + n
              + ");"
              + block(depth - 1, 1)
              + " } } "
              + caught();
        }
        case 14 ->
            "try { synchronized ("
                + pick("P.f0", "P.n0", "a", "u")
                + ") { "
                + block(depth - 1, 2)
                + " } } "
                + caught();
        default -> {
          String n = "w" + names++;
          yield n
              + ": do { "
              + block(depth - 1, 2)
              + " if ("
              + condition()
              + ") continue "
              + n
              + "; if ("
              + condition()
              + ") break; } while (P.go() && ++i < 4);";
        }
      };
    }

    private String strings() {
      return pick("u", "v");
    }

    private String anyStrings() {
      return switch (random.nextInt(8)) {
        case 0 -> "P.n0";
        case 1 -> "P.n1";
        case 2 -> "P.t0[" + random.nextInt(2) + "]";
        case 3 -> "(" + condition() + " ? u : P.n1)";
        case 4 -> "new String[] {\"q\", " + text() + "}";
        default -> strings();
      };
    }

    private String text() {
      return pick("\"z\"", "\"a text of more than seven\" + i", "null", "\"\" + j", "\"\\u20ac\"");
    }

    private String caught() {
      String name = "e" + names++;
      return "catch (RuntimeException " + name + ") { s.add(P.text(" + name + ")); }";
    }

    private String sharedArray() {
      return pick(
          "P.f0", "P.f1", "new int[" + (1 + random.nextInt(6)) + "]", "new int[] {3, 1, 4, 1, 5}");
    }

    private String anyArray() {
      return switch (random.nextInt(9)) {
        case 0 -> "P.f0";
        case 1 -> "P.f1";
        case 2 -> "P.heap";
        case 3 -> "P.g0[" + random.nextInt(3) + "]";
        case 4 -> "(" + condition() + " ? a : P.f1)";
        case 5 -> "(q.length > 1 ? q[1] : a)";
        default -> array();
      };
    }

    private String array() {
      return pick("a", "b", "c");
    }

    private String index() {
      return pick(
          variable(),
          "0",
          "1",
          "2",
          "(i + 1)",
          "(k & 3)",
          random.nextInt(5) == 0 ? "9" : "1",
          random.nextInt(5) == 0 ? "-1" : "0");
    }

    private String value() {
      return pick(variable(), "7", "(i * 3 + j)", "k++", "--j", "(k = i)");
    }

    private String operator() {
      return pick("=", "+=", "^=", "-=", "<<=");
    }

    private String variable() {
      return pick("i", "j", "k");
    }

    private String condition() {
      return pick(
          "i > j", "k == 2", "a == P.f0", "b == c", "(i & 1) == 0", "a != null", "c == null");
    }

    private String pick(String... choices) {
      return choices[random.nextInt(choices.length)];
    }
  }
}
