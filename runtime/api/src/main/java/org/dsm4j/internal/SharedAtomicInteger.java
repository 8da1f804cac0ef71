package org.dsm4j.internal;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * An {@link AtomicInteger} of the whole cluster; {@link AtomicIntegerCalls} has its operations.
 * Thread-safe.
 */
final class SharedAtomicInteger extends AtomicInteger {
  private static final long serialVersionUID = 1L;

  private final transient long address;

  SharedAtomicInteger(String name, AtomicInteger first) {
    address = new SharedState(name, AtomicInteger.class, first.get()).address(0);
  }

  int read() {
    return Memory.U.getIntVolatile(null, address);
  }

  void write(int value) {
    Memory.U.putIntVolatile(null, address, value);
  }

  int exchange(int value) {
    return Memory.U.getAndSetInt(null, address, value);
  }

  int addTo(int delta) {
    return Memory.U.getAndAddInt(null, address, delta);
  }

  int compareExchange(int expected, int value) {
    return Memory.U.compareAndExchangeInt(null, address, expected, value);
  }

  @Override
  public String toString() {
    return Integer.toString(read());
  }

  @Override
  public int intValue() {
    return read();
  }

  @Override
  public long longValue() {
    return read();
  }

  @Override
  public float floatValue() {
    return read();
  }

  @Override
  public double doubleValue() {
    return read();
  }
}
