package org.dsm4j.internal;

import java.util.concurrent.atomic.AtomicLong;

/**
 * An {@link AtomicLong} of the whole cluster; {@link AtomicLongCalls} has its operations.
 * Thread-safe.
 */
final class SharedAtomicLong extends AtomicLong {
  private static final long serialVersionUID = 1L;

  private final transient long address;

  SharedAtomicLong(String name, AtomicLong first) {
    address = new SharedState(name, AtomicLong.class, first.get()).address(0);
  }

  long read() {
    return Memory.U.getLongVolatile(null, address);
  }

  void write(long value) {
    Memory.U.putLongVolatile(null, address, value);
  }

  long exchange(long value) {
    return Memory.U.getAndSetLong(null, address, value);
  }

  long addTo(long delta) {
    return Memory.U.getAndAddLong(null, address, delta);
  }

  long compareExchange(long expected, long value) {
    return Memory.U.compareAndExchangeLong(null, address, expected, value);
  }

  @Override
  public String toString() {
    return Long.toString(read());
  }

  @Override
  public int intValue() {
    return (int) read();
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
