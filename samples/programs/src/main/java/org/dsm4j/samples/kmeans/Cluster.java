package org.dsm4j.samples.kmeans;

import org.dsm4j.Shared;

/** A centre, and the sum of the points that are nearest to it. Thread-safe but for the centre. */
@Shared
final class Cluster {
  private double x;
  private double y;
  private long sumX;
  private long sumY;
  private int points;

  Cluster(Point centre) {
    x = centre.x();
    y = centre.y();
  }

  double distanceSquared(Point point) {
    double dx = point.x() - x;
    double dy = point.y() - y;
    return dx * dx + dy * dy;
  }

  /** Adds that many points that have this sum. */
  synchronized void add(long moreX, long moreY, int more) {
    sumX += moreX;
    sumY += moreY;
    points += more;
  }

  /** Goes to the middle of its points, and forgets them. One thread does, while all others wait. */
  synchronized void move() {
    if (points > 0) {
      x = (double) sumX / points;
      y = (double) sumY / points;
    }
    sumX = 0;
    sumY = 0;
    points = 0;
  }

  double x() {
    return x;
  }

  double y() {
    return y;
  }

  @Override
  public String toString() {
    return "(" + x + ", " + y + ")";
  }
}
