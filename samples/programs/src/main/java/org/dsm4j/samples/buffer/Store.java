package org.dsm4j.samples.buffer;

/** The ring with the lock and the waiting around it. */
interface Store {
  /** What {@link #take} returns when there will be no item any more; no item's value. */
  long NONE = -1;

  /** Puts an item in, as soon as there is room. */
  void put(int producer, int item) throws InterruptedException;

  /** Takes an item out, as soon as there is one. Its value, or {@link #NONE}. */
  long take() throws InterruptedException;

  /** A producer has made its last item. */
  void leave() throws InterruptedException;
}
