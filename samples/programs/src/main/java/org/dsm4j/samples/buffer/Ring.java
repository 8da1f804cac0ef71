package org.dsm4j.samples.buffer;

import org.dsm4j.Shared;

/**
 * The buffer itself, and what is known of those who use it. Everything here needs the lock that its
 * users agree on.
 */
final class Ring {
  /** Who made the item in each place, and which it is. */
  @Shared private static int[] producers;

  @Shared private static int[] items;

  /** Of each producer: the item that must come out next. */
  @Shared private static int[] next;

  @Shared private static int first;
  @Shared private static int count;

  /** Producers that are not done. */
  @Shared private static int working;

  private Ring() {}

  /** Makes it; one node does, before a barrier. */
  static void create(int room, int itemCount, int producerCount) {
    producers = new int[room];
    items = new int[room];
    next = new int[producerCount];
    for (int producer = 0; producer < producerCount; producer++) {
      next[producer] = first(producer, itemCount, producerCount);
    }
    working = producerCount;
  }

  /** The first of the items that a producer makes; those before are the other producers'. */
  static int first(int producer, int itemCount, int producerCount) {
    return (int) ((long) itemCount * producer / producerCount);
  }

  static boolean isFull() {
    return count == items.length;
  }

  static boolean isEmpty() {
    return count == 0;
  }

  /** Whether nothing will ever be put in again. */
  static boolean isClosed() {
    return working == 0;
  }

  static void add(int producer, int item) {
    int place = (first + count) % items.length;
    producers[place] = producer;
    items[place] = item;
    count++;
  }

  /**
   * Takes the oldest item out.
   *
   * @return its value
   * @throws AssertionError if it is not the one that its producer made next
   */
  static long remove() {
    int producer = producers[first];
    int item = items[first];
    if (next[producer] != item) {
      throw new AssertionError(
          "item " + item + " of producer " + producer + " came instead of " + next[producer]);
    }
    next[producer] = item + 1;
    first = (first + 1) % items.length;
    count--;
    return value(item);
  }

  /** A producer has made its last item. */
  static void leave() {
    working--;
  }

  /** What an item is worth; the sum over all tells whether each came out once. */
  static long value(int item) {
    return 1_000_003L + (long) item * item;
  }
}
