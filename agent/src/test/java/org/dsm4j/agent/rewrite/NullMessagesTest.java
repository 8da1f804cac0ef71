package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Exceptions of rewritten code are those of the code as it was written: the same type and message,
 * thrown by the same method. Each statement fails, in a plain JVM and rewritten.
 */
class NullMessagesTest {
  private static final List<String> STATEMENTS =
      List.of(
          "use(n.value);",
          "n.value = 3;",
          "n.next = n;",
          "S.node.value++;",
          "S.node.next.next.value = 4;",
          "S.full.next.next.value = 4;",
          "S.full.next.text.length();",
          "n.text.length();",
          "S.full.text.concat(\"x\").isEmpty();",
          "int i = S.full.boxed;",
          "S.full.boxed++;",
          "S.full.next.next.run(1, \"x\", new Object[0], new String[0][0]);",
          "S.full.next.next.run(S.full.value, S.full.text, null, null);",
          "S.full.self().next.next.value = 1;",
          "S.full.none().value = 1;",
          "none().value = 1;",
          "none().next.value = 1;",
          "((Node) S.any).value = 1;",
          "this.own.value = 2;",
          "own.next.value = 2;",
          "held.value = 2;",
          "heap.node.value = 2;",
          "heap.other.node.value = 2;",
          "use(a[1]);",
          "a[1] = 2;",
          "a[i] += 2;",
          "int l = a.length;",
          "for (int x : a) use(x);",
          "S.ints[2]++;",
          "use(S.ints.length);",
          "S.grid[1][k] = 3;",
          "S.grid[k][1] = 3;",
          "int[] row = S.grid[1]; row[2] = k;",
          "for (int[] row : S.grid) row[0]++;",
          "use(S.texts[1].length());",
          "use(S.texts[k + 1].length());",
          "use(S.texts[k].length());",
          "use(S.texts[S.indices[0] = 1].length());",
          "S.indices[0] = 1; use(S.texts[S.indices[0]].length());",
          "S.bytes[0] = 1; use(S.texts[S.bytes[0]].length());",
          "use(S.grid[S.indices[1]][S.indices[2]]);",
          "use(S.texts[next(1)].length());",
          "use(S.texts[300].length());",
          "use(S.nodes[1].value);",
          "S.nodes[0].nodes[1].value = 4;",
          "S.nodes[0].numbers[1] = 4;",
          "S.nodes[0].next.numbers[1] = 4;",
          "byte[] x = S.noBytes; x[0] = 1;",
          "boolean[] x = null; x[0] = true;",
          "char[] x = S.noChars; x[0]++;",
          "short[] x = S.noShorts; x[0]--;",
          "long[] x = S.noLongs; x[0] <<= 2;",
          "float[] x = S.noFloats; x[0] = 2;",
          "double[] x = S.noDoubles; x[0] = x[1];",
          "Object[] x = S.noObjects; x[0] = 1;",
          "synchronized (n) { k++; }",
          "synchronized (S.node) { k++; }",
          "synchronized (S.full.next.next) { k++; }",
          "synchronized (none()) { k++; }",
          "synchronized (S.nodes[1]) { k++; }",
          "n.wait();",
          "S.node.notifyAll();",
          "a.clone();",
          "S.ints.clone();",
          "atomic.get();",
          "heap.counter.incrementAndGet();",
          "parameters(null, null, 1L, null);",
          "new Node().parameters(2.0, null, null);",
          "assigned(null, S.node);",
          "lambda(() -> S.node.value);",
          "Supplier<Integer> f = () -> n.value; f.get();",
          "Function<Node, String> f = x -> x.text.trim(); f.apply(S.full.next);",
          "ToIntFunction<Node> f = Node::depth; f.applyAsInt(null);",
          "switch (S.full.noText) { case \"a\": k++; }",
          "switch (S.full.state) { case NEW: k++; }",
          "for (String t : S.full.list()) k++;",
          "(k > 100 ? S.full : S.node).value = 1;",
          "Node x = k > 100 ? S.full : n; x.value = 1;",
          "try { S.node.value = 1; } finally { k++; }",
          "try { S.node.value = 1; } catch (IllegalStateException e) { k++; }",
          "try { try { S.node.value = 1; } catch (NullPointerException e) { throw new IllegalStateException(e.getMessage()); } } finally { k++; }",
          "try { synchronized (S.full) { S.node.value = 1; } } catch (NullPointerException e) { if (Thread.holdsLock(S.full)) k = 1 / (k - k); throw e; }",
          "Objects.requireNonNull(S.node, \"given\");",
          "Objects.requireNonNull(S.node);",
          "throw new NullPointerException();",
          "throw new NullPointerException(\"mine\");",
          "S.full.fail();",
          "new Node(S.node.value);",
          "new Node(S.full.next.next.self());",
          "System.arraycopy(a, 0, S.indices, 0, 1);",
          "System.arraycopy(S.indices, 0, a, 0, 1);",
          "Arrays.sort(a);",
          // not of null
          "S.indices[3] = 4;",
          "S.indices[-1]++;",
          "S.full(1).numbers[k] = 4;",
          "S.full(1).nodes[9].value = 4;",
          "S.g2[1][2] = 1;",
          "S.g2[2][0] = 1;",
          "S.g3[1][1][7] = 1;",
          "Object[] x = S.texts; x[0] = 5;",
          "Object[] x = S.nodes; x[0] = \"text\";",
          "Object[] x = S.g2; x[0] = new double[1];",
          "Object[][] x = S.t2; x[0] = new Integer[1];",
          "S.ints = new int[k - 20];",
          "S.grid = new int[2][k - 20];",
          "S.g3 = new int[1][k - 20][2];",
          "S.texts = new String[k - 20];",
          "S.full(k - 20);",
          "Object o = S.texts; int[] x = (int[]) o;",
          "Object o = S.full; String x = (String) o;",
          "Object o = S.any2; Integer x = (Integer) o;",
          "Thread x = (Thread) S.any2;",
          "Node x = (Node) S.any2;",
          "k = k / S.zero;",
          "System.arraycopy(S.indices, 1, S.indices, 2, 2);",
          "System.arraycopy(S.indices, 0, S.texts, 0, 1);",
          "System.arraycopy(S.texts, 0, S.nodes, 0, 1);",
          "Arrays.fill(S.indices, 2, 9, 1);",
          "Arrays.fill(S.indices, 2, 1, 1);",
          "Arrays.copyOf(S.indices, -1);",
          "Arrays.copyOfRange(S.indices, 2, 1);",
          "Arrays.copyOfRange(S.indices, 4, 5);",
          "Arrays.sort(S.indices, 0, 4);");

  private static final String CODE =
      """
      @Shared class Node {
        int value; String text, noText; Integer boxed; Node next; int[] numbers; Node[] nodes; Thread.State state; Object any;
        Node() {}
        Node(int value) { this.value = value; }
        Node(Node from) { this(from.value); }
        Node self() { return this; }
        Node none() { return null; }
        int depth() { return 1 + next.depth(); }
        String[] list() { return null; }
        void fail() { next.next.value++; }
        static void run(int i) {}
        void run(int i, String s, Object[] o, String[][] t) {}
        void parameters(double d, int[] x, Node m) { m.value += x[1]; }
      }
      class Heap { Node node; Heap other; java.util.concurrent.atomic.AtomicInteger counter; }
      class S {
        @Shared static Node node, full;
        @Shared static int[] ints, indices;
        @Shared static int[][] grid, g2;
        @Shared static int[][][] g3;
        @Shared static String[] texts;
        @Shared static String[][] t2;
        @Shared static Node[] nodes;
        @Shared static Object any, any2;
        @Shared static byte[] noBytes, bytes; @Shared static char[] noChars; @Shared static short[] noShorts; @Shared static long[] noLongs;
        @Shared static float[] noFloats; @Shared static double[] noDoubles; @Shared static Object[] noObjects; @Shared static int zero;
        static Node full(int n) { Node m = new Node(); m.numbers = new int[n]; m.nodes = new Node[n]; return m; }
        static void reset() {
          full = new Node(); full.next = new Node(); full.next.value = 5; full.text = "x"; node = null; ints = null; grid = null; any = null; any2 = "text"; zero = 0;
          indices = new int[3]; g2 = new int[2][2]; g3 = new int[2][2][2]; texts = new String[2]; t2 = new String[2][2]; nodes = new Node[2]; bytes = new byte[1];
          full.text = null; nodes[0] = new Node(); texts[0] = "a";
        }
      }
      """;

  private static String program() {
    StringBuilder code = new StringBuilder();
    code.append(
        """
        class T {
          Node own, held; Heap heap = new Heap(); java.util.concurrent.atomic.AtomicLong atomic;
          static Node none() { return null; }
          static void use(int i) {}
          static int next(int i) { return i; }
          static void parameters(Node x, int[] y, long l, Node z) { z.value += l; }
          static void assigned(Node x, Node y) { x = y; x.value++; }
          static void lambda(Supplier<Integer> s) { s.get(); }
          static String show(Throwable e) {
            StackTraceElement top = e.getStackTrace().length == 0 ? null : e.getStackTrace()[0];
            return e.toString().replaceAll("loader [^;)']+", "loader") + " at " + (top == null || !top.getClassName().startsWith("app") || !(e instanceof NullPointerException) ? "" : top.getMethodName() + ":" + top.getLineNumber());
          }
          static String[] run() { String[] r = new String[%d]; for (int c = 0; c < r.length; c++) { S.reset(); try { new T().go(c, null, null, 1, 2); r[c] = "none"; } catch (Throwable e) { r[c] = show(e); } } return r; }
          void go(int which, Node n, int[] a, int i, int k) throws Throwable {
            switch (which) {
        """
            .formatted(STATEMENTS.size()));
    for (int i = 0; i < STATEMENTS.size(); i++) {
      code.append("case " + i + ": s" + i + "(n, a, i, k); break;\n");
    }
    code.append("}}\n");
    for (int i = 0; i < STATEMENTS.size(); i++) {
      code.append("void s" + i + "(Node n, int[] a, int i, int k) throws Throwable { ");

      String local =
          STATEMENTS.get(i).startsWith("int i") ? "{ int j = S.full.boxed; }" : STATEMENTS.get(i);
      code.append(local).append("}\n");
    }
    return code.append("}").toString();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void areJavas(boolean debug) throws Throwable {
    Map<String, byte[]> classes = Sources.compile(debug, CODE, program());
    String[] plain = (String[]) new PlainRun(classes).call("T.run");
    Cluster cluster = new Cluster(1, classes, List.of());
    String[] rewritten;
    try {
      rewritten = (String[]) cluster.call(0, "T.run");
    } catch (ExceptionInInitializerError refused) {
      throw new AssertionError(cluster.refusals(0).toString(), refused);
    }
    StringBuilder differences = new StringBuilder();
    for (int i = 0; i < plain.length; i++) {
      if (plain[i].equals("none") || !plain[i].equals(rewritten[i])) {
        differences.append(
            STATEMENTS.get(i) + "\n  java " + plain[i] + "\n  ours " + rewritten[i] + '\n');
      }
    }
    assertEquals("", differences.toString());
  }
}
