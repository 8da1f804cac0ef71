package org.dsm4j.samples.bench;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.dsm4j.Consistency;
import org.dsm4j.Dsm;
import org.dsm4j.internal.Runtimes;

/**
 * The set-up of all benchmarks: node 0 prepares and then waits in a barrier, node 1 measures, both
 * on known cores.
 */
final class Lab {
  /** What every benchmark counts as a page. */
  static final int PAGE_BYTES = 4096;

  private static final int MEASURING_NODE = 1;
  private static final long RAW_TIMEOUT_SECONDS = 60;

  private final Regime regime;

  private Lab(Regime regime) {
    this.regime = regime;
  }

  /**
   * Pins this node's threads.
   *
   * @throws IllegalStateException if there are fewer than two nodes
   */
  static Lab open(Regime regime) {
    if (Dsm.nodes() < 2) {
      throw new IllegalStateException(
          "benchmarks need 2 nodes; start them with: dsm bench NAME --nodes 2");
    }
    Cores.pin(regime, Dsm.node());
    return new Lab(regime);
  }

  Regime regime() {
    return regime;
  }

  int nodes() {
    return Dsm.nodes();
  }

  /** Whether this is the node that prepares the pages. */
  boolean prepares() {
    return Dsm.node() == 0;
  }

  /** Whether this is the node that measures. */
  boolean measures() {
    return Dsm.node() == MEASURING_NODE;
  }

  void barrier() {
    Dsm.barrier();
  }

  /**
   * The raw TCP exchange of 16 bytes against {@code answerBytes} between the nodes 0 and 1, in the
   * same regime on the same cores. Times in ns on the node that measures, empty on others.
   */
  long[] raw(int answerBytes, int warmup, int rounds) throws TimeoutException {
    return Runtimes.current()
        .measureRawExchange(
            answerBytes,
            regime == Regime.POLLING,
            warmup,
            rounds,
            RAW_TIMEOUT_SECONDS,
            TimeUnit.SECONDS);
  }

  /** A consistency as results name it. */
  static String word(Consistency mode) {
    return mode.name().toLowerCase(Locale.ROOT);
  }

  /** An empty result with the fields that all have. */
  Result result(String name) {
    return new Result(name)
        .with("nodes", nodes())
        .with("transport", "tcp")
        .with("regime", regime.word());
  }
}
