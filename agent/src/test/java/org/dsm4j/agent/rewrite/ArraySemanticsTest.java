package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rule 4: every use of a shared array gives what the same use of a heap array gives, exceptions and
 * their messages included.
 */
class ArraySemanticsTest {
  private static final List<String> PRIMITIVES =
      List.of("boolean", "byte", "char", "short", "int", "long", "float", "double");

  /**
   * Bodies of {@code static Object run()}; {@code s} logs. Class {@code P} has the shared fields.
   */
  private static final Map<String, String> BODIES =
      Map.ofEntries(
          Map.entry(
              "compound assignment",
              "P.d = new double[4]; P.d[1] += 2; P.d[1] *= 3; P.d[2]++; ++P.d[3]; P.d[0]--;"
                  + " s.add(P.d[1]--); s.add(--P.d[1]);for (double x : P.d) s.add(x); P.i = new"
                  + " int[3]; P.i[1] <<= 1; P.i[0] ^= 5; P.i[2] -= 7; s.add(P.i[2]++ + P.i[0]);"),
          Map.entry(
              "bounds",
              "P.i = new int[3]; for (int at : new int[] {-1, 3, Integer.MAX_VALUE,"
                  + " Integer.MIN_VALUE}) { try { P.i[at] = 1; } catch (RuntimeException e) {"
                  + " s.add(e.toString()); } try { s.add(P.i[at]); } catch (RuntimeException e) {"
                  + " s.add(e.toString()); } }"),
          Map.entry(
              "negative size",
              "P.d = new double[1]; try { P.i = new int[s.size() - 1]; } catch (RuntimeException e)"
                  + " { s.add(e.toString()); } try { P.g = new int[2][s.size() - 7]; } catch"
                  + " (RuntimeException e) { s.add(e.toString()); }"),
          Map.entry(
              "empty",
              "P.d = new double[0]; s.add(P.d.length); try { P.d[0] = 1; } catch (RuntimeException"
                  + " e) { s.add(e.toString()); }"),
          Map.entry(
              "null",
              "P.d = null; s.add(P.d == null); try { P.d[0] = 1; } catch (NullPointerException e) {"
                  + " s.add(1); } try { s.add(P.d.length); } catch (NullPointerException e) {"
                  + " s.add(2); } P.g = new int[2][]; s.add(P.g[0] == null); try {"
                  + " s.add(P.g[0][0]); } catch (NullPointerException e) { s.add(3); }"),
          Map.entry(
              "two dimensions",
              "P.g = new int[3][4]; P.g[1][2] = 7; P.g[1][2] += 3; s.add(P.g[1][2]);"
                  + " s.add(P.g.length); s.add(P.g[2].length); int[] row = P.g[1]; row[0] = 9;"
                  + " s.add(P.g[1][0]); s.add(P.g[1] == row); s.add(P.g[0] == row); for (int[] r :"
                  + " P.g) for (int x : r) s.add(x); P.g[2] = P.g[1]; s.add(P.g[2][0]); P.g[0] ="
                  + " new int[2]; s.add(P.g[0].length); P.g[0] = new int[] {4, 5, 6};"
                  + " s.add(P.g[0][2]); try { P.g[3] = null; } catch (RuntimeException e) {"
                  + " s.add(e.toString()); } try { P.g[1][4] = 1; } catch (RuntimeException e) {"
                  + " s.add(e.toString()); }"),
          Map.entry(
              "array initializers",
              "P.i = new int[] {3, 1, 2}; s.add(P.i[0] + P.i[2]); P.g = new int[][] {{1}, {2, 3},"
                  + " {}}; s.add(P.g[1][1]); s.add(P.g[2].length); @Shared int[] m = {1, 2};"
                  + " s.add(m[1]); s.add(m.length);"),
          Map.entry(
              "created where it flows",
              "int[] t = new int[5]; for (int i = 0; i < t.length; i++) t[i] = i * i; P.fill(t);"
                  + " P.i = t; t[0] = 42; s.add(P.i[0]); s.add(P.i == t); s.add(P.i[4]);"),
          Map.entry(
              "identity",
              "P.d = new double[3]; @Shared double[] x = P.d; P.e = x; s.add(P.d == P.e); s.add(x"
                  + " == P.d); P.e = new double[3]; s.add(P.d == P.e); Object o = P.d; s.add(o =="
                  + " x); s.add(o instanceof double[]); s.add(((double[]) o).length); s.add(o"
                  + " instanceof int[]); s.add(o.getClass().getName());"),
          Map.entry(
              "clone and copies",
              "P.i = new int[] {5, 3, 4}; int[] c = P.i.clone(); c[0] = 1; s.add(P.i[0]);"
                  + " s.add(c[0] + c[1]); P.i = P.i.clone(); s.add(P.i[2]); int[] h ="
                  + " Arrays.copyOf(P.i, 5); s.add(h[4] + h[1]); P.i = Arrays.copyOfRange(h, 1, 4);"
                  + " s.add(P.i.length); s.add(P.i[0]); P.g = new int[2][2]; int[][] k ="
                  + " P.g.clone(); k[0][0] = 8; s.add(P.g[0][0]); k[1] = null; s.add(P.g[1] =="
                  + " null);"),
          Map.entry(
              "arraycopy",
              "P.i = new int[] {1, 2, 3, 4, 5}; System.arraycopy(P.i, 0, P.i, 1, 4);"
                  + " s.add(Arrays.toString(P.i)); int[] h = new int[5]; System.arraycopy(P.i, 1,"
                  + " h, 0, 3); s.add(Arrays.toString(h)); System.arraycopy(h, 0, P.i, 2, 3);"
                  + " s.add(Arrays.toString(P.i)); System.arraycopy(P.i, 1, P.i, 0, 4);"
                  + " s.add(Arrays.toString(P.i)); P.g = new int[3][1]; P.g[0][0] = 6;"
                  + " System.arraycopy(P.g, 0, P.g, 1, 2); s.add(P.g[2] == P.g[1]);"
                  + " s.add(P.g[1][0]); try { System.arraycopy(P.i, 3, h, 0, 3); } catch"
                  + " (RuntimeException e) { s.add(e.toString()); } try { System.arraycopy(P.i, -1,"
                  + " h, 0, 3); } catch (RuntimeException e) { s.add(e.toString()); } try {"
                  + " System.arraycopy(h, 0, P.i, 3, 3); } catch (RuntimeException e) {"
                  + " s.add(e.toString()); } try { System.arraycopy(h, 0, P.i, 3, -1); } catch"
                  + " (RuntimeException e) { s.add(e.toString()); } try { System.arraycopy(h, 0,"
                  + " P.d = new double[2], 0, 1); } catch (RuntimeException e) {"
                  + " s.add(e.toString()); } try { System.arraycopy(null, 0, P.i, 3, -1); } catch"
                  + " (RuntimeException e) { s.add(e.toString()); }"),
          Map.entry(
              "java.util.Arrays",
              "P.i = new int[] {5, 3, 4, 1}; Arrays.sort(P.i, 0, 3); s.add(Arrays.toString(P.i));"
                  + " Arrays.sort(P.i); s.add(Arrays.hashCode(P.i)); s.add(Arrays.equals(P.i, new"
                  + " int[] {1, 3, 4, 5})); Arrays.fill(P.i, 1, 3, 9); s.add(Arrays.toString(P.i));"
                  + " Arrays.fill(P.i, 2); s.add(Arrays.binarySearch(P.i, 7)); Arrays.setAll(P.i, k"
                  + " -> k == 0 ? 1 : P.i[k - 1] * 3); s.add(Arrays.toString(P.i)); P.g = new"
                  + " int[][] {{1}, {2, 3}}; s.add(Arrays.deepToString(P.g));"
                  + " s.add(Arrays.deepEquals(P.g, new int[][] {{1}, {2, 3}})); try {"
                  + " Arrays.fill(P.i, 3, 1, 0); } catch (RuntimeException e) {"
                  + " s.add(e.toString()); } try { Arrays.fill(P.i, 3, 9, 0); } catch"
                  + " (RuntimeException e) { s.add(e.toString()); } try { Arrays.sort(P.i, -1, 2);"
                  + " } catch (RuntimeException e) { s.add(e.toString()); }"),
          Map.entry(
              "lambda capture, methods and fields",
              "P.i = new int[] {1, 2, 3}; @Shared int[] x = P.i; IntUnaryOperator f = k -> x[k] *"
                  + " 2; s.add(f.applyAsInt(2)); Runnable r = () -> x[0] = 50; r.run();"
                  + " s.add(P.i[0]); s.add(P.sum(x)); s.add(P.same(x) == x); P.heap = x; P.heap[1]"
                  + " = 70; s.add(P.i[1]); s.add(new P(x).get(1)); List<int[]> list = new"
                  + " ArrayList<>(); list.add(x); list.get(0)[2] = 8; s.add(P.i[2]);"
                  + " s.add(Objects.requireNonNull(x)[2]); Function<int[], Integer> g = P::sum;"
                  + " s.add(g.apply(x)); s.add(Stream.of(x).mapToInt(P::sum).sum()); Runnable inner"
                  + " = new Runnable() { int[] again = x; public void run() { x[1] = 77;"
                  + " s.add(x.length + again[0]); } }; inner.run(); s.add(P.i[1]); class Local {"
                  + " int[] get() { x[0]--; return x; } } s.add(new Local().get() == x);"
                  + " s.add(P.i[0]); switch (Thread.State.NEW) { case NEW -> s.add(1); default ->"
                  + " s.add(2); }"),
          Map.entry(
              "heap arrays of shared rows",
              "s.add(1); P.i = new int[] {6, 7}; int[][] h = {P.i, null, {1}};"
                  + " s.add(Arrays.deepToString(h)); s.add(Arrays.deepToString(new Object[] {\"x\","
                  + " P.i, h})); s.add(Arrays.deepHashCode(h)); P.g = new int[][] {{1}, {2}};"
                  + " s.add(Arrays.equals(P.g, new int[][] {P.g[0], P.g[1]})); s.add(h[1] == null);"
                  + " P.i = new int[] {1, 2}; int[][] rows = new int[2][]; rows[0] = P.i; rows[1] ="
                  + " new int[] {3, 4}; rows[0][1] = 9; rows[1][0] = 5; s.add(P.i[1]);"
                  + " s.add(rows[1][0]); s.add(rows.length); int[][] more = {P.i, rows[1]};"
                  + " s.add(more[0][1]); Object[] o = rows; s.add(((int[]) o[0])[1]);"),
          Map.entry(
              "Object[] views",
              "P.g = new int[][] {{1, 2}, {3}}; Object[] v = s.size() > 5 ? P.g : new String[]"
                  + " {\"q\"}; s.add(((String[]) v)[0].length()); Object[] o = P.g;"
                  + " s.add(o.length); s.add(((int[]) o[1])[0]); o[0] = o[1]; s.add(P.g[0][0]); try"
                  + " { o[0] = \"x\"; } catch (ArrayStoreException e) { s.add(e.toString()); } try"
                  + " { s.add(o[2]); } catch (RuntimeException e) { s.add(e.toString()); }"),
          Map.entry(
              "choice of heap or shared",
              "P.i = new int[] {1, 2}; int[] h = {7, 8}; for (int k = 0; k < 2; k++) { int[] c = k"
                  + " == 0 ? P.i : h; c[1] += 10; s.add(c[1]); s.add(c.length); } s.add(P.i[1]);"
                  + " s.add(h[1]); s.add(P.sum(h)); s.add(P.sum(P.i));"),
          Map.entry(
              "strings",
              "P.names = new String[4]; s.add(P.names[0]); P.names[0] = \"a\"; P.names[1] = \"a"
                  + " longer text than seven\"; P.names[2] = \"\\u20ac\\u0000\\ud83d\\ude00\";"
                  + " P.names[3] = \"\"; for (String n : P.names) s.add(n); s.add(P.names.length);"
                  + " String[] t = P.names; t[0] += \"b\"; s.add(P.names[0]); s.add(t == P.names);"
                  + " s.add(P.names[1].hashCode()); P.names[1] = null;"
                  + " s.add(Arrays.toString(P.names)); try { t[4] = \"x\"; } catch"
                  + " (RuntimeException e) { s.add(e.toString()); } try { s.add(t[-1]); } catch"
                  + " (RuntimeException e) { s.add(e.toString()); } s.add(P.join(t));"
                  + " s.add(P.join(\"u\", \"v\")); s.add(P.join()); String[] u = t.clone(); u[0] ="
                  + " \"z\"; s.add(t[0] + u[0] + u.length); P.names = new String[] {\"q\", \"p\","
                  + " null}; s.add(Arrays.asList(P.names.clone())); P.names = new String[0];"
                  + " s.add(P.names.length); try { s.add(P.names[0]); } catch (RuntimeException e)"
                  + " { s.add(e.toString()); } try { P.names = new String[s.size() - 1000]; } catch"
                  + " (RuntimeException e) { s.add(e.toString()); } s.add(new String[0].length +"
                  + " new String[3].length); for (String n : P.names) s.add(n);"),
          Map.entry(
              "values of every type",
              "P.objects = new Object[] {1, -1, Integer.MIN_VALUE, 1L, Long.MIN_VALUE,"
                  + " Long.MAX_VALUE, 1L << 55, -1L << 55, (byte) -3, (short) -300, 'x', '\\uffff',"
                  + " true, false, 1.5f, -0f, Float.NaN, 0.1, 1.5, -0d, Double.NaN,"
                  + " Double.MIN_VALUE, \"text\", \"text of some length\", P.Color.RED,"
                  + " P.Color.GREEN, String.class, int.class, int[].class, P.class, void.class,"
                  + " null, new int[] {1, 2}, P.names = new String[] {\"n\"}}; for (Object o :"
                  + " P.objects) { s.add(o instanceof int[] || o instanceof String[] ? o.getClass()"
                  + " == int[].class : o instanceof P.Color || o == P.class ? o.toString() : o); }"
                  + " s.add(P.objects[24] == P.Color.RED); s.add(P.objects[33] == P.names);"
                  + " ((int[]) P.objects[32])[1] = 5; s.add(((int[]) P.objects[32])[1]);"
                  + " s.add(((String[]) P.objects[33])[0]); P.objects[0] = P.objects;"
                  + " s.add(P.objects[0] == P.objects); s.add(P.objects.equals(P.objects[0]));"),
          Map.entry(
              "boxed and enum arrays",
              "P.numbers = new Integer[3]; P.numbers[1] = 5; P.numbers[1]++; s.add(P.numbers[1] +"
                  + " 1); try { int x = P.numbers[0]; } catch (NullPointerException e) { s.add(1);"
                  + " } P.colors = new P.Color[] {P.Color.GREEN, P.Color.BLUE}; s.add(P.colors[1]"
                  + " == P.Color.BLUE); switch (P.colors[0]) { case GREEN: s.add(2); break;"
                  + " default: s.add(3); } for (P.Color c : P.colors) s.add(c.text()); P.colors ="
                  + " P.Color.values().clone(); s.add(P.colors.length);"
                  + " s.add(P.colors[1].getClass() == P.Color.class); Object[] o = P.colors; try {"
                  + " o[0] = \"x\"; } catch (ArrayStoreException e) { s.add(e.toString()); } try {"
                  + " o[7] = \"x\"; } catch (RuntimeException e) { s.add(e.toString()); }"),
          Map.entry(
              "three dimensions",
              "P.cube = new int[2][3][4]; P.cube[1][2][3] = 7; P.cube[1][2][3] += 2;"
                  + " s.add(P.cube[1][2][3]); s.add(P.cube.length + P.cube[0].length * 10 +"
                  + " P.cube[0][0].length * 100); int[][] g = P.cube[1]; g[0][0] = 3;"
                  + " s.add(P.cube[1][0][0]); s.add(g == P.cube[1]); for (int[][] a : P.cube) for"
                  + " (int[] b : a) for (int c : b) s.add(c); P.cube[0] = new int[][] {{1}, {2,"
                  + " 3}}; s.add(P.cube[0][1][1]); P.cube[0] = null; try { s.add(P.cube[0][0]); }"
                  + " catch (NullPointerException e) { s.add(1); } P.cube = new int[2][][];"
                  + " s.add(P.cube[0] == null); P.cube[0] = new int[3][]; P.cube[0][1] = new int[]"
                  + " {4, 5}; s.add(P.cube[0][1][1]); s.add(P.cube.clone()[0] == P.cube[0]); P.deep"
                  + " = new double[1][2][1][3]; P.deep[0][1][0][2] = 2.5;"
                  + " s.add(P.deep[0][1][0][2]); s.add(P.deep[0][1].length); try { P.cube = new"
                  + " int[2][s.size() - 99][3]; } catch (RuntimeException e) { s.add(e.toString());"
                  + " } Object[][] v = P.cube; s.add(v.length); s.add(v[0][1].getClass());"
                  + " s.add(((int[]) v[0][1])[0]); P.cube = new int[0][3][3]; s.add(P.cube.length);"
                  + " int[][][] h = {{{1}}, P.g = new int[][] {{2}}}; s.add(h[0][0][0] +"
                  + " h[1][0][0]); s.add(h[1] == P.g);"),
          Map.entry(
              "arrays of arrays of references",
              "P.table = new String[2][3]; P.table[1][2] = \"x\"; s.add(P.table[1][2]);"
                  + " s.add(P.table[0][0]); String[] row = P.table[1]; row[0] = \"y\";"
                  + " s.add(P.table[1][0]); s.add(P.table[1] == row); P.table[0] = new String[]"
                  + " {\"p\", \"q\"}; for (String[] r : P.table) for (String t : r) s.add(t);"
                  + " P.table = new String[][] {{}, {\"a\"}, null}; s.add(P.table[0].length);"
                  + " s.add(P.table[1][0]); s.add(P.table[2]); Object[] o = P.table; s.add(o[1] =="
                  + " P.table[1]); Object[][] oo = P.table; s.add(oo[1][0]); try { oo[1][0] = 5; }"
                  + " catch (ArrayStoreException e) { s.add(e.toString()); } try { o[0] = new"
                  + " Object[1]; } catch (ArrayStoreException e) { s.add(e.toString()); }"
                  + " s.add(Arrays.deepToString(P.table)); P.table = new String[4][]; for (int k ="
                  + " 0; k < 4; k++) { P.table[k] = new String[k]; for (int j = 0; j < k; j++)"
                  + " P.table[k][j] = k + \",\" + j; } s.add(Arrays.deepToString(P.table));"
                  + " s.add(Arrays.deepEquals(P.table, P.table.clone()));"
                  + " s.add(Arrays.deepHashCode(P.table)); String[][] c = P.table.clone(); c[0] ="
                  + " null; s.add(P.table[0].length); s.add(c[3] == P.table[3]);"),
          Map.entry(
              "a mark on an inner dimension leaves other arrays alone",
              "int[][][] c = new int[2] @Shared [][]; Object[] o = {c.length, 1};"
                  + " s.add(String.format(\"%s %s\", o)); int[] q = new @Shared int[new"
                  + " int[3][4].length]; q[2] = 5; s.add(q[2] + q.length);"),
          Map.entry(
              "arrays of references in java.util.Arrays",
              "P.names = new String[] {\"d\", \"a\", \"c\", \"b\"}; Arrays.sort(P.names, 1, 3);"
                  + " s.add(Arrays.toString(P.names)); Arrays.sort(P.names);"
                  + " s.add(Arrays.toString(P.names)); Arrays.sort(P.names,"
                  + " Comparator.reverseOrder()); s.add(Arrays.toString(P.names));"
                  + " Arrays.sort(P.names, 0, 2, null); s.add(String.join(\"-\", P.names.clone()));"
                  + " Arrays.fill(P.names, 1, 3, \"f\"); s.add(Arrays.hashCode(P.names));"
                  + " Arrays.fill(P.names, \"g\"); s.add(Arrays.equals(P.names, new String[]"
                  + " {\"g\", \"g\", \"g\", \"g\"})); Arrays.setAll(P.names, k -> \"n\" + k);"
                  + " s.add(Arrays.toString(P.names)); s.add(Arrays.binarySearch(P.names, \"n2\"));"
                  + " String[] h = Arrays.copyOf(P.names, 6); h[5] = \"h\";"
                  + " s.add(Arrays.toString(h)); P.names = Arrays.copyOfRange(h, 2, 5);"
                  + " s.add(Arrays.toString(P.names)); P.objects = Arrays.copyOf(P.names, 2,"
                  + " Object[].class); P.objects[0] = 1; s.add(Arrays.toString(P.objects)); try {"
                  + " Arrays.sort(new @Shared Object[] {1, \"x\"}); } catch (ClassCastException e)"
                  + " { s.add(2); } try { Arrays.fill((Object[]) P.names, 3); } catch"
                  + " (ArrayStoreException e) { s.add(e.toString()); } try { Arrays.sort(P.names,"
                  + " 2, 9); } catch (RuntimeException e) { s.add(e.toString()); } try {"
                  + " Arrays.sort(P.names); } catch (NullPointerException e) { s.add(3); }"),
          Map.entry(
              "streams of arrays",
              "P.i = new int[] {5, 3, 4}; s.add(Arrays.stream(P.i).sum()); s.add(Arrays.stream(P.i,"
                  + " 1, 3).boxed().collect(Collectors.toList())); P.names = new String[] {\"b\","
                  + " \"a\"}; s.add(Arrays.stream(P.names).sorted().collect(Collectors.toList()));"
                  + " P.g = new int[][] {{1}, {2, 3}};"
                  + " s.add(Arrays.stream(P.g).flatMapToInt(Arrays::stream).sum());"
                  + " s.add(Arrays.stream(P.g).mapToInt(row -> row.length).max().getAsInt());"
                  + " s.add(StreamSupport.intStream(Arrays.spliterator(P.i), false).max()); try {"
                  + " Arrays.stream(P.i, 2, 4); } catch (RuntimeException e) {"
                  + " s.add(e.toString()); }"),
          Map.entry(
              "references to methods of java.util.Arrays",
              "P.g = new int[][] {{3, 1}, {2}}; s.add(Stream.of(P.g[0],"
                  + " P.g[1]).map(Arrays::toString).collect(Collectors.toList()));"
                  + " List.of(P.g[0]).forEach(Arrays::sort); s.add(Arrays.toString(P.g[0]));"
                  + " BiConsumer<int[], Integer> fill = Arrays::fill; fill.accept(P.g[0], 5);"
                  + " s.add(P.g[0][1]); Function<int[][], String> deep = Arrays::deepToString;"
                  + " s.add(deep.apply(P.g)); BiPredicate<int[], int[]> equal = Arrays::equals;"
                  + " s.add(equal.test(P.g[1], new int[] {2}));"),
          Map.entry(
              "arraycopy of references",
              "P.names = new String[] {\"a\", \"b\", \"c\", \"d\"}; System.arraycopy(P.names, 0,"
                  + " P.names, 1, 3); s.add(Arrays.toString(P.names)); System.arraycopy(P.names, 1,"
                  + " P.names, 0, 3); s.add(Arrays.toString(P.names)); Object[] h = new Object[4];"
                  + " System.arraycopy(P.names, 0, h, 1, 2); s.add(Arrays.toString(h)); h[0] = 7;"
                  + " try { System.arraycopy(h, 0, P.names, 0, 2); } catch (ArrayStoreException e)"
                  + " { s.add(e.toString()); } h[0] = \"s\"; h[2] = 5; try { System.arraycopy(h, 0,"
                  + " P.names, 0, 4); } catch (ArrayStoreException e) { s.add(e.toString()); }"
                  + " s.add(Arrays.toString(P.names)); P.objects = new Object[4];"
                  + " System.arraycopy(P.names, 0, P.objects, 0, 4);"
                  + " s.add(Arrays.toString(P.objects)); P.objects[1] = 9; try {"
                  + " System.arraycopy(P.objects, 0, P.names, 2, 2); } catch (ArrayStoreException"
                  + " e) { s.add(e.toString()); } s.add(Arrays.toString(P.names)); P.i = new"
                  + " int[2]; for (Object from : new Object[] {P.names, P.i, \"x\", new Integer[]"
                  + " {1}, P.numbers = new Integer[] {3}}) for (Object to : new Object[] {P.names,"
                  + " P.i, \"x\", new int[3], new Integer[2], P.cube = new int[1][1][1]}) try {"
                  + " System.arraycopy(from, 0, to, 0, 1); s.add(\"copied\"); } catch"
                  + " (RuntimeException e) { s.add(e.toString()); } try { System.arraycopy(P.names,"
                  + " 2, P.objects, 3, 2); } catch (RuntimeException e) { s.add(e.toString()); }"
                  + " try { System.arraycopy(P.names, 3, P.objects, 0, 2); } catch"
                  + " (RuntimeException e) { s.add(e.toString()); } try { System.arraycopy(P.names,"
                  + " 0, P.objects, 0, -2); } catch (RuntimeException e) { s.add(e.toString()); }"),
          Map.entry(
              "arrays of references everywhere",
              "P.names = new String[] {\"a\", \"b\", \"c\"}; @Shared String[] x = P.names;"
                  + " Supplier<String> f = () -> x[1]; s.add(f.get()); Function<String[], String> g"
                  + " = P::join; s.add(g.apply(x)); List<String[]> list = new"
                  + " ArrayList<>(List.<String[]>of(x)); list.get(0)[0] = \"L\"; s.add(P.names[0]);"
                  + " for (int k = 0; k < 2; k++) { String[] c = k == 0 ? P.names : new String[]"
                  + " {\"h\"}; c[0] += k; s.add(c[0] + c.length); } try { String[] n = s.size() < 0"
                  + " ? x : null; s.add(n[0]); } catch (NullPointerException e) { s.add(1); }"
                  + " finally { x[2] = \"F\"; } s.add(P.names[2]); Comparable<?>[] cs = P.names;"
                  + " s.add(cs[1].toString()); CharSequence[] q = s.size() > 3 ? P.names : new"
                  + " StringBuilder[] {new StringBuilder(\"sb\")}; s.add(q[1].length()); Object o ="
                  + " P.names; s.add(o instanceof String[]); s.add(o instanceof Object[] a ?"
                  + " a.length : -1); s.add(o.getClass().getSimpleName()); s.add(((Object[])"
                  + " o)[1]); try { Integer[] bad = (Integer[]) o; } catch (ClassCastException e) {"
                  + " s.add(2); } String[] y = switch (s.size() % 2) { case 0 -> P.names; default"
                  + " -> x; }; s.add(y[1]); s.add(x.equals(P.names)); s.add(Objects.equals(x, y));"
                  + " s.add(Stream.of(x.clone()).collect(Collectors.joining())); Optional<String[]>"
                  + " op = Optional.of(x); s.add(op.get()[1]); @Shared String[] made = {\"m1\","
                  + " \"m2\"}; s.add(made[1]); String[][] heap = {made, {\"k\"}}; heap[0][0] ="
                  + " \"w\"; s.add(made[0]); P.Holder<String[]> hold = new P.Holder<>(made);"
                  + " s.add(hold.value()[0]); Iterator<String[]> it ="
                  + " List.<String[]>of(made).iterator(); while (it.hasNext())"
                  + " s.add(it.next()[1]);"),
          Map.entry(
              "big",
              "P.d = new double[100_000]; for (int k = 0; k < P.d.length; k++) P.d[k] = k; double t"
                  + " = 0; for (double x : P.d) t += x; s.add(t); s.add(P.d[99_999]);"),
          Map.entry(
              "order of evaluation",
              "P.i = new int[3]; int k = 0; P.i[k++] = k++; P.i[k] = P.i[k = 0] + 5;"
                  + " s.add(Arrays.toString(P.i)); int[] x = P.i; x[1] = (x = null) == null ? 3 :"
                  + " 4; s.add(P.i[1]);"));

  private static final String FIELDS =
      """
      class P {
        @Shared static int[] i; @Shared static double[] d, e; @Shared static int[][] g;
        @Shared static String[] names; @Shared static Object[] objects; @Shared static Integer[] numbers; @Shared static Color[] colors;
        @Shared static int[][][] cube; @Shared static double[][][][] deep; @Shared static String[][] table;
        enum Color { RED { String text() { return "r"; } }, GREEN, BLUE; String text() { return "other"; } }
        record Holder<T>(T value) {}
        static String join(String... t) { String r = ""; for (int k = 0; k < t.length; k++) r += t[k] + ","; return r; }
        static int[] heap; final int[] mine;
        P(int[] m) { mine = m; }
        int get(int k) { return mine[k]; }
        static void fill(int[] t) { t[1] += 100; }
        static int sum(int[] t) { int r = 0; for (int x : t) r += x; return r; }
        static int[] same(int[] t) { return t; }
      }
      """;

  static Stream<Arguments> bodies() {
    return BODIES.entrySet().stream()
        .flatMap(
            body ->
                Stream.of(true, false)
                    .map(debug -> Arguments.of(body.getKey(), body.getValue(), debug)));
  }

  @ParameterizedTest(name = "{0}, debug {2}")
  @MethodSource("bodies")
  void behavesAsOnTheHeap(String name, String body, boolean debug) throws Throwable {
    Map<String, byte[]> classes =
        Sources.compile(
            debug,
            FIELDS,
            "class T { static List<Object> run() { List<Object> s = new ArrayList<>();"
                + body
                + " return s; } }");
    compare(classes);
  }

  @Test
  void stringsThatAreStoredAgainTakeNoMoreMemory() {
    Cluster cluster =
        new Cluster(
            1,
            true,
            """
            class T {
              @Shared static String[] a = new String[100];
              static void fill() {
                String longer = "x".repeat(5000);
                for (int k = 0; k < a.length; k++) a[k] = k % 3 == 0 ? longer : "some text " + k % 7;
              }
              static void swap(int rounds) {
                for (int k = 0; k < rounds; k++) { String t = a[k % 100]; a[k % 100] = a[k * 7 % 100]; a[k * 7 % 100] = t; a[0] = "some text " + k % 7; }
                Arrays.sort(a);
              }
            }
            """);
    cluster.call(0, "T.fill");
    cluster.call(0, "T.swap", 10);
    Object before = cluster.shared.get("next").toString();
    cluster.call(0, "T.swap", 100_000);
    assertEquals(before, cluster.shared.get("next").toString());
  }

  static Stream<Arguments> primitives() {
    return PRIMITIVES.stream()
        .flatMap(type -> Stream.of(true, false).map(debug -> Arguments.of(type, debug)));
  }

  @ParameterizedTest
  @MethodSource("primitives")
  void everyPrimitiveType(String type, boolean debug) throws Throwable {
    String value = type.equals("boolean") ? "k % 3 == 1" : "(" + type + ") (k * 77 - 5)";
    String other = type.equals("boolean") ? "true" : "(" + type + ") 3";
    String source =
        """
        class T {
          @Shared static T0[] a; @Shared static T0[][] g; @Shared static T0 x; @Shared static volatile T0 y;
          static T0 read(@Shared T0[] r, int k) { return r[k]; }
          static T0[] pass(T0[] r) { return r; }
          static List<Object> run() {
            List<Object> s = new ArrayList<>();
            a = new T0[40]; g = new T0[3][5];
            for (int k = 0; k < a.length; k++) a[k] = VALUE;
            for (int k = 0; k < 5; k++) g[1][k] = a[k + 2];
            for (T0 v : a) s.add(v);
            for (T0[] r : g) for (T0 v : r) s.add(v);
            x = OTHER; y = x; s.add(x); s.add(y);
            T0[] c = a.clone(); c[0] = OTHER; s.add(a[0] == c[0]); s.add(read(a, 3)); s.add(pass(g[1])[2]);
            System.arraycopy(a, 3, c, 0, 20); s.add(Arrays.toString(c));
            Arrays.fill(a, OTHER); s.add(Arrays.toString(a)); s.add(a.length); s.add(Arrays.equals(a, c));
            return s;
          }
        }
        """
            .replace("T0", type)
            .replace("VALUE", value)
            .replace("OTHER", other);
    compare(Sources.compile(debug, source));
  }

  private static void compare(Map<String, byte[]> classes) throws Throwable {
    Object expected = new PlainRun(classes).call("T.run");
    Cluster cluster = new Cluster(1, classes, List.of());
    try {
      assertEquals(expected, cluster.call(0, "T.run"));
    } finally {
      assertEquals(List.of(), cluster.refusals(0));
    }
    assertTrue(cluster.shared.containsKey("next"), "nothing was allocated in shared memory");
  }
}
