package org.dsm4j.samples.bench;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/**
 * The benchmarks by the names a user gives; each runs on every node and has its results on the one
 * that measures.
 */
enum Suite {
  FAULT("fault", "a cold remote read and write of one page, against the raw exchange") {
    @Override
    List<Result> run(Lab lab) throws TimeoutException {
      return Faults.run(lab);
    }
  },
  THROUGHPUT("throughput", "page faults a second with 1, 8 and 32 threads") {
    @Override
    List<Result> run(Lab lab) throws InterruptedException {
      return Throughput.run(lab);
    }
  },
  READ("read", "reading a large block from end to end") {
    @Override
    List<Result> run(Lab lab) {
      return Sequential.run(lab);
    }
  },
  LOCK("lock", "a lock nobody else wants; a remote one; one that both nodes want") {
    @Override
    List<Result> run(Lab lab) {
      return Locks.run(lab);
    }
  },
  BARRIER("barrier", "a barrier of all nodes, with little and with 64 MiB cached") {
    @Override
    List<Result> run(Lab lab) {
      return Barriers.run(lab);
    }
  },
  RELEASE("release", "making writes to 1 page and to 256 pages known") {
    @Override
    List<Result> run(Lab lab) {
      return Releases.run(lab);
    }
  },
  ATOMIC("atomic", "fetch-and-add that all nodes want") {
    @Override
    List<Result> run(Lab lab) {
      return Atomics.run(lab);
    }
  };

  private final String word;
  private final String meaning;

  Suite(String word, String meaning) {
    this.word = word;
    this.meaning = meaning;
  }

  /** Runs on every node; empty on those that do not measure. */
  abstract List<Result> run(Lab lab) throws InterruptedException, TimeoutException;

  /** The suites of a name: one, or all of them for {@code all}. */
  static Set<Suite> named(String word) {
    if (word.equals("all")) {
      return EnumSet.allOf(Suite.class);
    }
    for (Suite suite : values()) {
      if (suite.word.equals(word)) {
        return EnumSet.of(suite);
      }
    }
    throw new IllegalArgumentException("no benchmark '" + word + "'; --help lists them");
  }

  /** One line of help for each. */
  static String help() {
    StringBuilder text = new StringBuilder();
    for (Suite suite : values()) {
      text.append(String.format("  %-12s %s%n", suite.word, suite.meaning));
    }
    return text.append(String.format("  %-12s %s%n", "all", "all of these")).toString();
  }
}
