package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.CodeSizeEvaluator;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;

/** Rule 8: which monitors are the cluster's, and that they exclude. */
class MonitorTest {
  private static final String SHARED =
      """
      class S {
        @Shared static int count;
        @Shared static int[] array = new int[3];
        @Shared static int[][] grid = new int[2][3];
        @Shared static final Object lock = new Object();
        static synchronized int fail(int x) { if (x > 0) throw new IllegalStateException("x"); return x; }
        static synchronized long twice(long x) { return once(x) + 1; }
        static synchronized long once(long x) { count++; return x; }
        static boolean held() { return Thread.holdsLock(S.class); }
      }
      """;

  private static final String PLAIN =
      """
      class Plain {
        static int with(Object o, Runnable r) {
          int n = 0;
          synchronized (o) {
            while (n < 3) { n++; if (r != null) r.run(); if (n == 2) continue; }
          }
          return n;
        }
        static void waiting(Object o) throws InterruptedException { synchronized (o) { o.wait(1); } }
        static void telling(Object o) { synchronized (o) { o.notifyAll(); } }
      }
      """;

  @ParameterizedTest
  @ValueSource(strings = {"S.array", "S.lock", "S.class", "S.grid", "S.grid[1]"})
  void excludesInAClassThatMentionsNothingShared(String monitor) {
    String source =
        "class T { static int run() { for (int i = 0; i < 500; i++) Plain.with(M, () -> S.count++); Dsm.barrier(); return S.count; } }"
            .replace("M", monitor);
    Cluster cluster = new Cluster(3, true, SHARED, PLAIN, source);
    assertEquals(List.of(4500, 4500, 4500), cluster.callAll("T.run"));
    assertEquals(1500L, cluster.shared.get("entered"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "new Object()",
        "\"x\"",
        "new int[3]",
        "new int[2][2]",
        "String.class",
        "new ArrayList<>()",
        "new byte[32]"
      })
  void leavesOrdinaryMonitorsAlone(String monitor) {
    String source =
        "class T { static int run() { S.count = 1; return Plain.with(M, null); } }"
            .replace("M", monitor);
    Cluster cluster = new Cluster(1, true, SHARED, PLAIN, source);
    assertEquals(3, cluster.call(0, "T.run"));
    assertFalse(cluster.shared.containsKey("entered"));
  }

  @Test
  void staticSynchronizedMethodsReleaseOnExceptionAndReenter() {
    Cluster cluster = new Cluster(2, true, SHARED);
    assertThrows(IllegalStateException.class, () -> cluster.call(0, "S.fail", 1));
    assertEquals(0, cluster.call(1, "S.fail", 0));
    assertEquals(6L, cluster.call(1, "S.twice", 5L));
    assertEquals(false, cluster.call(1, "S.held"));
    assertEquals(0, cluster.call(0, "S.fail", 0));
  }

  @Test
  void anExceptionInABlockReleases() {
    String source =
        """
        class T {
          static int f(int x) { synchronized (S.lock) { if (x == 1) throw new IllegalArgumentException(); return x; } }
        }
        """;
    Cluster cluster = new Cluster(2, true, SHARED, source);
    assertThrows(IllegalArgumentException.class, () -> cluster.call(0, "T.f", 1));
    assertEquals(2, cluster.call(1, "T.f", 2));
  }

  private static final String HANDOFF =
      """
      class Handoff {
        static void put(Object lock, BooleanSupplier full, Runnable put) throws InterruptedException {
          synchronized (lock) {
            while (full.getAsBoolean()) { lock.wait(); }
            put.run();
            lock.notifyAll();
          }
        }
        static int take(Object lock, BooleanSupplier empty, IntSupplier take) throws InterruptedException {
          synchronized (lock) {
            while (empty.getAsBoolean()) lock.wait(20_000, 999_999);
            int taken = take.getAsInt();
            Runnable tell = lock::notifyAll;
            tell.run();
            return taken;
          }
        }
      }
      """;

  @ParameterizedTest
  @ValueSource(strings = {"S.array", "S.lock", "S.class", "S.grid[1]"})
  void waitsAndNotifiesAcrossNodesInAClassThatMentionsNothingShared(String monitor) {
    String source =
        """
        class T {
          static int run() throws Exception {
            int sum = 0;
            for (int i = 1; i <= 200; i++) {
              int item = i;
              if (Dsm.node() == 0) Handoff.put(M, () -> S.count != 0, () -> S.count = item);
              else sum += Handoff.take(M, () -> S.count == 0, () -> { int c = S.count; S.count = 0; return c; });
            }
            return sum;
          }
        }
        """
            .replace("M", monitor);
    Cluster cluster = new Cluster(2, true, SHARED, HANDOFF, source);
    assertEquals(List.of(0, 20_100), cluster.callAll("T.run"));
    assertTrue((long) cluster.shared.get("waited") > 0);
  }

  private static final String WAITS =
      """
      interface Act { void on(Object o) throws Exception; }
      class Watcher extends Thread { static boolean sees(Object o) { return holdsLock(o); } }
      class Waits {
        static final Act[] ACTS = {
          o -> o.wait(), o -> o.wait(5), o -> o.wait(5, 5), o -> o.wait(0), o -> o.wait(0, 0),
          o -> o.notify(), o -> o.notifyAll(), Object::notify, Object::notifyAll, Object::wait,
          o -> { Runnable r = o::notify; r.run(); }, o -> { Act a = x -> x.wait(-1); a.on(o); },
          o -> o.wait(-1), o -> o.wait(1, -1), o -> o.wait(1, 1_000_000), o -> o.wait(-1, -1)
        };
        static String unheld(Object o) {
          StringBuilder all = new StringBuilder();
          for (Act act : ACTS) all.append(outcome(act, o)).append(' ');
          return all.toString();
        }
        static String outcome(Act act, Object o) {
          try { act.on(o); return "-"; } catch (Exception e) { return e.getClass().getSimpleName() + (e instanceof IllegalArgumentException ? e.getMessage() : ""); }
        }
        static String interrupted(Object o) throws Exception {
          StringBuilder all = new StringBuilder();
          for (int i = 0; i < 5; i++) {
            Thread.currentThread().interrupt();
            synchronized (o) { all.append(outcome(ACTS[i], o)).append(Thread.holdsLock(o)); }
            all.append(Thread.currentThread().isInterrupted()).append(' ');
          }
          Thread.currentThread().interrupt();
          all.append(outcome(ACTS[0], o)).append(Thread.interrupted());
          return all.toString();
        }
        static String held(Object o) throws Exception {
          Predicate<Object> holds = Thread::holdsLock;
          String before = "" + Thread.holdsLock(o) + holds.test(o) + Watcher.sees(o);
          synchronized (o) {
            synchronized (o) {
              before += " " + Thread.holdsLock(o) + holds.test(o) + Watcher.sees(o);
              long start = System.nanoTime();
              o.wait(20);
              before += System.nanoTime() - start >= 20_000_000;
              o.wait(0, 5);
            }
            before += " " + Thread.holdsLock(o);
            for (int i = 5; i < 9; i++) before += outcome(ACTS[i], o);
          }
          return before + " " + Thread.holdsLock(o);
        }
        static String none() {
          String all = outcome(o -> Thread.holdsLock(null), null) + outcome(o -> { synchronized (o) { } }, null);
          for (Act act : ACTS) all += outcome(act, null);
          return all;
        }
      }
      """;

  /** Whatever the JVM says of an ordinary object is said of a shared one. */
  @Test
  void waitNotifyAndHoldsLockAreAsInJava() {
    for (String call : List.of("unheld", "interrupted", "held")) {
      String source =
          "class T { static String shared() throws Exception { S.count = 1; return Waits.C(S.lock) + Waits.C(S.array) + Waits.C(S.class); }"
              + " static String plain() throws Exception { return Waits.C(new Object()) + Waits.C(new int[3]) + Waits.C(T.class); } }";
      Cluster cluster = new Cluster(1, true, SHARED, WAITS, source.replace("C", call));
      assertEquals(cluster.call(0, "T.plain"), cluster.call(0, "T.shared"), call);
    }
  }

  @Test
  void ordinaryMonitorsAreAsWithoutTheAgent() throws Throwable {
    String source =
        "class T { static String f() throws Exception { Object o = new Object(); int[] a = {1};"
            + " return Waits.unheld(o) + Waits.held(a) + Waits.interrupted(T.class) + Waits.none(); } }";
    Map<String, byte[]> classes = Sources.compile(true, WAITS, source);
    Object plain = new PlainRun(classes).call("T.f");
    assertEquals(plain, new Cluster(1, classes, List.of()).call(0, "T.f"));
    assertTrue(plain.toString().contains("IllegalMonitorState"), plain::toString);
  }

  private static final String SHAPES =
      """
      class Shapes {
        static int shape(int which, Object a, Object b) throws Exception {
          int n = 0;
          switch (which) {
            case 0: synchronized (a) { synchronized (b) { synchronized (a) { n++; } } } return n;
            case 1: for (;;) { synchronized (a) { if (n++ > 3) break; if (n == 2) continue; } } return n;
            case 2: synchronized (a) { try { synchronized (b) { throw new Exception("x"); } } finally { n = 7; } }
            case 3: try { synchronized (a) { return 1 / n; } } catch (ArithmeticException e) { synchronized (b) { return 5; } }
            case 4: return fact(6, a);
            case 5: synchronized (a) { synchronized (b) { return new int[1][0][n].length; } }
            case 6: synchronized (a = b) { b = null; a = null; } return 9;
            case 7: outer: for (int i = 0; i < 3; i++) synchronized (a) { for (int j = 0; j < 3; j++) synchronized (b) { n++; if (j == 1) continue outer; if (i == 2) break outer; } } return n;
            case 8: return lambda(a);
            default: return -1;
          }
        }
        static int lambda(Object a) throws Exception { synchronized (a) { Callable<Integer> c = () -> { synchronized (a) { return 8; } }; return c.call(); } }
        interface Callable<T> { T call() throws Exception; }
        static int fact(int k, Object a) { synchronized (a) { return k == 0 ? 1 : k * fact(k - 1, a); } }
        static String all(Object a, Object b) {
          String results = "";
          for (int i = 0; i < 9; i++) {
            try { results += shape(i, a, b) + " "; } catch (Throwable e) { results += e + " "; }
            results += Thread.holdsLock(a) + "" + Thread.holdsLock(b) + " ";
          }
          return results;
        }
      }
      """;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nestingRecursionAndExceptionsAreAsInJava(boolean debug) throws Throwable {
    String source =
        """
        class T {
          static String plain() { return Shapes.all(new Object(), new ArrayList<>()); }
          static String shared() { S.count = 1; return Shapes.all(S.lock, S.array); }
          static String mixed() { S.count = 1; return Shapes.all(S.class, "x") + Shapes.all(new int[1], S.grid[0]); }
        }
        """;
    Map<String, byte[]> classes = Sources.compile(debug, SHARED, SHAPES, source);
    String expected = (String) new PlainRun(classes).call("T.plain");
    assertFalse(expected.contains("true"), expected);
    Cluster cluster = new Cluster(2, classes, List.of());
    assertEquals(expected, cluster.call(0, "T.plain"));
    assertEquals(expected, cluster.call(0, "T.shared"));
    assertEquals(expected, cluster.call(1, "T.shared"));
    assertEquals(expected + expected, cluster.call(0, "T.mixed"));
    assertEquals(expected + expected, cluster.call(1, "T.mixed"));
  }

  /**
   * What is called where a monitor is given back must not overflow the stack again: the handler
   * that compilers write leads to itself, and would never end.
   */
  @Test
  void anOverflowingStackUnlocks() {
    String source =
        """
        class T {
          static int depth;
          static int down(Object a, Object b) { depth++; synchronized (a) { return 1 + (depth % 3 == 0 ? down(b, a) : down(a, b)); } }
          static boolean run() {
            Object a = new Object();
            Object b = new int[8];
            boolean right = true;
            for (int i = 0; i < 300; i++) {
              depth = 0;
              try { down(a, b); right = false; } catch (StackOverflowError e) { right &= depth > 100; }
              right &= !Thread.holdsLock(a) && !Thread.holdsLock(b);
            }
            return right;
          }
        }
        """;
    assertEquals(true, new Cluster(1, true, source).call(0, "T.run"));
  }

  private static final String METHODS =
      """
      class M {
        @Shared static int turn;
        static synchronized void none() {}
        static synchronized long sum(int[] a) { long s = 0; for (int x : a) { if (x < 0) return -1; s += x; } return s; }
        static synchronized double nested(double x) { synchronized (M.class) { return x > 9 ? x : nested(x + 1); } }
        static synchronized String caught(String s) { try { return s.trim(); } catch (NullPointerException e) { return "null"; } finally { turn++; } }
        static synchronized int forever(int n) { for (;;) { if (n-- == 0) throw new IllegalStateException("end"); } }
        static synchronized boolean inside() { return Thread.holdsLock(M.class); }
        static synchronized int parameter(int x) { x++; Object o = "a"; { long l = 3; x += l; } return x; }
        static synchronized void await(int mine) throws InterruptedException {
          while (turn % 2 != mine) M.class.wait();
          turn++;
          M.class.notifyAll();
        }
        static int pingPong() throws InterruptedException { for (int i = 0; i < 100; i++) await(Dsm.node()); return Dsm.node(); }
        synchronized int instance(int x) { return x + (Thread.holdsLock(this) ? 1 : 0); }
        static String all() {
          none();
          String r = sum(new int[] {1, 2}) + " " + sum(new int[] {-1}) + " " + nested(1) + caught(" a ") + caught(null) + inside() + parameter(4);
          try { forever(3); } catch (IllegalStateException e) { r += e.getMessage(); }
          return r + new M().instance(1) + Thread.holdsLock(M.class);
        }
      }
      """;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void synchronizedMethodsAreTheClusters(boolean debug) throws Throwable {
    Map<String, byte[]> classes = Sources.compile(debug, METHODS);
    Cluster cluster = new Cluster(2, classes, List.of());
    String expected = "3 -1 10.0anulltrue8end2false";
    assertEquals(List.of(expected, expected), cluster.callAll("M.all"));
    assertEquals(List.of(0, 1), cluster.callAll("M.pingPong"));
  }

  @Test
  void sharedInstancesAreMonitors() {
    String source =
        """
        @Shared class Cell {
          int value; boolean full;
          synchronized void put(int x) throws InterruptedException { while (full) wait(); value = x; full = true; notifyAll(); }
          synchronized int take() throws InterruptedException { while (!full) wait(); full = false; notifyAll(); return value; }
        }
        class T {
          @Shared static Cell cell = new Cell();
          static int run() throws Exception {
            int sum = 0;
            for (int i = 1; i <= 100; i++) { if (Dsm.node() == 0) cell.put(i); else sum += cell.take(); }
            synchronized (cell) { sum += Thread.holdsLock(cell) ? 1 : 0; }
            return sum + (Thread.holdsLock(cell) ? 9 : 0);
          }
        }
        """;
    assertEquals(List.of(1, 5051), new Cluster(2, true, source).callAll("T.run"));
  }

  @Test
  void inheritedSynchronizedMethodsOfOtherClassesAreRefused() {
    String source =
        "class Base { synchronized int f() { return 1; } } @Shared class D extends Base { int x; }"
            + " class T { static int run() { return new D().f(); } }";
    Cluster cluster = new Cluster(1, true, source);
    assertThrows(Throwable.class, () -> cluster.call(0, "T.run"));
    String told = cluster.refusals(0).toString();
    assertTrue(told.contains("synchronized method f of app.Base"), told);
  }

  /** A block as kotlinc writes it: what gives the monitor back is in no guarded range. */
  @Test
  void otherCompilersRanges() {
    ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_FRAMES);
    writer.visit(Opcodes.V17, Opcodes.ACC_PUBLIC, "app/K", null, "java/lang/Object", null);
    MethodVisitor code =
        writer.visitMethod(
            Opcodes.ACC_STATIC, "locked", "(Ljava/lang/Object;Ljava/lang/Runnable;)V", null, null);
    Label start = new Label();
    Label end = new Label();
    Label handler = new Label();
    code.visitCode();
    code.visitTryCatchBlock(start, end, handler, null);
    code.visitVarInsn(Opcodes.ALOAD, 0);
    code.visitInsn(Opcodes.MONITORENTER);
    code.visitInsn(Opcodes.NOP);
    code.visitLabel(start);
    code.visitVarInsn(Opcodes.ALOAD, 1);
    code.visitMethodInsn(Opcodes.INVOKEINTERFACE, "java/lang/Runnable", "run", "()V", true);
    code.visitLabel(end);
    code.visitVarInsn(Opcodes.ALOAD, 0);
    code.visitInsn(Opcodes.MONITOREXIT);
    code.visitInsn(Opcodes.RETURN);
    code.visitLabel(handler);
    code.visitVarInsn(Opcodes.ASTORE, 2);
    code.visitVarInsn(Opcodes.ALOAD, 0);
    code.visitInsn(Opcodes.MONITOREXIT);
    code.visitVarInsn(Opcodes.ALOAD, 2);
    code.visitInsn(Opcodes.ATHROW);
    code.visitMaxs(0, 0);
    code.visitEnd();
    writer.visitEnd();
    String source =
        """
        class K { static void locked(Object o, Runnable r) {} }
        class T {
          static int run() {
            int caught = 0;
            for (int i = 0; i < 300; i++) {
              K.locked(S.lock, () -> S.count++);
              try { K.locked(S.lock, () -> { throw new IllegalStateException(); }); } catch (IllegalStateException e) { caught++; }
            }
            Dsm.barrier();
            return S.count + caught + (Thread.holdsLock(S.lock) ? 1 : 0);
          }
        }
        """;
    Map<String, byte[]> classes = Sources.compile(true, SHARED, source);
    classes.put("app.K", writer.toByteArray());
    assertEquals(List.of(900, 900), new Cluster(2, classes, List.of()).callAll("T.run"));
  }

  /**
   * HotSpot compiles a method only if each monitorexit takes what its monitorenter left in a
   * variable; the bridge's slow form would mean that a loop in the method runs interpreted for
   * ever.
   */
  @Test
  void aVariableThatHeldAHoistedArrayMayHoldAMonitor() {
    String source =
        """
        class T {
          static int run() {
            int sum = 0;
            { int[] a = S.array; for (int i = 0; i < a.length; i++) { a[i]++; sum += a[i]; } }
            synchronized (S.class) { S.count += sum; }
            { int[] a = S.grid[1]; for (int i = 0; i < a.length; i++) sum += a[i]; }
            synchronized (S.array) { S.count++; }
            int[] b = S.array;
            synchronized (b) { for (int i = 0; i < 3; i++) b[i]++; }
            for (int[] row : S.grid) synchronized (row) { for (int i = 0; i < row.length; i++) sum += row[i] + b[i]; }
            return sum + S.count;
          }
        }
        """;
    for (boolean debug : new boolean[] {true, false}) {
      Map<String, byte[]> classes = Sources.compile(debug, SHARED, source);
      assertEquals(19, new Cluster(1, classes, List.of()).call(0, "T.run"));
      for (MethodNode method : rewritten(classes).methods) {
        for (AbstractInsnNode insn : method.instructions) {
          assertFalse(
              insn instanceof MethodInsnNode call
                  && call.owner.equals(Names.MONITORS)
                  && call.name.equals("exit"),
              method.name);
        }
      }
    }
  }

  /** HotSpot compiles no method of more than 8000 bytes; the hoisted form of accesses is longer. */
  @Test
  void aLongMethodStaysShortEnoughToBeCompiled() {
    String source =
        "class T { static int run() { int[] a = S.array; for (int i = 0; i < 3; i++) {"
            + " a[i] += 2;".repeat(550)
            + " } return a[0] + a[2]; } }";
    Map<String, byte[]> classes = Sources.compile(true, SHARED, source);
    assertEquals(2200, new Cluster(1, classes, List.of()).call(0, "T.run"));
    for (MethodNode method : rewritten(classes).methods) {
      CodeSizeEvaluator size = new CodeSizeEvaluator(null);
      method.accept(size);
      assertTrue(size.getMaxSize() < 8000, method.name + ": " + size.getMaxSize());
    }
  }

  /** The class T as it is rewritten. */
  private static ClassNode rewritten(Map<String, byte[]> classes) {
    ClassLoader loader =
        new ClassLoader() {
          @Override
          public InputStream getResourceAsStream(String resource) {
            byte[] file = classes.get(resource.replace(".class", "").replace('/', '.'));
            return file == null
                ? super.getResourceAsStream(resource)
                : new ByteArrayInputStream(file);
          }
        };
    byte[] result =
        new Rewriter(RewriteConfig.defaults())
            .transformer()
            .transform(loader, "app/T", null, null, classes.get("app.T"));
    ClassNode node = new ClassNode();
    new ClassReader(result).accept(node, 0);
    return node;
  }
}
