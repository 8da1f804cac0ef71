package org.dsm4j.internal;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BinaryOperator;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import java.util.function.UnaryOperator;

/**
 * The final methods of the atomic classes, to which calls in the program's classes are redirected:
 * on an ordinary object they do what they did; on a shared one, the same on shared memory, whatever
 * the ordering asked for with that of volatile accesses. Weak operations do not fail for no reason.
 *
 * <p>The rewriting finds them by name and type; the receiver is the first parameter.
 */
public final class AtomicCalls {
  private AtomicCalls() {}

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

  /** {@link AtomicBoolean#get}. */
  public static boolean get(AtomicBoolean a) {
    if (a instanceof SharedAtomicBoolean s) {
      return s.read();
    }
    return a.get();
  }

  /** {@link AtomicBoolean#getPlain}. */
  public static boolean getPlain(AtomicBoolean a) {
    if (a instanceof SharedAtomicBoolean s) {
      return s.read();
    }
    return a.getPlain();
  }

  /** {@link AtomicBoolean#getOpaque}. */
  public static boolean getOpaque(AtomicBoolean a) {
    if (a instanceof SharedAtomicBoolean s) {
      return s.read();
    }
    return a.getOpaque();
  }

  /** {@link AtomicBoolean#getAcquire}. */
  public static boolean getAcquire(AtomicBoolean a) {
    if (a instanceof SharedAtomicBoolean s) {
      return s.read();
    }
    return a.getAcquire();
  }

  /** {@link AtomicBoolean#set}. */
  public static void set(AtomicBoolean a, boolean value) {
    if (a instanceof SharedAtomicBoolean s) {
      s.write(value);
      return;
    }
    a.set(value);
  }

  /** {@link AtomicBoolean#lazySet}. */
  public static void lazySet(AtomicBoolean a, boolean value) {
    if (a instanceof SharedAtomicBoolean s) {
      s.write(value);
      return;
    }
    a.lazySet(value);
  }

  /** {@link AtomicBoolean#setPlain}. */
  public static void setPlain(AtomicBoolean a, boolean value) {
    if (a instanceof SharedAtomicBoolean s) {
      s.write(value);
      return;
    }
    a.setPlain(value);
  }

  /** {@link AtomicBoolean#setOpaque}. */
  public static void setOpaque(AtomicBoolean a, boolean value) {
    if (a instanceof SharedAtomicBoolean s) {
      s.write(value);
      return;
    }
    a.setOpaque(value);
  }

  /** {@link AtomicBoolean#setRelease}. */
  public static void setRelease(AtomicBoolean a, boolean value) {
    if (a instanceof SharedAtomicBoolean s) {
      s.write(value);
      return;
    }
    a.setRelease(value);
  }

  /** {@link AtomicBoolean#getAndSet}. */
  public static boolean getAndSet(AtomicBoolean a, boolean value) {
    if (a instanceof SharedAtomicBoolean s) {
      return s.exchange(value);
    }
    return a.getAndSet(value);
  }

  /** {@link AtomicBoolean#compareAndSet}. */
  public static boolean compareAndSet(AtomicBoolean a, boolean expected, boolean value) {
    if (a instanceof SharedAtomicBoolean s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.compareAndSet(expected, value);
  }

  /** {@link AtomicBoolean#weakCompareAndSetVolatile}. */
  public static boolean weakCompareAndSetVolatile(
      AtomicBoolean a, boolean expected, boolean value) {
    if (a instanceof SharedAtomicBoolean s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSetVolatile(expected, value);
  }

  /** {@link AtomicBoolean#weakCompareAndSetAcquire}. */
  public static boolean weakCompareAndSetAcquire(AtomicBoolean a, boolean expected, boolean value) {
    if (a instanceof SharedAtomicBoolean s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSetAcquire(expected, value);
  }

  /** {@link AtomicBoolean#weakCompareAndSetRelease}. */
  public static boolean weakCompareAndSetRelease(AtomicBoolean a, boolean expected, boolean value) {
    if (a instanceof SharedAtomicBoolean s) {
      return s.compareExchange(expected, value) == expected;
    }
    return a.weakCompareAndSetRelease(expected, value);
  }

  /** {@link AtomicBoolean#compareAndExchange}. */
  public static boolean compareAndExchange(AtomicBoolean a, boolean expected, boolean value) {
    if (a instanceof SharedAtomicBoolean s) {
      return s.compareExchange(expected, value);
    }
    return a.compareAndExchange(expected, value);
  }

  /** {@link AtomicBoolean#compareAndExchangeAcquire}. */
  public static boolean compareAndExchangeAcquire(
      AtomicBoolean a, boolean expected, boolean value) {
    if (a instanceof SharedAtomicBoolean s) {
      return s.compareExchange(expected, value);
    }
    return a.compareAndExchangeAcquire(expected, value);
  }

  /** {@link AtomicBoolean#compareAndExchangeRelease}. */
  public static boolean compareAndExchangeRelease(
      AtomicBoolean a, boolean expected, boolean value) {
    if (a instanceof SharedAtomicBoolean s) {
      return s.compareExchange(expected, value);
    }
    return a.compareAndExchangeRelease(expected, value);
  }

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
