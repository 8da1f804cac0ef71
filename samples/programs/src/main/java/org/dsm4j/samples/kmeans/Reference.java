package org.dsm4j.samples.kmeans;

import java.util.Arrays;
import org.dsm4j.Shared;

/** The same by one thread, on the heap. */
final class Reference {
  private final int[] x;
  private final int[] y;
  private final double[] centreX;
  private final double[] centreY;
  private final int[] nearest;
  private int rounds;

  /** Clusters these points, starting with the first of them as centres. */
  Reference(@Shared Point[] points, int centres) {
    x = new int[points.length];
    y = new int[points.length];
    for (int i = 0; i < points.length; i++) {
      x[i] = points[i].x();
      y[i] = points[i].y();
    }
    centreX = new double[centres];
    centreY = new double[centres];
    for (int i = 0; i < centres; i++) {
      centreX[i] = x[i];
      centreY[i] = y[i];
    }
    nearest = new int[points.length];
    boolean changed = true;
    while (changed) {
      changed = assign();
      move();
      rounds++;
    }
  }

  private boolean assign() {
    boolean changed = false;
    for (int i = 0; i < x.length; i++) {
      int best = 0;
      for (int centre = 1; centre < centreX.length; centre++) {
        if (distance(i, centre) < distance(i, best)) {
          best = centre;
        }
      }
      changed |= best != nearest[i];
      nearest[i] = best;
    }
    return changed;
  }

  private double distance(int point, int centre) {
    double dx = x[point] - centreX[centre];
    double dy = y[point] - centreY[centre];
    return dx * dx + dy * dy;
  }

  private void move() {
    long[] sumX = new long[centreX.length];
    long[] sumY = new long[centreX.length];
    int[] count = new int[centreX.length];
    for (int i = 0; i < x.length; i++) {
      sumX[nearest[i]] += x[i];
      sumY[nearest[i]] += y[i];
      count[nearest[i]]++;
    }
    for (int centre = 0; centre < count.length; centre++) {
      if (count[centre] > 0) {
        centreX[centre] = (double) sumX[centre] / count[centre];
        centreY[centre] = (double) sumY[centre] / count[centre];
      }
    }
  }

  /** How often the points were assigned. */
  int rounds() {
    return rounds;
  }

  /** Whether others came to the same, to the bit. */
  boolean agrees(@Shared Cluster[] clusters, @Shared int[] assigned) {
    boolean same = Arrays.equals(nearest, assigned);
    for (int i = 0; i < clusters.length; i++) {
      same &= clusters[i].x() == centreX[i] && clusters[i].y() == centreY[i];
    }
    return same;
  }
}
