package org.dsm4j.samples.bench;

import java.util.Locale;

/**
 * How a node waits for a message. A ratio of two times means something only if both were taken in
 * the same regime on the same cores.
 */
enum Regime {
  /** Each node polls its sockets on a core of its own. */
  POLLING,
  /**
   * Nodes sleep until the kernel wakes them, both on one core, where no idle core has to wake up.
   */
  BLOCKING;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
