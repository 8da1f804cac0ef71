package org.dsm4j.internal;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;

/**
 * The final methods of {@link AtomicInteger}, to which calls in the program's classes are
 * redirected: on an ordinary object they do what they did; on a shared one, the same on shared
 * memory, whatever the ordering asked for with that of volatile accesses. Weak operations do not
 * fail for no reason.
 *
 * <p>The rewriting finds them by name and type; the receiver is the first parameter.
 */
public final class AtomicIntegerCalls {
  private AtomicIntegerCalls() {}

  /** {@link AtomicInteger#get}. */
  public static int get(AtomicInteger a) {
    if (a instanceof SharedAtomicInteger s) {
      return s.read();
    }
    return a.get();
  }

  /** {@link AtomicInteger#getPlain}. */
  public static int getPlain(AtomicInteger a) {
    if (a instanceof SharedAtomicInteger s) {
      return s.read();
    }
    return a.getPlain();
  }

  /** {@link AtomicInteger#getOpaque}. */
  public static int getOpaque(AtomicInteger a) {
    if (a instanceof SharedAtomicInteger s) {
      return s.read();
    }
    return a.getOpaque();
  }

  /** {@link AtomicInteger#getAcquire}. */
  public static int getAcquire(AtomicInteger a) {
    if (a instanceof SharedAtomicInteger s) {
      return s.read();
    }
    return a.getAcquire();
  }

  /** {@link AtomicInteger#set}. */
  public static void set(AtomicInteger a, int value) {
    if (a instanceof SharedAtomicInteger s) {
      s.write(value);
      return;
    }
    a.set(value);
  }

  /** {@link AtomicInteger#lazySet}. */
  public static void lazySet(AtomicInteger a, int value) {
    if (a instanceof SharedAtomicInteger s) {
      s.write(value);
      return;
    }
    a.lazySet(value);
  }

  /** {@link AtomicInteger#setPlain}. */
  public static void setPlain(AtomicInteger a, int value) {
    if (a instanceof SharedAtomicInteger s) {
      s.write(value);
      return;
    }
    a.setPlain(value);
  }

  /** {@link AtomicInteger#setOpaque}. */
  public static void setOpaque(AtomicInteger a, int value) {
    if (a instanceof SharedAtomicInteger s) {
      s.write(value);
      return;
    }
    a.setOpaque(value);
  }

  /** {@link AtomicInteger#setRelease}. */
  public static void setRelease(AtomicInteger a, int value) {
    if (a instanceof SharedAtomicInteger s) {
      s.write(value);
      return;
    }
    a.setRelease(value);
  }

  /** {@link AtomicInteger#getAndSet}. */
  public static int getAndSet(AtomicInteger a, int value) {
    if (a instanceof SharedAtomicInteger s) {
      return s.exchange(value);
    }
    return a.getAndSet(value);
  }

  /** {@link AtomicInteger#compareAndSet}. */
  public static boolean compareAndSet(AtomicInteger a, int expected, int value) {
    if (a instanceof SharedAtomicInteger s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.compareAndSet(expected, value);
  }

  /** {@link AtomicInteger#weakCompareAndSet}. */
  @SuppressWarnings("deprecation")
  public static boolean weakCompareAndSet(AtomicInteger a, int expected, int value) {
    if (a instanceof SharedAtomicInteger s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSet(expected, value);
  }

  /** {@link AtomicInteger#weakCompareAndSetPlain}. */
  public static boolean weakCompareAndSetPlain(AtomicInteger a, int expected, int value) {
    if (a instanceof SharedAtomicInteger s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSetPlain(expected, value);
  }

  /** {@link AtomicInteger#weakCompareAndSetVolatile}. */
  public static boolean weakCompareAndSetVolatile(AtomicInteger a, int expected, int value) {
    if (a instanceof SharedAtomicInteger s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSetVolatile(expected, value);
  }

  /** {@link AtomicInteger#weakCompareAndSetAcquire}. */
  public static boolean weakCompareAndSetAcquire(AtomicInteger a, int expected, int value) {
    if (a instanceof SharedAtomicInteger s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSetAcquire(expected, value);
  }

  /** {@link AtomicInteger#weakCompareAndSetRelease}. */
  public static boolean weakCompareAndSetRelease(AtomicInteger a, int expected, int value) {
    if (a instanceof SharedAtomicInteger s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSetRelease(expected, value);
  }

  /** {@link AtomicInteger#compareAndExchange}. */
  public static int compareAndExchange(AtomicInteger a, int expected, int value) {
    if (a instanceof SharedAtomicInteger s) {
      return s.compareExchange(expected, value);
    }
    return a.compareAndExchange(expected, value);
  }

  /** {@link AtomicInteger#compareAndExchangeAcquire}. */
  public static int compareAndExchangeAcquire(AtomicInteger a, int expected, int value) {
    if (a instanceof SharedAtomicInteger s) {
      return s.compareExchange(expected, value);
    }
    return a.compareAndExchangeAcquire(expected, value);
  }

  /** {@link AtomicInteger#compareAndExchangeRelease}. */
  public static int compareAndExchangeRelease(AtomicInteger a, int expected, int value) {
    if (a instanceof SharedAtomicInteger s) {
      return s.compareExchange(expected, value);
    }
    return a.compareAndExchangeRelease(expected, value);
  }

  /** {@link AtomicInteger#getAndIncrement}. */
  public static int getAndIncrement(AtomicInteger a) {
    if (a instanceof SharedAtomicInteger s) {
      return s.addTo(1);
    }
    return a.getAndIncrement();
  }

  /** {@link AtomicInteger#getAndDecrement}. */
  public static int getAndDecrement(AtomicInteger a) {
    if (a instanceof SharedAtomicInteger s) {
      return s.addTo(-1);
    }
    return a.getAndDecrement();
  }

  /** {@link AtomicInteger#incrementAndGet}. */
  public static int incrementAndGet(AtomicInteger a) {
    if (a instanceof SharedAtomicInteger s) {
      return s.addTo(1) + 1;
    }
    return a.incrementAndGet();
  }

  /** {@link AtomicInteger#decrementAndGet}. */
  public static int decrementAndGet(AtomicInteger a) {
    if (a instanceof SharedAtomicInteger s) {
      return s.addTo(-1) - 1;
    }
    return a.decrementAndGet();
  }

  /** {@link AtomicInteger#getAndAdd}. */
  public static int getAndAdd(AtomicInteger a, int delta) {
    if (a instanceof SharedAtomicInteger s) {
      return s.addTo(delta);
    }
    return a.getAndAdd(delta);
  }

  /** {@link AtomicInteger#addAndGet}. */
  public static int addAndGet(AtomicInteger a, int delta) {
    if (a instanceof SharedAtomicInteger s) {
      return s.addTo(delta) + delta;
    }
    return a.addAndGet(delta);
  }

  /** {@link AtomicInteger#getAndUpdate}. */
  public static int getAndUpdate(AtomicInteger a, IntUnaryOperator update) {
    if (a instanceof SharedAtomicInteger s) {
      while (true) {
        int before = s.read();
        int after = update.applyAsInt(before);
        if (s.compareExchange(before, after) == before) {
          return before;
        }
      }
    }
    return a.getAndUpdate(update);
  }

  /** {@link AtomicInteger#updateAndGet}. */
  public static int updateAndGet(AtomicInteger a, IntUnaryOperator update) {
    if (a instanceof SharedAtomicInteger s) {
      while (true) {
        int before = s.read();
        int after = update.applyAsInt(before);
        if (s.compareExchange(before, after) == before) {
          return after;
        }
      }
    }
    return a.updateAndGet(update);
  }

  /** {@link AtomicInteger#getAndAccumulate}. */
  public static int getAndAccumulate(AtomicInteger a, int x, IntBinaryOperator accumulator) {
    if (a instanceof SharedAtomicInteger s) {
      while (true) {
        int before = s.read();
        int after = accumulator.applyAsInt(before, x);
        if (s.compareExchange(before, after) == before) {
          return before;
        }
      }
    }
    return a.getAndAccumulate(x, accumulator);
  }

  /** {@link AtomicInteger#accumulateAndGet}. */
  public static int accumulateAndGet(AtomicInteger a, int x, IntBinaryOperator accumulator) {
    if (a instanceof SharedAtomicInteger s) {
      while (true) {
        int before = s.read();
        int after = accumulator.applyAsInt(before, x);
        if (s.compareExchange(before, after) == before) {
          return after;
        }
      }
    }
    return a.accumulateAndGet(x, accumulator);
  }
}
