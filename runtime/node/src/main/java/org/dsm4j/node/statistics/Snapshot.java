package org.dsm4j.node.statistics;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dsm4j.DsmStatistics;
import org.dsm4j.node.engine.Counters;

/** Counters of all nodes as they were at one time. */
public final class Snapshot implements DsmStatistics {
  private final long[] own;
  private final List<long[]> nodes;

  private Snapshot(long[] own, List<long[]> nodes) {
    this.own = own;
    this.nodes = nodes;
  }

  /**
   * A snapshot seen from one node.
   *
   * @param nodes counters by node
   */
  public static DsmStatistics of(int node, List<long[]> nodes) {
    return new Snapshot(nodes.get(node), List.copyOf(nodes));
  }

  @Override
  public Map<String, Long> counters() {
    return named(own);
  }

  @Override
  public Map<String, Long> counters(int node) {
    if (node < 0 || node >= nodes.size()) {
      throw new IndexOutOfBoundsException("node " + node + " of " + nodes.size());
    }
    return named(nodes.get(node));
  }

  private static Map<String, Long> named(long[] values) {
    Map<String, Long> map = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i++) {
      if (!Counters.name(i).isEmpty()) {
        map.put(Counters.name(i), values[i]);
      }
    }
    return Collections.unmodifiableMap(map);
  }

  @Override
  public long readFaults() {
    return own[Counters.READ_FAULTS];
  }

  @Override
  public long writeFaults() {
    return own[Counters.WRITE_FAULTS];
  }

  @Override
  public long pagesFetched() {
    return own[Counters.PAGES_FETCHED];
  }

  @Override
  public long bytesIn() {
    return own[Counters.BYTES_IN];
  }

  @Override
  public long bytesOut() {
    return own[Counters.BYTES_OUT];
  }

  @Override
  public long lockAcquires() {
    return own[Counters.LOCK_ACQUIRES];
  }

  @Override
  public long lockWaitNanos() {
    return own[Counters.LOCK_WAIT_NS];
  }

  @Override
  public long barriers() {
    return own[Counters.BARRIERS];
  }

  @Override
  public long barrierWaitNanos() {
    return own[Counters.BARRIER_WAIT_NS];
  }

  /** The middle of the bucket in which the percentile falls: right within a fifth of its value. */
  @Override
  public long fetchLatencyNanos(double percentile) {
    if (!(percentile >= 0 && percentile <= 100)) {
      throw new IllegalArgumentException("percentile " + percentile + "; allowed: 0 to 100");
    }
    long total = 0;
    for (int bucket = 0; bucket < Counters.BUCKETS; bucket++) {
      total += own[Counters.FETCH_HISTOGRAM + bucket];
    }
    if (total == 0) {
      return 0;
    }
    long rank = Math.max(1, (long) Math.ceil(percentile / 100 * total));
    long seen = 0;
    int bucket = -1;
    while (seen < rank) {
      bucket++;
      seen += own[Counters.FETCH_HISTOGRAM + bucket];
    }
    return Math.round(Math.pow(2, bucket / 2.0 + 0.25));
  }

  @Override
  public DsmStatistics cluster() {
    long[] sum = new long[Counters.COUNT];
    for (long[] node : nodes) {
      for (int i = 0; i < Counters.COUNT; i++) {
        sum[i] += node[i];
      }
    }
    return new Snapshot(sum, nodes);
  }
}
