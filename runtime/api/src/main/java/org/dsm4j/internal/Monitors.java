package org.dsm4j.internal;

import java.util.concurrent.TimeUnit;

/**
 * The monitors of shared things, as {@code synchronized}, {@code wait} and {@code notify} of
 * rewritten code use them.
 *
 * <p>What is shared has the cluster's lock for a monitor, which excludes the threads of this node
 * too; its local monitor is never taken, so {@code wait} has none to leave. The {@code
 * monitorenter} and {@code monitorexit} instructions stay, on a <i>stand-in</i>: an object that
 * only the calling thread has. So the JVM sees locking as structured as before.
 *
 * <p>{@link #enter} and {@link #exited} are called for every monitor of the program, so the
 * question whether this one is shared must cost next to nothing: only plain {@code Object}s,
 * classes and arrays can be.
 */
public final class Monitors {
  /** Marks ids made from addresses, so that they never meet those of names. */
  private static final long ADDRESS_MARK = 1L << 62;

  private static final int NANOS_PER_MILLI = 1_000_000;

  private static volatile LockObjects lockObjects = new LockObjects();

  private static final ThreadLocal<StandIn> STAND_INS =
      ThreadLocal.withInitial(() -> new StandIn(0));

  /** What a thread locks instead of anything shared; has a class of its own for heap dumps. */
  private static final class StandIn {
    /** Of what it stands for; 0 if whoever exits says what that is. */
    final long id;

    StandIn(long id) {
      this.id = id;
    }
  }

  private Monitors() {}

  /**
   * Before a monitorenter: takes the cluster's lock of what is shared.
   *
   * @return what the instruction is to lock: the argument, if it is not shared (or null)
   */
  public static Object enter(Object monitor) {
    return mayBeShared(monitor) ? enterShared(monitor) : monitor;
  }

  /**
   * The same.
   *
   * @param whenNull what the exception says if the argument is null
   */
  public static Object enter(Object monitor, String whenNull) {
    if (monitor == null) {
      throw Nulls.ofMonitor(whenNull);
    }
    return enter(monitor);
  }

  private static Object enterShared(Object monitor) {
    long id = id(monitor);
    if (id == 0) {
      return monitor;
    }
    StandIn standIn = STAND_INS.get();
    Runtimes.current().monitorEnter(id);
    return standIn;
  }

  /**
   * After a monitorexit: gives back what {@link #enter} took. Never throws but where the stack is
   * at its end: a lock that cannot be given back is that of a node that was lost, which whoever
   * wants it learns.
   */
  public static void exited(Object monitor) {
    if (mayBeShared(monitor)) {
      giveBack(monitor);
    }
  }

  /**
   * As {@link #enter(Object, String)}, for code that hands what it has locked to {@link #unlocked}:
   * in classes that are rewritten by native code ({@code dsm_class_patch.h}).
   */
  public static Object lock(Object monitor, String whenNull) {
    if (monitor == null) {
      throw Nulls.ofMonitor(whenNull);
    }
    long id = mayBeShared(monitor) ? id(monitor) : 0;
    if (id == 0) {
      return monitor;
    }
    StandIn standIn = new StandIn(id);
    Runtimes.current().monitorEnter(id);
    return standIn;
  }

  /** After a monitorexit: gives back what {@link #lock} took; never throws, as {@link #exited}. */
  public static void unlocked(Object locked) {
    if (locked instanceof StandIn standIn) {
      giveBack(standIn.id);
    }
  }

  /**
   * Before a monitorexit, of code that does not keep what it locked in a variable: the same, and
   * what {@code enter} returned.
   */
  public static Object exit(Object monitor) {
    return mayBeShared(monitor) && giveBack(monitor) ? STAND_INS.get() : monitor;
  }

  private static boolean giveBack(Object monitor) {
    long id = id(monitor);
    if (id != 0) {
      giveBack(id);
    }
    return id != 0;
  }

  private static void giveBack(long id) {
    try {
      Runtimes.current().monitorExit(id);
    } catch (RuntimeException lost) {
      return;
    }
  }

  /** {@link Thread#holdsLock}. */
  public static boolean holdsLock(Object monitor) {
    long id = idOrZero(monitor);
    return id == 0 ? Thread.holdsLock(monitor) : Runtimes.current().monitorHeld(id);
  }

  /** {@link Object#wait()}. */
  public static void await(Object monitor) throws InterruptedException {
    long id = idOrZero(monitor);
    if (id == 0) {
      monitor.wait();
    } else {
      Runtimes.current().monitorWait(id, 0);
    }
  }

  /** {@link Object#wait(long)}. */
  public static void await(Object monitor, long millis) throws InterruptedException {
    long id = idOrZero(monitor);
    if (id == 0) {
      monitor.wait(millis);
      return;
    }
    if (millis < 0) {
      throw new IllegalArgumentException("timeout value is negative");
    }
    Runtimes.current().monitorWait(id, TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** {@link Object#wait(long, int)}. */
  public static void await(Object monitor, long millis, int nanos) throws InterruptedException {
    long id = idOrZero(monitor);
    if (id == 0) {
      monitor.wait(millis, nanos);
      return;
    }
    if (millis < 0) {
      throw new IllegalArgumentException("timeoutMillis value is negative");
    }
    if (nanos < 0 || nanos >= NANOS_PER_MILLI) {
      throw new IllegalArgumentException("nanosecond timeout value out of range");
    }
    long all = TimeUnit.MILLISECONDS.toNanos(millis);
    Runtimes.current().monitorWait(id, all > Long.MAX_VALUE - nanos ? all : all + nanos);
  }

  /** {@link Object#notify}. */
  public static void signal(Object monitor) {
    long id = idOrZero(monitor);
    if (id == 0) {
      monitor.notify();
    } else {
      Runtimes.current().monitorNotify(id, false);
    }
  }

  /** {@link Object#notifyAll}. */
  public static void signalAll(Object monitor) {
    long id = idOrZero(monitor);
    if (id == 0) {
      monitor.notifyAll();
    } else {
      Runtimes.current().monitorNotify(id, true);
    }
  }

  /**
   * Makes the monitor of an object that a shared static final field holds the cluster's monitor of
   * that name.
   */
  public static void register(Object lock, String name) {
    long id = Runtimes.current().nameId("lock:" + name);
    synchronized (Monitors.class) {
      lockObjects = lockObjects.with(lock, id);
    }
  }

  private static boolean mayBeShared(Object monitor) {
    if (monitor == null) {
      return false;
    }
    Class<?> type = monitor.getClass();
    return type == Object.class
        || type == Class.class
        || type.isArray()
        || monitor instanceof SharedInstance;
  }

  private static long idOrZero(Object monitor) {
    return mayBeShared(monitor) ? id(monitor) : 0;
  }

  /** The cluster-wide id of a monitor, or 0 if it is an ordinary one. */
  private static long id(Object monitor) {
    if (monitor instanceof Class<?> type) {
      SharedClass shared = SharedClasses.find(type);
      return shared != null && shared.hasStatics() ? shared.monitor() : 0;
    }
    if (monitor.getClass() == Object.class) {
      return lockObjects.id(monitor);
    }
    if (monitor instanceof SharedInstance) {
      return Instances.address(monitor) >>> 4 | ADDRESS_MARK;
    }
    Object holder = Tokens.holder(monitor);
    return holder == null ? 0 : Tokens.address(holder) >>> 4 | ADDRESS_MARK;
  }
}
