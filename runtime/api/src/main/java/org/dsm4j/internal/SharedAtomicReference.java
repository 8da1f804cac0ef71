package org.dsm4j.internal;

import java.util.concurrent.atomic.AtomicReference;

/**
 * An {@link AtomicReference} of the whole cluster, to what a shared reference may hold (rule 7);
 * {@link AtomicReferenceCalls} has its operations. Strings and boxed values, which are values, are
 * compared by value. Thread-safe.
 */
final class SharedAtomicReference<V> extends AtomicReference<V> {
  private static final long serialVersionUID = 1L;

  private final transient long address;
  private final transient String place;

  SharedAtomicReference(String name, AtomicReference<V> first) {
    place = "the shared field " + name;
    long initial = References.encode(first.get(), place);
    address = new SharedState(name, AtomicReference.class, initial).address(0);
  }

  @SuppressWarnings("unchecked")
  private static <V> V decode(long reference) {
    return (V) References.decode(reference, "a shared AtomicReference");
  }

  V read() {
    return decode(Memory.U.getLongVolatile(null, address));
  }

  void write(V value) {
    Memory.U.putLongVolatile(null, address, References.encode(value, place));
  }

  V exchange(V value) {
    return decode(Memory.U.getAndSetLong(null, address, References.encode(value, place)));
  }

  /** What was there before: the expected object itself if it was, and is replaced. */
  V compareExchange(V expected, V value) {
    long next = References.encode(value, place);
    while (true) {
      long seen = Memory.U.getLongVolatile(null, address);
      V there = decode(seen);
      if (!same(there, expected)) {
        return there;
      }
      if (Memory.U.compareAndSetLong(null, address, seen, next)) {
        return expected;
      }
    }
  }

  private static boolean same(Object there, Object expected) {
    return there == expected
        || ((expected instanceof String
                || expected instanceof Number
                || expected instanceof Character
                || expected instanceof Boolean)
            && expected.equals(there));
  }

  @Override
  public String toString() {
    return String.valueOf(read());
  }
}
