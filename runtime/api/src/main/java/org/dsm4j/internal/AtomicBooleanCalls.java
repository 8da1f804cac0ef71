package org.dsm4j.internal;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The final methods of {@link AtomicBoolean}, to which calls in the program's classes are
 * redirected: on an ordinary object they do what they did; on a shared one, the same on shared
 * memory, whatever the ordering asked for with that of volatile accesses. Weak operations do not
 * fail for no reason.
 *
 * <p>The rewriting finds them by name and type; the receiver is the first parameter.
 */
public final class AtomicBooleanCalls {
  private AtomicBooleanCalls() {}

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
}
