package org.dsm4j.samples.buffer;

import org.dsm4j.Shared;

/**
 * The buffer itself, and what is known of those who use it. Everything here needs the lock that its
 * users agree on.
 */
final class Ring {
  /** Items by place: who made it, and which of that producer's it is. */
  @Shared private static int[] producers;

  @Shared private static int[] numbers;

  /** Of each producer: the number that must come out next. */
  @Shared private static int[] next;

  @Shared private static int first;
  @Shared private static int count;

  /** Producers that are not done. */
  @Shared private static int working;

  private Ring() {}

  /** Makes it; one node does, before a barrier. */
  static void create(int room, int producerCount) {
    producers = new int[room];
    numbers = new int[room];
    next = new int[producerCount];
    working = producerCount;
  }

  static boolean isFull() {
    return count == numbers.length;
  }

  static boolean isEmpty() {
    return count == 0;
  }

  /** Whether nothing will ever be put in again. */
  static boolean isClosed() {
    return working == 0;
  }

  static void add(int producer, int number) {
    int place = (first + count) % numbers.length;
    producers[place] = producer;
    numbers[place] = number;
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
    int number = numbers[first];
    if (next[producer] != number) {
      throw new AssertionError(
          "item " + number + " of producer " + producer + " came instead of " + next[producer]);
    }
    next[producer] = number + 1;
    first = (first + 1) % numbers.length;
    count--;
    return value(producer, number);
  }

  /** A producer has made its last item. */
  static void leave() {
    working--;
  }

  /** What an item is worth; the sum over all tells whether each came out once. */
  static long value(int producer, int number) {
    return (producer + 1L) * 1_000_003L + (long) number * number;
  }
}
