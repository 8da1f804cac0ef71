package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Shared arrays handed to methods of the JDK that read or fill them, and keep them no longer. */
class LentArraysTest {
  private static final String CODE =
      """
      @Shared class Point { int x; Point(int x) { this.x = x; } public String toString() { return "p" + x; } }
      class S {
        @Shared static char[] c = {'s', 'h', 'a', 'r', 'e', 'd'};
        @Shared static byte[] b = {104, 105, 32, 121, 111, 117, 33, 0};
        @Shared static int[] i = {5, 3, 9, 1};
        @Shared static double[] d = {1, 2, 3};
        @Shared static String[] s = {"x", "a longer string", "y"};
        @Shared static Object[] o = {1, "two", 3.5};
        @Shared static Point[] p = {new Point(1), new Point(2)};
      }
      """;

  private static final List<String> CALLS =
      List.of(
          "out.add(String.valueOf(S.c) + new String(S.c) + String.copyValueOf(S.c, 1, 2) + new String(S.c, 2, 3));",
          "out.add(new String(S.b, 0, 7) + new String(S.b, java.nio.charset.StandardCharsets.UTF_8).length() + new String(S.i, 0, 2).length());",
          "try { new String(S.c, 3, 9); } catch (RuntimeException e) { out.add(e.toString()); }",
          "try { S.c = null; new String(S.c); } catch (RuntimeException e) { out.add(e.getClass().getName()); } finally { S.c = new char[] {'s', 'h', 'a', 'r', 'e', 'd'}; }",
          "out.add(new StringBuilder(\"-\").append(S.c).append(S.c, 1, 2).insert(1, S.c).insert(0, S.c, 2, 3).toString() + new StringBuffer().append(S.c));",
          "java.io.ByteArrayOutputStream x = new java.io.ByteArrayOutputStream(); java.io.PrintStream y = new java.io.PrintStream(x); y.println(S.c); y.print(S.c); y.write(S.b); y.write(S.b, 1, 2); y.printf(\"%s %s %s\", S.o); y.format(\"%s\", (Object[]) S.s); y.flush(); out.add(x.toString());",
          "java.io.StringWriter x = new java.io.StringWriter(); x.write(S.c); x.write(S.c, 1, 3); new java.io.PrintWriter(x, true).println(S.c); out.add(x.toString());",
          "out.add(String.join(\"+\", S.s) + String.format(\"%s/%s\", (Object[]) S.s) + \"%s %s %s\".formatted(S.o));",
          "out.add(List.of(S.s) + \" \" + Set.of(S.i).size() + List.of(S.p)); List<Object> l = new ArrayList<>(); out.add(Collections.addAll(l, S.s)); out.add(l.toString() + Objects.hash(S.o));",
          "java.util.zip.CRC32 x = new java.util.zip.CRC32(); x.update(S.b); x.update(S.b, 2, 3); out.add(x.getValue()); java.util.zip.Checksum y = new java.util.zip.Adler32(); y.update(S.b, 0, 4); y.update(S.b); out.add(y.getValue());",
          "java.security.MessageDigest x = java.security.MessageDigest.getInstance(\"SHA-256\"); x.update(S.b); x.update(S.b, 1, 3); out.add(Arrays.toString(x.digest(S.b)));",
          "out.add(new java.math.BigInteger(S.b).toString() + Base64.getEncoder().encodeToString(S.b) + HexFormat.of().formatHex(S.b, 1, 3));",
          "java.io.InputStream x = new java.io.ByteArrayInputStream(\"0123456789\".getBytes()); byte[] t = new byte[6]; S.b = t; out.add(x.read(t)); out.add(x.read(t, 1, 3)); out.add(x.readNBytes(t, 0, 5)); out.add(x.read(S.b)); out.add(Arrays.toString(S.b));",
          "java.io.DataInputStream x = new java.io.DataInputStream(new java.io.ByteArrayInputStream(\"0123456789\".getBytes())); x.readFully(S.b, 2, 2); out.add(S.b[2]); x.readFully(S.b); out.add(S.b[0]); try { x.readFully(S.b); } catch (java.io.EOFException e) { out.add(3); } try { x.read(S.b, 4, 40); } catch (IndexOutOfBoundsException e) { out.add(e.toString()); }",
          "java.io.Reader x = new java.io.StringReader(\"0123456789\"); out.add(x.read(S.c, 2, 3)); out.add(S.c[2] + \"\" + S.c[5]); out.add(x.read(S.c)); out.add(new String(S.c)); \"getchars\".getChars(1, 3, S.c, 4); out.add(new String(S.c)); new StringBuilder(\"getchars\").getChars(2, 4, S.c, 0); out.add(new String(S.c));",
          "new Random(5).nextBytes(S.b); out.add(S.b[3]); Random x = new Random(6); x.nextBytes(S.b); out.add(Arrays.toString(S.b));",
          "java.nio.ByteBuffer x = java.nio.ByteBuffer.allocate(20); x.put(S.b).put(S.b, 1, 2).flip(); x.get(S.b, 3, 2); x.get(new byte[1]); out.add(Arrays.toString(S.b) + x); java.nio.IntBuffer y = java.nio.IntBuffer.allocate(9); y.put(S.i).flip(); y.get(S.i, 1, 2); out.add(Arrays.toString(S.i));",
          "Arrays.parallelSort(S.i); out.add(Arrays.toString(S.i)); Arrays.parallelPrefix(S.i, Integer::sum); out.add(Arrays.toString(S.i)); Arrays.parallelSetAll(S.d, n -> n * 2.5); out.add(Arrays.toString(S.d)); Arrays.parallelSort(S.s); Arrays.parallelSort(S.p, 0, 2, Comparator.comparingInt(q -> -q.x)); Arrays.parallelSort(S.s, Comparator.reverseOrder()); out.add(Arrays.toString(S.s) + Arrays.toString(S.p)); Arrays.parallelPrefix(S.d, 1, 3, (u, v) -> u + v); Arrays.parallelPrefix(S.s, String::concat); out.add(S.d[2] + S.s[2]);",
          "List<String> x = Arrays.asList(S.s); S.s[1] = \"new\"; x.set(0, \"set\"); out.add(x + S.s[0] + x.size() + x.contains(\"new\") + x.indexOf(\"y\") + new ArrayList<>(x) + List.copyOf(x) + Arrays.toString(x.toArray())); Collections.sort(x); Collections.reverse(x); out.add(S.s[0] + x.stream().collect(Collectors.joining()) + x.toArray(new String[0]).length + (x instanceof RandomAccess)); try { x.add(\"z\"); } catch (UnsupportedOperationException e) { out.add(x.hashCode()); } try { x.get(9); } catch (ArrayIndexOutOfBoundsException e) { out.add(e.getMessage()); } S.s = new String[] {\"x\", \"a longer string\", \"y\"};",
          "out.add(Arrays.stream(S.i).sum() + Arrays.stream(S.s).count()); out.add(Arrays.binarySearch(S.d, 2.0) + Arrays.mismatch(S.i, S.i.clone()) + Arrays.compare(S.i, S.i) + Arrays.deepToString(S.o) + Arrays.deepEquals(S.s, S.s.clone()));",
          "Function<char[], String> x = String::new; out.add(x.apply(S.c)); Function<char[], String> y = String::valueOf; out.add(y.apply(S.c)); Consumer<byte[]> z = new Random(3)::nextBytes; z.accept(S.b); out.add(S.b[1]); Function<String[], List<String>> w = Arrays::asList; w.apply(S.s).set(0, \"v\"); out.add(S.s[0]);",
          "List<String> x = new ArrayList<>(List.of(\"k\", \"l\")); String[] r = x.toArray(S.s); out.add((r == S.s) + Arrays.toString(r)); x.addAll(List.of(\"m\", \"n\")); r = x.toArray(S.s); out.add((r == S.s) + Arrays.toString(r)); S.s = r; S.s[0] = \"0\"; out.add(r[0]);",
          "java.nio.file.Path f = java.nio.file.Files.createTempFile(\"dsm\", \"t\"); java.nio.file.Files.write(f, S.b); out.add(java.nio.file.Files.size(f)); try (java.io.RandomAccessFile x = new java.io.RandomAccessFile(f.toFile(), \"rw\")) { x.write(S.b, 0, 2); x.seek(0); x.readFully(S.b, 4, 3); x.seek(1); x.read(S.b, 0, 2); } out.add(Arrays.toString(S.b)); try (java.io.OutputStream x = new java.io.FileOutputStream(f.toFile())) { x.write(S.b); } try (java.io.FileInputStream x = new java.io.FileInputStream(f.toFile())) { out.add(x.read(S.b)); } java.nio.file.Files.delete(f);");

  private static Map<String, byte[]> classes;
  private static Cluster cluster;

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
    String race =
        """
        static byte[] kept() {
          return S.b;
        }
        static List<Object> race() throws Exception {
          byte[] t = new byte[8]; S.b = t;
          java.io.InputStream in = new java.io.InputStream() {
            public int read() { return -1; }
            @Override public int read(byte[] x, int from, int length) { S.b[0] = 7; S.b[5] = 8; x[from + 1] = 9; return 2; }
          };
          List<Object> out = new ArrayList<>();
          out.add(in.read(t, 0, 6)); out.add(Arrays.toString(t));
          return out;
        }
        """;
    classes = Sources.compile(true, CODE, methods + race + "}");
    cluster = new Cluster(2, classes, List.of());
  }

  static IntStream calls() {
    return IntStream.range(0, CALLS.size());
  }

  @ParameterizedTest
  @MethodSource("calls")
  void areReadAndFilledAsOnTheHeap(int number) throws Throwable {
    PlainRun plain = new PlainRun(classes);
    Cluster fresh = new Cluster(1, classes, List.of());
    assertEquals(
        plain.call("T.call" + number), fresh.call(0, "T.call" + number), CALLS.get(number));
    assertEquals(List.of(), fresh.refusals(0));
  }

  /** What others write while the JDK fills an array stays, where the JDK wrote nothing. */
  @Test
  void keepWhatOthersWriteMeanwhile() {
    assertEquals(List.of(2, "[7, 9, 0, 0, 0, 8, 0, 0]"), cluster.call(1, "T.race"));
  }
}
