package org.dsm4j.samples.life;

import org.dsm4j.Dsm;
import org.dsm4j.DsmStatistics;

/** The nodes that play; one alone when the program was started without the agent. */
final class Cluster {
  private final int node;
  private final int nodes;
  private final boolean alone;

  private Cluster(int node, int nodes, boolean alone) {
    this.node = node;
    this.nodes = nodes;
    this.alone = alone;
  }

  /** The cluster this JVM is a node of. */
  static Cluster join() {
    try {
      return new Cluster(Dsm.node(), Dsm.nodes(), false);
    } catch (IllegalStateException withoutAgent) {
      return new Cluster(0, 1, true);
    }
  }

  int node() {
    return node;
  }

  int nodes() {
    return nodes;
  }

  /** Whether the program runs without the agent. */
  boolean alone() {
    return alone;
  }

  void barrier() {
    if (!alone) {
      Dsm.barrier();
    }
  }

  /** The counters of all nodes together, or null when alone. */
  DsmStatistics statistics() {
    return alone ? null : Dsm.statistics().cluster();
  }
}
