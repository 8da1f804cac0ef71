package org.dsm4j.e2e.programs;

import java.util.HashSet;
import java.util.Set;
import org.dsm4j.Dsm;
import org.dsm4j.Shared;

/**
 * Objects that one node makes and others read and change. Each argument names a part and how large
 * it is: "list:100".
 */
public final class SharedObjects {
  private SharedObjects() {}

  @Shared
  static class Node {
    final int id;
    final String name;
    long visits;
    Node next;

    Node(int id, Node next) {
      this.id = id;
      this.name = "node " + id;
      this.next = next;
    }
  }

  @Shared
  static class Signal {
    volatile int round;
    volatile Node passed;
    int plain;
  }

  @Shared
  record Pair(Node first, Object second) {}

  @Shared static Node head;
  @Shared static Signal signal = new Signal();
  @Shared static Pair pair;
  @Shared static Node freed;
  @Shared static long sum;

  /** Runs the parts; prints "ok" on every node at its end. */
  public static void main(String[] args) {
    for (String part : args) {
      int size = Integer.parseInt(part.substring(part.indexOf(':') + 1));
      switch (part.substring(0, part.indexOf(':'))) {
        case "list" -> list(size);
        case "walk" -> walk(size);
        case "passing" -> passing(size);
        case "free" -> free();
        default -> throw new IllegalArgumentException(part);
      }
      Dsm.barrier();
    }
    System.out.println("ok " + Dsm.node());
  }

  /** Node 0 builds a list; each node walks it twice, and all change it in turn. */
  private static void list(int size) {
    if (Dsm.node() == 0) {
      for (int i = 0; i < size; i++) {
        head = new Node(i, head);
      }
      pair = new Pair(head, "of the list");
    }
    Dsm.barrier();
    for (int turn = 0; turn < Dsm.nodes(); turn++) {
      if (turn == Dsm.node()) {
        int expected = size - 1;
        for (Node at = head; at != null; at = at.next) {
          check(at.id == expected && at.visits == turn, "node " + at.id + " " + at.visits);
          at.visits++;
          expected--;
        }
        check(expected == -1, "the end at " + expected);
      }
      Dsm.barrier();
    }
    long visits = 0;
    for (Node at = head; at != null; at = at.next) {
      visits += at.visits;
    }
    check(visits == (long) size * Dsm.nodes(), "visits " + visits);
    check(head.name.equals("node " + (size - 1)), head.name);
    check(pair.equals(new Pair(head, "of the list")), pair.toString());
    check(pair.first() == head && head.next == pair.first().next, "one handle each");
    Set<Node> nodes = new HashSet<>();
    for (Node at = head; at != null && nodes.size() < 100; at = at.next) {
      nodes.add(at);
    }
    check(nodes.contains(head.next.next), "found by its hash");
    Dsm.barrier();
  }

  /** Node 0 builds a list that the last node walks. */
  private static void walk(int size) {
    if (Dsm.node() == 0) {
      head = built(size);
    }
    Dsm.barrier();
    if (Dsm.node() == Dsm.nodes() - 1) {
      int expected = size - 1;
      for (Node at = head; at != null; at = at.next) {
        check(at.id == expected, "node " + at.id);
        expected--;
      }
      check(expected == -1, "the end at " + expected);
    }
  }

  /** Allocation takes no messages: nothing is fetched, and what is sent is heartbeats. */
  private static Node built(int size) {
    Node at = new Node(0, null);
    long fetched = Dsm.statistics().pagesFetched();
    long sent = Dsm.statistics().bytesOut();
    for (int i = 1; i < size; i++) {
      at = new Node(i, at);
    }
    check(Dsm.statistics().pagesFetched() == fetched, "allocation fetched pages");
    sent = Dsm.statistics().bytesOut() - sent;
    check(sent < size, "allocation sent " + sent + " bytes");
    return at;
  }

  /** The nodes hand an object round by a volatile field, each adding to it. */
  private static void passing(int rounds) {
    if (Dsm.node() == 0) {
      signal.passed = new Node(-1, null);
      signal.plain = 1;
      signal.round = 1;
    }
    for (int round = 1; round <= rounds; round++) {
      if ((round - 1) % Dsm.nodes() == Dsm.node()) {
        while (signal.round != round) {
          Thread.onSpinWait();
        }
        Node last = signal.passed;
        check(signal.plain == round, "plain " + signal.plain + " in round " + round);
        Node mine = new Node(round, last);
        mine.visits = last.visits + round;
        signal.plain = round + 1;
        signal.passed = mine;
        signal.round = round + 1;
      }
    }
    Dsm.barrier();
    check(signal.passed.visits == (long) rounds * (rounds + 1) / 2, "sum " + signal.passed.visits);
    int length = 0;
    for (Node at = signal.passed; at.next != null; at = at.next) {
      length++;
    }
    check(length == rounds, "length " + length);
  }

  /** What one node frees is an error on all. */
  private static void free() {
    if (Dsm.node() == 0) {
      freed = new Node(5, null);
    }
    Dsm.barrier();
    Node kept = freed;
    check(kept.id == 5, "id " + kept.id);
    Dsm.barrier();
    if (Dsm.node() == Dsm.nodes() - 1) {
      Dsm.free(kept);
    }
    Dsm.barrier();
    check(fails(() -> kept.id), "the handle");
    check(fails(() -> freed.id), "the reference");
  }

  private interface Use {
    int use();
  }

  private static boolean fails(Use use) {
    try {
      use.use();
      return false;
    } catch (IllegalStateException expected) {
      return expected.getMessage().contains("freed");
    }
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError("node " + Dsm.node() + ": " + what);
    }
  }
}
