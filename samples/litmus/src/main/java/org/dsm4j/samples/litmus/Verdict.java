package org.dsm4j.samples.litmus;

/** What to think of an outcome. */
enum Verdict {
  /** An interleaving explains it. */
  SEQUENTIAL("allowed", ""),
  /** Only the freedom of unordered accesses explains it. */
  WEAK("weak", "~"),
  /** Nothing explains it: a bug. */
  FORBIDDEN("FORBIDDEN", "!");

  private final String word;
  private final String mark;

  Verdict(String word, String mark) {
    this.word = word;
    this.mark = mark;
  }

  /** As it is printed in JSON. */
  String word() {
    return word;
  }

  /** As it is printed behind an outcome of the table. */
  String mark() {
    return mark;
  }
}
