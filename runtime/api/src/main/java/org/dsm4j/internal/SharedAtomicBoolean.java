package org.dsm4j.internal;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * An {@link AtomicBoolean} of the whole cluster; {@link AtomicBooleanCalls} has its operations.
 * Thread-safe.
 */
final class SharedAtomicBoolean extends AtomicBoolean {
  private static final long serialVersionUID = 1L;

  private final transient long address;

  SharedAtomicBoolean(String name, AtomicBoolean first) {
    address = new SharedState(name, AtomicBoolean.class, first.get() ? 1 : 0).address(0);
  }

  boolean read() {
    return Memory.U.getLongVolatile(null, address) != 0;
  }

  void write(boolean value) {
    Memory.U.putLongVolatile(null, address, value ? 1 : 0);
  }

  boolean exchange(boolean value) {
    return Memory.U.getAndSetLong(null, address, value ? 1 : 0) != 0;
  }

  boolean compareExchange(boolean expected, boolean value) {
    return Memory.U.compareAndExchangeLong(null, address, expected ? 1 : 0, value ? 1 : 0) != 0;
  }

  @Override
  public boolean weakCompareAndSet(boolean expected, boolean value) {
    return compareExchange(expected, value) == expected;
  }

  @Override
  public boolean weakCompareAndSetPlain(boolean expected, boolean value) {
    return compareExchange(expected, value) == expected;
  }

  @Override
  public String toString() {
    return Boolean.toString(read());
  }
}
