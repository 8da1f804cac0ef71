package org.dsm4j.agent.run;

/**
 * How one node's process ended.
 *
 * @param node its number
 * @param status of its process: 128 and the signal's number if it was killed
 * @param deliberate whether the node told this status itself
 */
record NodeEnd(int node, int status, boolean deliberate) {
  private static final int SIGNAL_BASE = 128;
  private static final int STATUS_NODE_LOST = 75;

  /** What it means for the cluster: a node that was killed is a lost one (rule 14). */
  int clusterStatus() {
    return killed() ? STATUS_NODE_LOST : status;
  }

  boolean killed() {
    return status > SIGNAL_BASE && !deliberate;
  }

  int signal() {
    return status - SIGNAL_BASE;
  }
}
