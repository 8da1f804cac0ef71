package org.dsm4j.samples.sort;

import org.dsm4j.Shared;

/**
 * Merging of two sorted runs by many threads, each of which writes its own part of the result (Odeh
 * et al. 2012, Merge Path).
 */
final class Merge {
  private Merge() {}

  /**
   * How many of the first {@code count} elements of the merge of {@code [left, middle)} and {@code
   * [middle, end)} come from the left run; of equal ones the left go first.
   */
  static int fromLeft(@Shared int[] x, int left, int middle, int end, int count) {
    int low = Math.max(0, count - (end - middle));
    int high = Math.min(count, middle - left);
    while (low < high) {
      int taken = (low + high) >>> 1;
      if (x[left + taken] <= x[middle + count - taken - 1]) {
        low = taken + 1;
      } else {
        high = taken;
      }
    }
    return low;
  }

  /**
   * Merges {@code [l, lEnd)} and {@code [r, rEnd)} of {@code x} until {@code [to, toEnd)} of y is
   * full.
   */
  static void merge(
      @Shared int[] x, int l, int lEnd, int r, int rEnd, @Shared int[] y, int to, int toEnd) {
    int a = l;
    int b = r;
    for (int i = to; i < toEnd; i++) {
      if (b >= rEnd || (a < lEnd && x[a] <= x[b])) {
        y[i] = x[a++];
      } else {
        y[i] = x[b++];
      }
    }
  }
}
