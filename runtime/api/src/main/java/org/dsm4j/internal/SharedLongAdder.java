package org.dsm4j.internal;

import java.util.concurrent.atomic.LongAdder;

/** A {@link LongAdder} of the whole cluster. Thread-safe. */
final class SharedLongAdder extends LongAdder {
  private static final long serialVersionUID = 1L;

  private final transient long address;

  SharedLongAdder(String name, LongAdder first) {
    address = new SharedState(name, LongAdder.class, first.sum()).address(0);
  }

  @Override
  public void add(long x) {
    Memory.U.getAndAddLong(null, address, x);
  }

  @Override
  public void increment() {
    add(1);
  }

  @Override
  public void decrement() {
    add(-1);
  }

  @Override
  public long sum() {
    return Memory.U.getLongVolatile(null, address);
  }

  @Override
  public void reset() {
    Memory.U.putLongVolatile(null, address, 0);
  }

  @Override
  public long sumThenReset() {
    return Memory.U.getAndSetLong(null, address, 0);
  }

  @Override
  public String toString() {
    return Long.toString(sum());
  }

  @Override
  public long longValue() {
    return sum();
  }

  @Override
  public int intValue() {
    return (int) sum();
  }

  @Override
  public float floatValue() {
    return sum();
  }

  @Override
  public double doubleValue() {
    return sum();
  }
}
