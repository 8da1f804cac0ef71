package org.dsm4j.samples.bench;

import java.util.Arrays;

/** Times of single operations, in ns. */
final class Samples {
  private final long[] nanos;
  private int size;
  private boolean sorted;

  Samples(int capacity) {
    nanos = new long[capacity];
  }

  void add(long time) {
    nanos[size++] = time;
    sorted = false;
  }

  void addAll(long[] times) {
    for (long time : times) {
      add(time);
    }
  }

  int size() {
    return size;
  }

  /** The percentile (nearest rank) in microseconds. */
  double micros(double percentile) {
    if (size == 0) {
      throw new IllegalStateException("nothing was measured");
    }
    if (!sorted) {
      Arrays.sort(nanos, 0, size);
      sorted = true;
    }
    int rank = (int) Math.ceil(percentile / 100 * size);
    return nanos[Math.max(rank, 1) - 1] / 1e3;
  }
}
