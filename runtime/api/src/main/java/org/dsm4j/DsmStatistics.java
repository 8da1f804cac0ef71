package org.dsm4j;

import java.util.Map;

/**
 * Counters of this node, and of the whole cluster, as they were when asked for. Times in
 * nanoseconds, sizes in bytes. Immutable.
 */
public interface DsmStatistics {
  /** This node's counters by name, in a fixed order. */
  Map<String, Long> counters();

  /** The same of all nodes, index = node. */
  Map<String, Long> counters(int node);

  long readFaults();

  long writeFaults();

  long pagesFetched();

  long bytesIn();

  long bytesOut();

  /** Lock acquisitions, and the time spent waiting for them. */
  long lockAcquires();

  long lockWaitNanos();

  /** Barrier waits, and the time spent in them. */
  long barriers();

  long barrierWaitNanos();

  /**
   * Percentile (0 to 100) of this node's page fetch latency in nanoseconds; 0 if nothing was
   * fetched.
   */
  long fetchLatencyNanos(double percentile);

  /** The sum over all nodes. */
  DsmStatistics cluster();
}
