package org.dsm4j.node.statistics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.dsm4j.DsmStatistics;
import org.dsm4j.node.engine.Counters;
import org.junit.jupiter.api.Test;

class SnapshotTest {
  private static long[] counters(long value) {
    long[] values = new long[Counters.COUNT];
    java.util.Arrays.fill(values, 0, Counters.FETCH_HISTOGRAM, value);
    return values;
  }

  @Test
  void ownOthersAndSum() {
    DsmStatistics statistics = Snapshot.of(1, List.of(counters(10), counters(3)));
    assertEquals(3, statistics.readFaults());
    assertEquals(3, statistics.counters().get("bytes-in"));
    assertEquals(10, statistics.counters(0).get("write-faults"));
    assertEquals(13, statistics.cluster().lockAcquires());
    assertEquals(13, statistics.cluster().counters().get("out-page-grant"));
    assertEquals(3, statistics.counters().get("atomics"), "the last one before the messages");
    assertEquals(13, statistics.cluster().counters().get("out-peer-gone"), "the last message");
    assertEquals(99, statistics.counters().size(), "nothing without a name");
    assertThrows(IndexOutOfBoundsException.class, () -> statistics.counters(2));
    assertThrows(UnsupportedOperationException.class, () -> statistics.counters().clear());
  }

  @Test
  void percentilesComeFromTheHistogram() {
    long[] values = counters(0);
    values[Counters.FETCH_HISTOGRAM + 20] = 90; // 1024 ns and more
    values[Counters.FETCH_HISTOGRAM + 40] = 10; // 1 ms and more
    DsmStatistics statistics = Snapshot.of(0, List.of(values));
    long median = statistics.fetchLatencyNanos(50);
    assertTrue(median >= 1024 && median < 1449, "" + median);
    assertEquals(median, statistics.fetchLatencyNanos(90));
    long slow = statistics.fetchLatencyNanos(91);
    assertTrue(slow >= 1 << 20 && slow < 1_482_911, "" + slow);
    assertEquals(slow, statistics.fetchLatencyNanos(100));
    assertEquals(median, statistics.fetchLatencyNanos(0));
    assertEquals(0, Snapshot.of(0, List.of(counters(0))).fetchLatencyNanos(50));
    assertThrows(IllegalArgumentException.class, () -> statistics.fetchLatencyNanos(101));
    assertThrows(IllegalArgumentException.class, () -> statistics.fetchLatencyNanos(Double.NaN));
  }

  @Test
  void countersTravelAsBytes() {
    long[] values = counters(-5);
    values[0] = Long.MAX_VALUE;
    assertArrayEquals(values, Counters.fromBytes(Counters.toBytes(values)));
    assertArrayEquals(new long[Counters.COUNT], Counters.fromBytes(new byte[0]));
  }
}
