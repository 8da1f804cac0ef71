package org.dsm4j.internal;

import java.util.concurrent.locks.Condition;
import org.dsm4j.Consistency;
import org.dsm4j.DsmLock;

/**
 * What the nodes share of a {@code java.util.concurrent} object in a shared static field: some
 * words of SEQUENTIAL memory, and a lock with a condition. The first node that has the field
 * initialized gives the words their first values. Thread-safe.
 */
final class SharedState {
  private static final int INITIALIZED = 0;

  private final String name;
  private final long address;
  private final DsmLock lock;
  private final Condition changed;

  /**
   * @param name the field's cluster-wide name
   * @param type what it holds: the same on every node
   * @param initial the words' first values
   */
  SharedState(String name, Class<?> type, long... initial) {
    DsmRuntime runtime = Runtimes.current();
    this.name = name;
    this.address =
        runtime.staticsBlock(
            "concurrent:" + name,
            8L * (initial.length + 1),
            type.getName(),
            Consistency.SEQUENTIAL);
    this.lock = runtime.lock("java.util.concurrent:" + name);
    this.changed = lock.condition("changed");
    lock.lock();
    try {
      if (word(INITIALIZED) == 0) {
        for (int i = 0; i < initial.length; i++) {
          set(i, initial[i]);
        }
        Memory.U.putLongVolatile(null, address, 1);
      }
    } finally {
      lock.unlock();
    }
  }

  private long word(int index) {
    return Memory.U.getLongVolatile(null, address + 8L * index);
  }

  /** Where a word is. */
  long address(int index) {
    return address + 8L * (index + 1);
  }

  long get(int index) {
    return word(index + 1);
  }

  void set(int index, long value) {
    Memory.U.putLongVolatile(null, address(index), value);
  }

  DsmLock lock() {
    return lock;
  }

  /** Signalled whenever a word has changed that somebody may wait for. */
  Condition changed() {
    return changed;
  }

  /** As a prefix of what the object's toString tells. */
  @Override
  public String toString() {
    return "shared " + name;
  }
}
