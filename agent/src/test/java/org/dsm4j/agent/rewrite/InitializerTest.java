package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rule 3: what a static initializer does to shared state happens once per cluster. */
class InitializerTest {
  private static final String LOG =
      """
      class Log {
        static final List<String> LINES = new ArrayList<>();
        static int tell(String line, int value) { LINES.add(line); return value; }
        static List<String> lines() { return LINES; }
      }
      """;

  private static final String STATE =
      """
      class State {
        @Shared static int one = Log.tell("one", 5);
        static int local = Log.tell("local", 7);
        @Shared static int sum = one + local;
        @Shared static boolean flag = one > 3 && local < 3 || sum == 12;
        @Shared static long chosen = flag ? Log.tell("yes", 1) : Log.tell("no", 2);
        @Shared static final double[] table = new double[10];
        @Shared static int[] list = {3, 1, 2};
        @Shared static int[][] grid = new int[2][3], rows = {{1}, {2, 3}};
        @Shared static int[] built;
        @Shared static int x, y = x = 4;
        @Shared static final int CONSTANT = 9;
        static final int[] mine = {1, 2};
        static {
          for (int k = 0; k < 10; k++) table[k] = k;
          int[] t = new int[4];
          for (int k = 0; k < 4; k++) t[k] = k * local;
          built = t;
          mine[1] = 8;
          one++;
          if (local == 7) { sum += 100; }
          grid[1][2] = 6;
          try { list[7] = 1; } catch (ArrayIndexOutOfBoundsException e) { local++; }
        }
        static String show() {
          return one + " " + local + " " + sum + " " + flag + " " + chosen + " " + Arrays.toString(table) + Arrays.toString(list)
              + Arrays.deepToString(grid) + Arrays.deepToString(rows) + Arrays.toString(built) + x + y + CONSTANT + Arrays.toString(mine);
        }
        static void change() { one = 50; table[3] = 33; built[1] = 99; mine[0] = 55; }
      }
      """;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void laterNodesSeeTheStateAndDoNotRunItAgain(boolean debug) throws Throwable {
    Object plain = new PlainRun(Sources.compile(debug, LOG, STATE)).call("State.show");
    Cluster cluster = new Cluster(2, debug, LOG, STATE);
    assertEquals(plain, cluster.call(0, "State.show"));
    assertEquals(List.of("one", "local", "yes"), cluster.call(0, "Log.lines"));
    cluster.call(0, "State.change");
    String onNode1 = (String) cluster.call(1, "State.show");
    assertEquals(List.of("local"), cluster.call(1, "Log.lines"));
    assertTrue(onNode1.startsWith("50 7 112"), onNode1);
    assertTrue(onNode1.contains("33.0"), onNode1);
    assertTrue(onNode1.contains("[0, 99, 14, 21]"), onNode1);
    assertTrue(onNode1.endsWith("[1, 8]"), onNode1);
    assertEquals(List.of(), cluster.refusals(1));
  }

  @Test
  void nodesThatComeTogetherAllSeeIt() {
    Cluster cluster = new Cluster(3, true, LOG, STATE);
    List<Object> shown = cluster.callAll("State.show");
    String first = ((String) shown.get(0)).replaceFirst("^(\\d+) \\d+", "$1");
    for (Object each : shown) {
      assertEquals(first, ((String) each).replaceFirst("^(\\d+) \\d+", "$1"));
    }
  }

  @Test
  void aFailureFailsOnAllNodes() {
    String source =
        """
        class Bad {
          @Shared static int[] a = new int[Integer.parseInt("-3")];
          static int get() { return a.length; }
        }
        """;
    Cluster cluster = new Cluster(2, true, source);
    assertThrows(ExceptionInInitializerError.class, () -> cluster.call(0, "Bad.get"));
    ExceptionInInitializerError second =
        assertThrows(ExceptionInInitializerError.class, () -> cluster.call(1, "Bad.get"));
    assertTrue(second.getMessage().contains("NegativeArraySizeException"), second.getMessage());
  }

  @Test
  void fieldsOfInterfacesCount() {
    String source =
        """
        interface Board { @Shared int[] CELLS = new int[5]; @Shared Object LOCK = new Object(); }
        class Use implements Board {
          static int add() { synchronized (LOCK) { CELLS[2]++; return CELLS[2]; } }
        }
        """;
    Cluster cluster = new Cluster(2, true, source);
    assertEquals(1, cluster.call(0, "Use.add"));
    assertEquals(2, cluster.call(1, "Use.add"));
    assertEquals(2L, cluster.shared.get("entered"));
  }

  @Test
  void namedFieldsAreOneAcrossClasses() {
    String source =
        """
        class A { @Shared(name = "n") static int a; static int inc() { return ++a; } }
        class B { @Shared(name = "n") static int b; static int inc() { return ++b; } }
        """;
    Cluster cluster = new Cluster(2, true, source);
    assertEquals(1, cluster.call(0, "A.inc"));
    assertEquals(2, cluster.call(1, "B.inc"));
  }

  @Test
  void anotherThreadWaitsForTheInitializerAsInOneJvm() {
    String source =
        """
        class Slow {
          @Shared static int value = slowly();
          static int slowly() {
            Reader.started.countDown();
            try { Reader.finish.await(10, java.util.concurrent.TimeUnit.SECONDS); } catch (InterruptedException e) { return -1; }
            return Reader.early() + 42;
          }
        }
        class Reader {
          static final java.util.concurrent.CountDownLatch started = new java.util.concurrent.CountDownLatch(1);
          static final java.util.concurrent.CountDownLatch finish = new java.util.concurrent.CountDownLatch(1);
          static int early() { return read(); }
          static int read() { return Slow.value; }
          static int main() throws Exception {
            Thread first = new Thread(() -> read());
            first.start();
            started.await();
            int[] seen = {-1};
            Thread second = new Thread(() -> seen[0] = read());
            second.start();
            while (second.getState() == Thread.State.NEW || second.getState() == Thread.State.RUNNABLE) Thread.onSpinWait();
            finish.countDown();
            second.join();
            first.join();
            return seen[0];
          }
        }
        """;
    assertEquals(42, new Cluster(1, true, source).call(0, "Reader.main"));
  }

  @Test
  void refusesWhatCannotHappenOnce() {
    refused(
        "class X { @Shared static int[] a = new int[3]; static { H.fill(a); } static int f() { return 1; } }"
            + " class H { static void fill(int[] t) { t[0] = 1; } }",
        "hands a shared array");
    refused(
        "class X { @Shared static int[] a; static { int[] t = new int[3]; a = t; Arrays.fill(t, 1); } static int f() { return 1; } }",
        "hands a shared array");
    refused(
        "class X { @Shared static int a = 1; static { Dsm.barrier(); } static int f() { return 1; } }",
        "waits at a barrier");
    refused(
        "class X { @Shared static int a; static { setup(); } static void setup() { a = 4; } static int f() { return 1; } }",
        "assigns the shared field app.X.a");
    refused(
        "class X { @Shared static int[] a = new int[2]; static { Y.setup(); } static int f() { return 1; } }"
            + " class Y { static void setup() { step(); } static void step() { X.a[1] = 4; } }",
        "may write into the shared array app.X.a");
  }

  private static void refused(String source, String reason) {
    Cluster cluster = new Cluster(1, true, source);
    assertThrows(ExceptionInInitializerError.class, () -> cluster.call(0, "X.f"));
    String message = cluster.refusals(0).get(0);
    assertTrue(message.contains(reason), message);
    assertTrue(message.contains("Dsm.node() == 0"), message);
    assertTrue(message.contains("static initializer, line 2"), message);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void expressionsOfAnyShapeAreEvaluatedOnce(boolean debug) throws Throwable {
    StringBuilder thousands = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      thousands.append(i).append(", ");
    }
    String source =
        """
        class Shapes {
          @Shared static int a = switch (Log.tell("a", 3)) { case 1 -> 10; case 3 -> { int t = 4; for (int k = 0; k < 3; k++) t += k; yield t; } default -> 0; };
          @Shared static double[] copy = Dsm2.share(new double[] {1, 2});
          @Shared static final int[] many = {THOUSANDS};
          @Shared static long[] chosen = a > 5 ? new long[2] : new long[3];
          @Shared static int[][] jagged = new int[4][];
          @Shared static char letter;
          static {
            for (int k = 0; k < jagged.length; k++) { jagged[k] = new int[k]; if (k > 2) jagged[k][1] = k; }
            try { letter = (char) ('a' + Log.tell("letter", 2)); } finally { Log.tell("finally", 0); }
            while (a < 20) { a += 6; }
            synchronized (Shapes.class) { chosen[1]++; chosen[1] += many[7]; }
          }
          static String show() { return a + Arrays.toString(copy) + many.length + many[2999] + Arrays.toString(chosen) + Arrays.deepToString(jagged) + letter; }
          static void change() { chosen[1] = 70; jagged[3][1] = 9; letter = 'z'; }
        }
        class Dsm2 { static double[] share(double[] x) { @Shared double[] r = new double[x.length]; for (int i = 0; i < x.length; i++) r[i] = x[i]; return r; } }
        """
            .replace("THOUSANDS", thousands);
    Object plain = new PlainRun(Sources.compile(debug, LOG, source)).call("Shapes.show");
    Cluster cluster = new Cluster(2, debug, LOG, source);
    assertEquals(plain, cluster.call(0, "Shapes.show"));
    assertEquals(List.of("a", "letter", "finally"), cluster.call(0, "Log.lines"));
    cluster.call(0, "Shapes.change");
    String second = (String) cluster.call(1, "Shapes.show");
    assertTrue(second.contains("[0, 70]") && second.endsWith("[0, 9, 0]]z"), second);
    assertEquals(List.of("finally"), cluster.call(1, "Log.lines"));
  }
}
