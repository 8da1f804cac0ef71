package org.dsm4j.internal;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/**
 * The final methods of {@link AtomicReference}, to which calls in the program's classes are
 * redirected: on an ordinary object they do what they did; on a shared one, the same on shared
 * memory, whatever the ordering asked for with that of volatile accesses. Weak operations do not
 * fail for no reason.
 *
 * <p>The rewriting finds them by name and type; the receiver is the first parameter.
 */
public final class AtomicReferenceCalls {
  private AtomicReferenceCalls() {}

  /** {@link AtomicReference#get}. */
  public static <V> V get(AtomicReference<V> a) {
    if (a instanceof SharedAtomicReference<V> s) {
      return s.read();
    }
    return a.get();
  }

  /** {@link AtomicReference#getPlain}. */
  public static <V> V getPlain(AtomicReference<V> a) {
    if (a instanceof SharedAtomicReference<V> s) {
      return s.read();
    }
    return a.getPlain();
  }

  /** {@link AtomicReference#getOpaque}. */
  public static <V> V getOpaque(AtomicReference<V> a) {
    if (a instanceof SharedAtomicReference<V> s) {
      return s.read();
    }
    return a.getOpaque();
  }

  /** {@link AtomicReference#getAcquire}. */
  public static <V> V getAcquire(AtomicReference<V> a) {
    if (a instanceof SharedAtomicReference<V> s) {
      return s.read();
    }
    return a.getAcquire();
  }

  /** {@link AtomicReference#set}. */
  public static <V> void set(AtomicReference<V> a, V value) {
    if (a instanceof SharedAtomicReference<V> s) {
      s.write(value);
      return;
    }
    a.set(value);
  }

  /** {@link AtomicReference#lazySet}. */
  public static <V> void lazySet(AtomicReference<V> a, V value) {
    if (a instanceof SharedAtomicReference<V> s) {
      s.write(value);
      return;
    }
    a.lazySet(value);
  }

  /** {@link AtomicReference#setPlain}. */
  public static <V> void setPlain(AtomicReference<V> a, V value) {
    if (a instanceof SharedAtomicReference<V> s) {
      s.write(value);
      return;
    }
    a.setPlain(value);
  }

  /** {@link AtomicReference#setOpaque}. */
  public static <V> void setOpaque(AtomicReference<V> a, V value) {
    if (a instanceof SharedAtomicReference<V> s) {
      s.write(value);
      return;
    }
    a.setOpaque(value);
  }

  /** {@link AtomicReference#setRelease}. */
  public static <V> void setRelease(AtomicReference<V> a, V value) {
    if (a instanceof SharedAtomicReference<V> s) {
      s.write(value);
      return;
    }
    a.setRelease(value);
  }

  /** {@link AtomicReference#getAndSet}. */
  public static <V> V getAndSet(AtomicReference<V> a, V value) {
    if (a instanceof SharedAtomicReference<V> s) {
      return s.exchange(value);
    }
    return a.getAndSet(value);
  }

  /** {@link AtomicReference#compareAndSet}. */
  public static <V> boolean compareAndSet(AtomicReference<V> a, V expected, V value) {
    if (a instanceof SharedAtomicReference<V> s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.compareAndSet(expected, value);
  }

  /** {@link AtomicReference#weakCompareAndSet}. */
  @SuppressWarnings("deprecation")
  public static <V> boolean weakCompareAndSet(AtomicReference<V> a, V expected, V value) {
    if (a instanceof SharedAtomicReference<V> s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSet(expected, value);
  }

  /** {@link AtomicReference#weakCompareAndSetPlain}. */
  public static <V> boolean weakCompareAndSetPlain(AtomicReference<V> a, V expected, V value) {
    if (a instanceof SharedAtomicReference<V> s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSetPlain(expected, value);
  }

  /** {@link AtomicReference#weakCompareAndSetVolatile}. */
  public static <V> boolean weakCompareAndSetVolatile(AtomicReference<V> a, V expected, V value) {
    if (a instanceof SharedAtomicReference<V> s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSetVolatile(expected, value);
  }

  /** {@link AtomicReference#weakCompareAndSetAcquire}. */
  public static <V> boolean weakCompareAndSetAcquire(AtomicReference<V> a, V expected, V value) {
    if (a instanceof SharedAtomicReference<V> s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSetAcquire(expected, value);
  }

  /** {@link AtomicReference#weakCompareAndSetRelease}. */
  public static <V> boolean weakCompareAndSetRelease(AtomicReference<V> a, V expected, V value) {
    if (a instanceof SharedAtomicReference<V> s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSetRelease(expected, value);
  }

  /** {@link AtomicReference#compareAndExchange}. */
  public static <V> V compareAndExchange(AtomicReference<V> a, V expected, V value) {
    if (a instanceof SharedAtomicReference<V> s) {
      return s.compareExchange(expected, value);
    }
    return a.compareAndExchange(expected, value);
  }

  /** {@link AtomicReference#compareAndExchangeAcquire}. */
  public static <V> V compareAndExchangeAcquire(AtomicReference<V> a, V expected, V value) {
    if (a instanceof SharedAtomicReference<V> s) {
      return s.compareExchange(expected, value);
    }
    return a.compareAndExchangeAcquire(expected, value);
  }

  /** {@link AtomicReference#compareAndExchangeRelease}. */
  public static <V> V compareAndExchangeRelease(AtomicReference<V> a, V expected, V value) {
    if (a instanceof SharedAtomicReference<V> s) {
      return s.compareExchange(expected, value);
    }
    return a.compareAndExchangeRelease(expected, value);
  }

  /** {@link AtomicReference#getAndUpdate}. */
  public static <V> V getAndUpdate(AtomicReference<V> a, UnaryOperator<V> update) {
    if (a instanceof SharedAtomicReference<V> s) {
      while (true) {
        V before = s.read();
        V after = update.apply(before);
        if (s.compareExchange(before, after) == before) {
          return before;
        }
      }
    }
    return a.getAndUpdate(update);
  }

  /** {@link AtomicReference#updateAndGet}. */
  public static <V> V updateAndGet(AtomicReference<V> a, UnaryOperator<V> update) {
    if (a instanceof SharedAtomicReference<V> s) {
      while (true) {
        V before = s.read();
        V after = update.apply(before);
        if (s.compareExchange(before, after) == before) {
          return after;
        }
      }
    }
    return a.updateAndGet(update);
  }

  /** {@link AtomicReference#getAndAccumulate}. */
  public static <V> V getAndAccumulate(AtomicReference<V> a, V x, BinaryOperator<V> accumulator) {
    if (a instanceof SharedAtomicReference<V> s) {
      while (true) {
        V before = s.read();
        V after = accumulator.apply(before, x);
        if (s.compareExchange(before, after) == before) {
          return before;
        }
      }
    }
    return a.getAndAccumulate(x, accumulator);
  }

  /** {@link AtomicReference#accumulateAndGet}. */
  public static <V> V accumulateAndGet(AtomicReference<V> a, V x, BinaryOperator<V> accumulator) {
    if (a instanceof SharedAtomicReference<V> s) {
      while (true) {
        V before = s.read();
        V after = accumulator.apply(before, x);
        if (s.compareExchange(before, after) == before) {
          return after;
        }
      }
    }
    return a.accumulateAndGet(x, accumulator);
  }
}
