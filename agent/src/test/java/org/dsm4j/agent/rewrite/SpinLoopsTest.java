package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.analysis.AnalyzerException;

/** Which loops are taken for ones that wait for another thread's plain write. */
class SpinLoopsTest {
  private static final String CLASSES =
      """
      class Unit {
        @Shared static boolean flag;
        @Shared static volatile boolean quick;
        @Shared static int count;
        @Shared static int[] cells = new int[4];
        @Shared static volatile long[][] rows = new long[4][16];
        @Shared static Object[] box = new Object[2];
        @Shared static Node head;
        static int[] heap = new int[4];
        static boolean mine;
        static int m(int id, int n, @Shared int[] given, int[] hidden) throws Exception { %s return 0; }
      }
      @Shared class Node { Node next; int key; volatile int seen; boolean done; }
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "while (!flag) ;",
        "while (!flag) Thread.yield();",
        "while (!flag) { Thread.onSpinWait(); }",
        "do { Thread.sleep(1); } while (!flag);",
        "for (;;) { if (flag) break; }",
        "for (; n != 7; ) { if (flag) return 1; }",
        "while (!flag) { try { Thread.sleep(1); } catch (InterruptedException e) { } }",
        "int b = 9; while (cells[id + n * 2] != n) { b--; if (b == 0) { Thread.yield(); b = 9; } }",
        "for (int i = 1; i < n; i++) { while (cells[i] != n) Thread.yield(); count++; }",
        "while (rows[id - 1][0] < rows[id][0]) ;",
        "while (box[id] == null) Thread.yield();",
        "while (head.next == null) Thread.yield();",
        "Node at = head; while (!at.done) Thread.yield();",
        "while (given[0] == 0) ;",
        "long end = System.nanoTime() + n; while (!flag && System.nanoTime() < end) Thread.yield();",
        "while (count % 2 != id) Thread.yield();",
      })
  void waits(String body) {
    assertEquals(true, asks(body) > 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "while (!quick) ;",
        "while (head.seen < n) Thread.yield();",
        "while (!mine) Thread.yield();",
        "for (int i = 0; i < count; i++) n *= 3;",
        "int i = 0; while (cells[i] < n) i++;",
        "int i = 0, s = 0; while (i < given.length) s += given[i++];",
        "Node at = head; while (at.key < n) at = at.next;",
        "while (count < n) count++;",
        "while (!flag) { synchronized (Unit.class) { n++; } }",
        "while (!flag) { m(id, n, given, hidden); }",
        "while (count > 0) { cells[0] = id; }",
        "if (flag) n++;",
      })
  void doesMore(String body) {
    assertEquals(0, asks(body));
  }

  private static int asks(String body) {
    Map<String, byte[]> classes = Sources.compile(true, CLASSES.formatted(body));
    ClassLoader loader =
        new ClassLoader(SpinLoopsTest.class.getClassLoader()) {
          @Override
          public InputStream getResourceAsStream(String resource) {
            byte[] file = classes.get(resource.replace(".class", "").replace('/', '.'));
            return file == null
                ? super.getResourceAsStream(resource)
                : new ByteArrayInputStream(file);
          }
        };
    ClassLookup lookup = new ClassLookup(loader);
    byte[] file = classes.get("app.Unit");
    lookup.define("app/Unit", file);
    ClassNode node = new ClassNode();
    new ClassReader(file).accept(node, ClassReader.SKIP_FRAMES);
    try {
      for (MethodNode method : node.methods) {
        if (method.name.equals("m")) {
          MethodSummaries summaries = new MethodSummaries(lookup, "app/Unit", file);
          MethodAnalysis analysis = MethodAnalysis.of("app/Unit", method, lookup, summaries);
          return SpinLoops.decisions("app/Unit", method, analysis).size();
        }
      }
    } catch (AnalyzerException failure) {
      throw new AssertionError(failure);
    }
    throw new AssertionError("no method m");
  }
}
