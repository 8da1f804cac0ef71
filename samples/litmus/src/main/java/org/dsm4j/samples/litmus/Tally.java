package org.dsm4j.samples.litmus;

import java.util.Map;
import java.util.TreeMap;

/** The outcomes of one row, counted. Not thread-safe. */
final class Tally {
  private final Row row;
  private final Map<Long, long[]> counts = new TreeMap<>();
  private long runs;

  Tally(Row row) {
    this.row = row;
  }

  Row row() {
    return row;
  }

  /** Instances run. */
  long runs() {
    return runs;
  }

  /**
   * Counts outcomes.
   *
   * @param distinct how many of them had each thread on a node of its own
   * @return whether the outcome is new to the row
   */
  boolean add(Outcome outcome, long times, long distinct) {
    long[] count = counts.computeIfAbsent(outcome.bits(), bits -> new long[2]);
    boolean isNew = count[0] == 0;
    count[0] += times;
    count[1] += distinct;
    runs += times;
    return isNew;
  }

  /** The outcomes seen, in a fixed order. */
  Iterable<Outcome> outcomes() {
    return counts.keySet().stream().map(Outcome::new).toList();
  }

  long count(Outcome outcome) {
    return counts.get(outcome.bits())[0];
  }

  /** How many outcomes a verdict is passed on. */
  long count(Verdict verdict) {
    return sum(verdict, 0);
  }

  /** The same, with each thread on a node of its own. */
  long countDistinct(Verdict verdict) {
    return sum(verdict, 1);
  }

  private long sum(Verdict verdict, int index) {
    return counts.entrySet().stream()
        .filter(entry -> row.verdict(new Outcome(entry.getKey())) == verdict)
        .mapToLong(entry -> entry.getValue()[index])
        .sum();
  }

  /** As a line of words from a node to the runner: {@code row NAME bits:times:distinct ...}. */
  String line() {
    StringBuilder line = new StringBuilder(LINE).append(row.name());
    counts.forEach(
        (bits, count) ->
            line.append(' ')
                .append(bits)
                .append(':')
                .append(count[0])
                .append(':')
                .append(count[1]));
    return line.toString();
  }

  /** What such a line begins with. */
  static final String LINE = "row ";

  /** Adds what a line says. */
  void add(String[] words) {
    for (int i = 2; i < words.length; i++) {
      String[] parts = words[i].split(":");
      add(
          new Outcome(Long.parseLong(parts[0])),
          Long.parseLong(parts[1]),
          Long.parseLong(parts[2]));
    }
  }
}
