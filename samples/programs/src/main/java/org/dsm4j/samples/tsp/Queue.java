package org.dsm4j.samples.tsp;

import java.util.List;
import org.dsm4j.Shared;

/**
 * Tours that somebody has to finish; the latest comes out first, so that long ones come before
 * short ones and the queue stays small. Thread-safe.
 */
@Shared
final class Queue {
  private final int workers;
  private int waiting;
  private Item top;

  @Shared
  private record Item(Tour tour, Item below) {}

  /** For so many threads, all of which take tours and add others. */
  Queue(int workers) {
    this.workers = workers;
  }

  synchronized void add(List<Tour> tours) {
    for (Tour tour : tours) {
      top = new Item(tour, top);
    }
    notifyAll();
  }

  /** Waits for a tour; null when there is none and nobody is left who could add one. */
  synchronized Tour take() throws InterruptedException {
    waiting++;
    while (top == null) {
      if (waiting == workers) {
        notifyAll();
        return null;
      }
      wait();
    }
    waiting--;
    Tour tour = top.tour;
    top = top.below;
    return tour;
  }
}
