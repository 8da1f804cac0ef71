package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/**
 * Arrays that loops take from fields once: only where nobody can tell. Random ones are in {@link
 * RandomProgramsTest}.
 */
class InvariantsTest {
  private static final String SOURCE =
      """
      class L {
        @Shared static int[] a = {1, 2, 3, 4}, none; @Shared static int[][] g = {{1, 2}, {3, 4}, null};
        @Shared static B[] bs = new B[4]; @Shared static volatile boolean ready; @Shared static int other;
        static String log = "";
        @Shared static class B { int x; int[] own = {5, 6}; }

        static String notEntered(int n) {
          int s = 0; int[][] h = null;
          for (int i = 0; i < n; i++) s += Late.e[i] + none[i] + g[7][i] + h[i][0];
          return log + s;
        }
        static String initializedLate() { a = new int[] {1, 2, 3, 4};
          int s = 0;
          for (int i = 0; i < 3; i++) { log += i; if (i == 1) s += Later.e[i]; }
          for (int i = 0; i < 3; i++) { if (i == 1) s += Last.e[i]; a[0] = 1; s += a[1]; }
          return log + s;
        }
        static String nullInTheMiddle() {
          int n = 0;
          try { for (int i = 0; i < 3; i++) { n++; if (i == 1) n += none[i]; } }
          catch (NullPointerException e) { return n + e.getMessage(); }
          return "none";
        }
        static String rowInTheMiddle() {
          int n = 0;
          try { for (int j = 0; j < 2; j++) for (int i = 0; i < 2; i++) { n++; n += g[j + 1][i]; } }
          catch (NullPointerException e) { return n + e.getMessage(); }
          return "none";
        }
        static String outOfBounds() {
          int n = 0; int k = 2;
          try { for (int i = 0; i < 2; i++) { n++; if (n == 2) n += g[k + 1][i]; } }
          catch (ArrayIndexOutOfBoundsException e) { return n + e.getMessage(); }
          return "none";
        }
        static String freed() {
          a = new int[5]; int n = 0;
          for (int i = 0; i < 5; i++) n += a.length;
          Dsm.free(a);
          return freedLoop();
        }
        static String freedLoop() {
          int n = 0;
          try { for (int i = 0; i < 5; i++) { n++; n += a[i]; } }
          catch (IllegalStateException e) { return n + "freed"; }
          return "not freed " + n;
        }
        static String freedObject() {
          bs[1] = new B(); bs[1].x = 4; int n = 0;
          for (int i = 0; i < 3; i++) n += bs[1].x;
          Dsm.free(bs[1]);
          try { for (int i = 0; i < 3; i++) { n++; n += bs[1].x; } }
          catch (IllegalStateException e) { return n + "freed"; }
          return "not freed " + n;
        }
        static String freedWithin() {
          none = new int[] {1, 2, 3}; int n = 0;
          try { for (int i = 0; i < 3; i++) { n += none[i]; if (i == 1) drop(); } }
          catch (IllegalStateException e) { none = null; return n + "freed"; }
          return "not freed " + n;
        }
        static void drop() { Dsm.free(none); }
        static int afterVolatile() throws Exception {
          a = new int[] {1}; ready = false;
          Thread writer = new Thread(() -> { a = new int[] {2}; ready = true; });
          writer.start();
          int seen;
          while (true) { boolean was = ready; seen = a[0]; if (was) break; }
          writer.join();
          return seen;
        }
        static int stored() {
          int s = 0; g = new int[][] {{1}, {2}}; int[] x = {9};
          for (int i = 0; i < 3; i++) { s = s * 10 + g[0][0]; if (i == 1) g[0] = g[1]; }
          return s;
        }
        static int objects() {
          B one = new B(), two = new B(); one.x = 1; two.x = 2; bs[0] = one; bs[2] = two;
          int s = 0;
          for (int i = 0; i < 4; i++) { s = s * 10 + bs[0].x; bs[0].x += 2; bs[2].own[1] = i; if (i == 1) bs[0] = bs[2]; }
          for (int i = 0; i < 4; i++) { if (bs[3] == null) s += bs[2].own[1]; }
          return s;
        }
        double sums(int n) {
          double s = 0;
          for (int i = 0; i < n; i++) { for (int j = 0; j < n; j++) { s += a[i] + g[i][j]; } }
          return s;
        }
      }
      class Late { static int[] e = {1}; static { L.log += "late"; } }
      class Later { static int[] e = {1, 2}; static { L.log += "later"; } }
      class Last { static int[] e = {1, 2}; static { L.a = new int[] {0, 50}; } }
      """;

  private static Map<String, byte[]> classes;
  private static Cluster cluster;

  @BeforeAll
  static void start() {
    classes = Sources.compile(true, SOURCE);
    cluster = new Cluster(2, classes, List.of());
  }

  @Test
  void loopsThatAreNotEnteredDoNothing() {
    assertEquals("0", cluster.call(0, "L.notEntered", 0));
  }

  @Test
  void classesAreInitializedWhereTheyAreUsed() throws Throwable {
    assertEquals(
        new PlainRun(classes).call("L.initializedLate"), cluster.call(1, "L.initializedLate"));
  }

  @Test
  void exceptionsComeWhereTheyComeInJava() throws Throwable {
    PlainRun plain = new PlainRun(classes);
    for (String method :
        List.of("nullInTheMiddle", "rowInTheMiddle", "outOfBounds", "stored", "objects")) {
      assertEquals(plain.call("L." + method), cluster.call(0, "L." + method), method);
    }
  }

  @Test
  void whatWasFreedIsTold() {
    assertEquals("1freed", cluster.call(0, "L.freed"));
    assertEquals("1freed", cluster.call(1, "L.freedLoop"), "freed by the other node");
    assertEquals("13freed", cluster.call(0, "L.freedObject"));
    assertEquals("3freed", cluster.call(0, "L.freedWithin"));
  }

  @Test
  void volatileReadsOrderWhatFollows() {
    for (int round = 0; round < 20; round++) {
      assertEquals(2, cluster.call(0, "L.afterVolatile"));
    }
  }

  @Test
  void loopsReadFieldsAndRowsBeforeTheyBegin() {
    ClassLookup lookup =
        new ClassLookup(
            new ClassLoader(getClass().getClassLoader()) {
              @Override
              public InputStream getResourceAsStream(String resource) {
                byte[] file = classes.get(resource.replace(".class", "").replace('/', '.'));
                return file == null
                    ? super.getResourceAsStream(resource)
                    : new ByteArrayInputStream(file);
              }
            });
    List<Problem> problems = new ArrayList<>();
    byte[] file = classes.get("app.L");
    byte[] rewritten = ClassRewriter.rewrite(file, lookup.find("app/L"), lookup, null, problems);
    assertEquals(List.of(), problems);
    ClassNode node = new ClassNode();
    new ClassReader(rewritten).accept(node, 0);
    List<String> loads = new ArrayList<>();
    for (MethodNode method : node.methods) {
      for (AbstractInsnNode insn : method.instructions) {
        if (method.name.equals("sums")
            && insn.getOpcode() == Opcodes.INVOKESTATIC
            && ((MethodInsnNode) insn).name.equals("load")) {
          loads.add(((MethodInsnNode) insn).desc);
        }
      }
    }
    assertTrue(loads.contains("([IIJI)I"), () -> "with address and length: " + loads);
    assertTrue(!loads.contains("([II)I"), () -> "without: " + loads);
  }
}
