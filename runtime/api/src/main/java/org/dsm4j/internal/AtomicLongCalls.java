package org.dsm4j.internal;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * The final methods of {@link AtomicLong}, to which calls in the program's classes are redirected:
 * on an ordinary object they do what they did; on a shared one, the same on shared memory, whatever
 * the ordering asked for with that of volatile accesses. Weak operations do not fail for no reason.
 *
 * <p>The rewriting finds them by name and type; the receiver is the first parameter.
 */
public final class AtomicLongCalls {
  private AtomicLongCalls() {}

  /** {@link AtomicLong#get}. */
  public static long get(AtomicLong a) {
    if (a instanceof SharedAtomicLong s) {
      return s.read();
    }
    return a.get();
  }

  /** {@link AtomicLong#getPlain}. */
  public static long getPlain(AtomicLong a) {
    if (a instanceof SharedAtomicLong s) {
      return s.read();
    }
    return a.getPlain();
  }

  /** {@link AtomicLong#getOpaque}. */
  public static long getOpaque(AtomicLong a) {
    if (a instanceof SharedAtomicLong s) {
      return s.read();
    }
    return a.getOpaque();
  }

  /** {@link AtomicLong#getAcquire}. */
  public static long getAcquire(AtomicLong a) {
    if (a instanceof SharedAtomicLong s) {
      return s.read();
    }
    return a.getAcquire();
  }

  /** {@link AtomicLong#set}. */
  public static void set(AtomicLong a, long value) {
    if (a instanceof SharedAtomicLong s) {
      s.write(value);
      return;
    }
    a.set(value);
  }

  /** {@link AtomicLong#lazySet}. */
  public static void lazySet(AtomicLong a, long value) {
    if (a instanceof SharedAtomicLong s) {
      s.write(value);
      return;
    }
    a.lazySet(value);
  }

  /** {@link AtomicLong#setPlain}. */
  public static void setPlain(AtomicLong a, long value) {
    if (a instanceof SharedAtomicLong s) {
      s.write(value);
      return;
    }
    a.setPlain(value);
  }

  /** {@link AtomicLong#setOpaque}. */
  public static void setOpaque(AtomicLong a, long value) {
    if (a instanceof SharedAtomicLong s) {
      s.write(value);
      return;
    }
    a.setOpaque(value);
  }

  /** {@link AtomicLong#setRelease}. */
  public static void setRelease(AtomicLong a, long value) {
    if (a instanceof SharedAtomicLong s) {
      s.write(value);
      return;
    }
    a.setRelease(value);
  }

  /** {@link AtomicLong#getAndSet}. */
  public static long getAndSet(AtomicLong a, long value) {
    if (a instanceof SharedAtomicLong s) {
      return s.exchange(value);
    }
    return a.getAndSet(value);
  }

  /** {@link AtomicLong#compareAndSet}. */
  public static boolean compareAndSet(AtomicLong a, long expected, long value) {
    if (a instanceof SharedAtomicLong s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.compareAndSet(expected, value);
  }

  /** {@link AtomicLong#weakCompareAndSet}. */
  @SuppressWarnings("deprecation")
  public static boolean weakCompareAndSet(AtomicLong a, long expected, long value) {
    if (a instanceof SharedAtomicLong s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSet(expected, value);
  }

  /** {@link AtomicLong#weakCompareAndSetPlain}. */
  public static boolean weakCompareAndSetPlain(AtomicLong a, long expected, long value) {
    if (a instanceof SharedAtomicLong s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSetPlain(expected, value);
  }

  /** {@link AtomicLong#weakCompareAndSetVolatile}. */
  public static boolean weakCompareAndSetVolatile(AtomicLong a, long expected, long value) {
    if (a instanceof SharedAtomicLong s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSetVolatile(expected, value);
  }

  /** {@link AtomicLong#weakCompareAndSetAcquire}. */
  public static boolean weakCompareAndSetAcquire(AtomicLong a, long expected, long value) {
    if (a instanceof SharedAtomicLong s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSetAcquire(expected, value);
  }

  /** {@link AtomicLong#weakCompareAndSetRelease}. */
  public static boolean weakCompareAndSetRelease(AtomicLong a, long expected, long value) {
    if (a instanceof SharedAtomicLong s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSetRelease(expected, value);
  }

  /** {@link AtomicLong#compareAndExchange}. */
  public static long compareAndExchange(AtomicLong a, long expected, long value) {
    if (a instanceof SharedAtomicLong s) {
      return s.compareExchange(expected, value);
    }
    return a.compareAndExchange(expected, value);
  }

  /** {@link AtomicLong#compareAndExchangeAcquire}. */
  public static long compareAndExchangeAcquire(AtomicLong a, long expected, long value) {
    if (a instanceof SharedAtomicLong s) {
      return s.compareExchange(expected, value);
    }
    return a.compareAndExchangeAcquire(expected, value);
  }

  /** {@link AtomicLong#compareAndExchangeRelease}. */
  public static long compareAndExchangeRelease(AtomicLong a, long expected, long value) {
    if (a instanceof SharedAtomicLong s) {
      return s.compareExchange(expected, value);
    }
    return a.compareAndExchangeRelease(expected, value);
  }

  /** {@link AtomicLong#getAndIncrement}. */
  public static long getAndIncrement(AtomicLong a) {
    if (a instanceof SharedAtomicLong s) {
      return s.addTo(1);
    }
    return a.getAndIncrement();
  }

  /** {@link AtomicLong#getAndDecrement}. */
  public static long getAndDecrement(AtomicLong a) {
    if (a instanceof SharedAtomicLong s) {
      return s.addTo(-1);
    }
    return a.getAndDecrement();
  }

  /** {@link AtomicLong#incrementAndGet}. */
  public static long incrementAndGet(AtomicLong a) {
    if (a instanceof SharedAtomicLong s) {
      return s.addTo(1) + 1;
    }
    return a.incrementAndGet();
  }

  /** {@link AtomicLong#decrementAndGet}. */
  public static long decrementAndGet(AtomicLong a) {
    if (a instanceof SharedAtomicLong s) {
      return s.addTo(-1) - 1;
    }
    return a.decrementAndGet();
  }

  /** {@link AtomicLong#getAndAdd}. */
  public static long getAndAdd(AtomicLong a, long delta) {
    if (a instanceof SharedAtomicLong s) {
      return s.addTo(delta);
    }
    return a.getAndAdd(delta);
  }

  /** {@link AtomicLong#addAndGet}. */
  public static long addAndGet(AtomicLong a, long delta) {
    if (a instanceof SharedAtomicLong s) {
      return s.addTo(delta) + delta;
    }
    return a.addAndGet(delta);
  }

  /** {@link AtomicLong#getAndUpdate}. */
  public static long getAndUpdate(AtomicLong a, LongUnaryOperator update) {
    if (a instanceof SharedAtomicLong s) {
      while (true) {
        long before = s.read();
        long after = update.applyAsLong(before);
        if (s.compareExchange(before, after) == before) {
          return before;
        }
      }
    }
    return a.getAndUpdate(update);
  }

  /** {@link AtomicLong#updateAndGet}. */
  public static long updateAndGet(AtomicLong a, LongUnaryOperator update) {
    if (a instanceof SharedAtomicLong s) {
      while (true) {
        long before = s.read();
        long after = update.applyAsLong(before);
        if (s.compareExchange(before, after) == before) {
          return after;
        }
      }
    }
    return a.updateAndGet(update);
  }

  /** {@link AtomicLong#getAndAccumulate}. */
  public static long getAndAccumulate(AtomicLong a, long x, LongBinaryOperator accumulator) {
    if (a instanceof SharedAtomicLong s) {
      while (true) {
        long before = s.read();
        long after = accumulator.applyAsLong(before, x);
        if (s.compareExchange(before, after) == before) {
          return before;
        }
      }
    }
    return a.getAndAccumulate(x, accumulator);
  }

  /** {@link AtomicLong#accumulateAndGet}. */
  public static long accumulateAndGet(AtomicLong a, long x, LongBinaryOperator accumulator) {
    if (a instanceof SharedAtomicLong s) {
      while (true) {
        long before = s.read();
        long after = accumulator.applyAsLong(before, x);
        if (s.compareExchange(before, after) == before) {
          return after;
        }
      }
    }
    return a.accumulateAndGet(x, accumulator);
  }
}
