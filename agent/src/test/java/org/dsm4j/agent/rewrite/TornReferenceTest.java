package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sun.misc.Unsafe;

/**
 * What the race of two nodes' writes may leave of a reference, bytes of both (ADR 32), is either
 * what one of them wrote or an exception that names the place and the remedy.
 */
class TornReferenceTest {
  private static final String CODE =
      """
      @Shared class Node { Node next; }
      class T {
        @Shared static Node head;
        @Shared static Node[] nodes;
        @Shared static int[][] grid;
        @Shared static Object any;
        static void build() { head = new Node(); nodes = new Node[2]; grid = new int[3][2]; head.next = head; nodes[0] = head; any = head; }
        static void other() {
          for (int i = 0; i < 300; i++) nodes[1] = new Node();
          head.next = nodes[1]; nodes[0] = nodes[1]; grid[0] = grid[1]; any = 5;
        }
        static void head2() { for (int i = 0; i < 300; i++) nodes[1] = new Node(); head = nodes[1]; }
        static Object head() { return head; }
        static Object next() { return head.next; }
        static Object element() { return nodes[0]; }
        static Object row() { return grid[0]; }
        static Object any() { return any; }
      }
      """;

  private static final Unsafe UNSAFE = FakeRuntime.unsafe();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "head2, head, the shared field app.T.head",
        "other, next, the shared field app.Node.next",
        "other, element, a shared app.Node[]",
        "other, row, a shared int[][]",
        "other, any, the shared field app.T.any"
      })
  void isRefusedByName(String given) {
    String[] parts = given.split(", ", 3);
    Cluster cluster = new Cluster(2, true, CODE);
    cluster.call(0, "T.build");
    long start = (long) cluster.shared.get("base") + 8192;
    int words = (int) (((Number) cluster.shared.get("next")).longValue() - start) / 8;
    long[] before = memory(start, words);
    cluster.call(0, "T." + parts[0]);
    long[] after = memory(start, words);
    int refused = 0;
    for (int bytes = 1; bytes < 255; bytes++) {
      for (int i = 0; i < words; i++) {
        UNSAFE.putLong(start + 8L * i, mixed(before[i], after[i], bytes));
      }
      try {
        cluster.call(1, "T." + parts[1]);
      } catch (RuntimeException failure) {
        String message = failure.getMessage();
        assertEquals("org.dsm4j.internal.TornReference", failure.getClass().getName(), message);
        assertTrue(message.startsWith(parts[2]), message);
        assertTrue(message.contains("which no node stored"), message);
        refused++;
      }
    }
    int all = refused;
    assertTrue(all > 60, () -> "only " + all + " of 254 mixes are refused");
  }

  private static long[] memory(long start, int words) {
    long[] copy = new long[words];
    for (int i = 0; i < words; i++) {
      copy[i] = UNSAFE.getLong(start + 8L * i);
    }
    return copy;
  }

  private static long mixed(long one, long other, int bytes) {
    long mask = 0;
    for (int i = 0; i < 8; i++) {
      mask |= (bytes >> i & 1) == 0 ? 0 : 0xffL << 8 * i;
    }
    return one & mask | other & ~mask;
  }
}
