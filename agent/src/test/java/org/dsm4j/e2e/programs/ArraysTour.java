package org.dsm4j.e2e.programs;

import java.util.Arrays;
import java.util.Comparator;
import org.dsm4j.Dsm;
import org.dsm4j.DsmLock;
import org.dsm4j.Shared;

/** Arrays of many types and shapes, written by all nodes and read by all. Checks itself. */
public final class ArraysTour {
  private static final int N = 600;
  private static final int ROUNDS = 3_000;

  enum Suit {
    HEARTS,
    SPADES
  }

  @Shared static String[] words = new String[N];
  @Shared static String[][] table;
  @Shared static Object[] mixed = new Object[N];
  @Shared static Suit[] suits = new Suit[N];
  @Shared static long[][][] cube = new long[4][5][6];
  @Shared static int[][] ragged = new int[40][];
  @Shared static Object[][] grid = {{1, "one"}, {2L, "two and more"}, {}};
  @Shared static String[] slots = new String[16];
  @Shared static volatile boolean stop;
  @Shared static volatile long seen;

  private ArraysTour() {}

  /** Prints "toured" on each node that saw everything as it must be. */
  public static void main(String[] args) {
    int node = Dsm.node();
    int nodes = Dsm.nodes();
    if (node == nodes - 1) {
      table = new String[N][];
    }
    Dsm.barrier();
    for (int i = node; i < N; i += nodes) {
      words[i] = word(i);
      table[i] = new String[i % 5];
      Arrays.fill(table[i], "row " + i);
      suits[i] = i % 3 == 0 ? null : Suit.values()[i % 2];
      mixed[i] = value(i);
    }
    for (int i = node; i < ragged.length; i += nodes) {
      ragged[i] = new int[i];
      Arrays.setAll(ragged[i], k -> k * k);
    }
    for (int k = 0; k < 6; k++) {
      for (int i = node; i < 4; i += nodes) {
        cube[i][k % 5][k] = 100L * i + k;
      }
    }
    Dsm.barrier();
    check();
    Dsm.barrier();
    sortTogether(node);
    race(node, nodes);
    System.out.println("toured");
  }

  private static String word(int i) {
    return "x".repeat(i % 400) + i;
  }

  private static Object value(int i) {
    return switch (i % 7) {
      case 0 -> i;
      case 1 -> Long.MAX_VALUE - i;
      case 2 -> i / 10.0;
      case 3 -> "v" + i + "\u20ac";
      case 4 -> Suit.SPADES;
      case 5 -> Suit.class;
      default -> words;
    };
  }

  private static void check() {
    for (int i = 0; i < N; i++) {
      is(words[i], word(i));
      is(table[i].length, i % 5);
      for (String cell : table[i]) {
        is(cell, "row " + i);
      }
      is(suits[i], i % 3 == 0 ? null : Suit.values()[i % 2]);
      is(mixed[i], value(i));
    }
    for (int i = 0; i < ragged.length; i++) {
      is(ragged[i].length, i);
      is(i == 0 ? 0 : ragged[i][i - 1], i == 0 ? 0 : (i - 1) * (i - 1));
    }
    for (int i = 0; i < 4; i++) {
      for (int k = 0; k < 6; k++) {
        is(cube[i][k % 5][k], 100L * i + k);
      }
    }
    is(Arrays.deepToString(grid), "[[1, one], [2, two and more], []]");
  }

  /** One after the other: what one node sorted, the next reverses. */
  private static void sortTogether(int node) {
    DsmLock lock = Dsm.lock("sort");
    lock.lock();
    try {
      Arrays.sort(words, Comparator.comparing((String word) -> word.length()).reversed());
      for (int i = 1; i < N; i++) {
        is(words[i - 1].length() >= words[i].length(), true);
      }
      Arrays.sort(words);
      String[] copy = words.clone();
      System.arraycopy(copy, 0, words, 1, N - 1);
      System.arraycopy(words, 1, words, 0, N - 1);
      is(words[0], copy[0]);
      words[N - 1] = copy[N - 1];
    } finally {
      lock.unlock();
    }
    Dsm.barrier();
    String[] sorted = new String[N];
    for (int i = 0; i < N; i++) {
      sorted[i] = word(i);
    }
    Arrays.sort(sorted);
    is(Arrays.equals(sorted, words), true);
    Dsm.barrier();
  }

  /** Node 0 publishes strings by plain stores; whatever others see of them is whole. */
  private static void race(int node, int nodes) {
    if (node == 0) {
      for (int round = 0; round < ROUNDS; round++) {
        slots[round % slots.length] = word(round % 397) + ":" + round;
        if (round % 50 == 0) {
          Dsm.lock("now and then").lock();
          Dsm.lock("now and then").unlock();
        }
      }
      stop = true;
    } else {
      long met = 0;
      while (!stop) {
        for (String slot : slots) {
          if (slot != null) {
            int colon = slot.indexOf(':');
            int round = Integer.parseInt(slot.substring(colon + 1));
            is(slot, word(round % 397) + ":" + round);
            met++;
          }
        }
      }
      seen = met;
    }
    Dsm.barrier();
    for (int k = 0; k < slots.length; k++) {
      int round = ROUNDS - slots.length + k;
      is(slots[round % slots.length], word(round % 397) + ":" + round);
    }
  }

  private static void is(Object actual, Object expected) {
    boolean same = expected == null ? actual == null : expected.equals(actual);
    if (!same) {
      throw new AssertionError("node " + Dsm.node() + ": " + actual + " instead of " + expected);
    }
  }
}
