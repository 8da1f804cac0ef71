package org.dsm4j.samples.buffer;

import org.dsm4j.Shared;

/** Textbook Java: one monitor, {@code wait} and {@code notifyAll}. */
final class MonitorStore implements Store {
  @Shared private static final Object lock = new Object();

  @Override
  public void put(int producer, int item) throws InterruptedException {
    synchronized (lock) {
      while (Ring.isFull()) {
        lock.wait();
      }
      Ring.add(producer, item);
      lock.notifyAll();
    }
  }

  @Override
  public long take() throws InterruptedException {
    synchronized (lock) {
      while (Ring.isEmpty()) {
        if (Ring.isClosed()) {
          return NONE;
        }
        lock.wait();
      }
      long value = Ring.remove();
      lock.notifyAll();
      return value;
    }
  }

  @Override
  public void leave() {
    synchronized (lock) {
      Ring.leave();
      lock.notifyAll();
    }
  }
}
