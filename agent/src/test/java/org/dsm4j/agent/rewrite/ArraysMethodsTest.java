package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Shared arrays handed to methods of {@code Arrays}, and to {@code toArray}. */
class ArraysMethodsTest {
  private static final String CODE =
      """
      @Shared class Point { int x; Point(int x) { this.x = x; } public String toString() { return "p" + x; } }
      class S {
        @Shared static int[] i = {5, 3, 9, 1};
        @Shared static double[] d = {1, 2, 3};
        @Shared static String[] s = {"x", "a longer string", "y"};
        @Shared static Object[] o = {1, "two", 3.5};
        @Shared static Point[] p = {new Point(1), new Point(2)};
      }
      """;

  private static final List<String> CALLS =
      List.of(
          "Arrays.parallelSort(S.i); out.add(Arrays.toString(S.i)); Arrays.parallelSetAll(S.d, n -> n * 2.5); out.add(Arrays.toString(S.d)); Arrays.parallelSort(S.s); Arrays.parallelSort(S.p, 0, 2, Comparator.comparingInt(q -> -q.x)); Arrays.parallelSort(S.s, Comparator.reverseOrder()); out.add(Arrays.toString(S.s) + Arrays.toString(S.p));",
          "List<String> x = Arrays.asList(S.s); S.s[1] = \"new\"; x.set(0, \"set\"); out.add(x + S.s[0] + x.size() + x.contains(\"new\") + x.indexOf(\"y\") + new ArrayList<>(x) + List.copyOf(x) + Arrays.toString(x.toArray())); Collections.sort(x); Collections.reverse(x); out.add(S.s[0] + x.stream().collect(Collectors.joining()) + x.toArray(new String[0]).length + (x instanceof RandomAccess)); try { x.add(\"z\"); } catch (UnsupportedOperationException e) { out.add(x.hashCode()); } try { x.get(9); } catch (ArrayIndexOutOfBoundsException e) { out.add(e.getMessage()); } S.s = new String[] {\"x\", \"a longer string\", \"y\"};",
          "out.add(Arrays.stream(S.i).sum() + Arrays.stream(S.s).count()); out.add(Arrays.binarySearch(S.d, 2.0) + Arrays.mismatch(S.i, S.i.clone()) + Arrays.compare(S.i, S.i) + Arrays.deepToString(S.o) + Arrays.deepEquals(S.s, S.s.clone()));",
          "List<String> x = new ArrayList<>(List.of(\"k\", \"l\")); String[] r = x.toArray(S.s); out.add((r == S.s) + Arrays.toString(r)); x.addAll(List.of(\"m\", \"n\")); r = x.toArray(S.s); out.add((r == S.s) + Arrays.toString(r)); S.s = r; S.s[0] = \"0\"; out.add(r[0]);",
          "Function<String[], List<String>> w = Arrays::asList; w.apply(S.s).set(0, \"v\"); out.add(S.s[0]);");

  private static Map<String, byte[]> classes;

  @BeforeAll
  static void compile() {
    StringBuilder methods = new StringBuilder("class T {");
    for (int number = 0; number < CALLS.size(); number++) {
      methods
          .append(" static List<Object> call" + number)
          .append("() throws Exception { List<Object> out = new ArrayList<>(); ")
          .append(CALLS.get(number))
          .append(" return out; }\n");
    }
    classes = Sources.compile(true, CODE, methods + "}");
  }

  static IntStream calls() {
    return IntStream.range(0, CALLS.size());
  }

  @ParameterizedTest
  @MethodSource("calls")
  void workAsOnTheHeap(int number) throws Throwable {
    PlainRun plain = new PlainRun(classes);
    Cluster fresh = new Cluster(1, classes, List.of());
    assertEquals(
        plain.call("T.call" + number), fresh.call(0, "T.call" + number), CALLS.get(number));
    assertEquals(List.of(), fresh.refusals(0));
  }
}
