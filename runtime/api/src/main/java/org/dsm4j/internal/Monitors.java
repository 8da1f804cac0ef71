package org.dsm4j.internal;

import java.util.IdentityHashMap;
import org.dsm4j.DsmException;

/**
 * The monitors of shared things, as {@code synchronized} uses them: the thread takes the local
 * monitor, then the cluster's lock, and gives them back in the opposite order, so that the JIT
 * still sees structured locking. Called for every monitor, so the question whether this one is
 * shared must cost next to nothing: only plain {@code Object}s, classes and arrays can be.
 */
public final class Monitors {
  /** Marks ids made from addresses, so that they never meet those of names. */
  private static final long ADDRESS_MARK = 1L << 62;

  /**
   * Lock objects of this node and their cluster-wide ids; replaced as a whole when one is added.
   */
  private static volatile IdentityHashMap<Object, Long> lockObjects = new IdentityHashMap<>();

  private Monitors() {}

  /** After a monitorenter. */
  public static void entered(Object monitor) {
    if (mayBeShared(monitor)) {
      long id = id(monitor);
      if (id != 0) {
        Runtimes.current().monitorEnter(id);
      }
    }
  }

  /**
   * Before a monitorexit. Does nothing when the cluster's lock is not held: {@link #entered}
   * failed, and that is on its way.
   */
  public static void exiting(Object monitor) {
    if (mayBeShared(monitor)) {
      long id = id(monitor);
      if (id != 0 && Runtimes.current().monitorHeld(id)) {
        Runtimes.current().monitorExit(id);
      }
    }
  }

  /** {@link Object#wait()}. */
  public static void await(Object monitor) throws InterruptedException {
    refuse(monitor, "wait");
    monitor.wait();
  }

  /** {@link Object#wait(long)}. */
  public static void await(Object monitor, long millis) throws InterruptedException {
    refuse(monitor, "wait");
    monitor.wait(millis);
  }

  /** {@link Object#wait(long, int)}. */
  public static void await(Object monitor, long millis, int nanos) throws InterruptedException {
    refuse(monitor, "wait");
    monitor.wait(millis, nanos);
  }

  /** {@link Object#notify}. */
  public static void signal(Object monitor) {
    refuse(monitor, "notify");
    monitor.notify();
  }

  /** {@link Object#notifyAll}. */
  public static void signalAll(Object monitor) {
    refuse(monitor, "notifyAll");
    monitor.notifyAll();
  }

  /**
   * Makes the monitor of an object that a shared static final field holds the cluster's monitor of
   * that name.
   */
  public static void register(Object lock, String name) {
    long id = Runtimes.current().nameId("lock:" + name);
    synchronized (Monitors.class) {
      IdentityHashMap<Object, Long> more = new IdentityHashMap<>(lockObjects);
      more.put(lock, id);
      lockObjects = more;
    }
  }

  private static void refuse(Object monitor, String method) {
    if (mayBeShared(monitor) && id(monitor) != 0) {
      throw new DsmException(
          "Object."
              + method
              + " on a cluster-wide monitor comes with release consistency and is not in this version; use a DsmBarrier or"
              + " poll a volatile @Shared static field");
    }
  }

  private static boolean mayBeShared(Object monitor) {
    Class<?> type = monitor.getClass();
    return type == Object.class
        || type == Class.class
        || type.isArray()
        || monitor instanceof SharedInstance;
  }

  /** The cluster-wide id of a monitor, or 0 if it is an ordinary one. */
  private static long id(Object monitor) {
    if (monitor instanceof Class<?> type) {
      SharedClass shared = SharedClasses.find(type);
      return shared != null && shared.hasStatics() ? shared.monitor() : 0;
    }
    if (monitor.getClass() == Object.class) {
      Long id = lockObjects.get(monitor);
      return id == null ? 0 : id;
    }
    if (monitor instanceof SharedInstance) {
      return Instances.address(monitor) >>> 4 | ADDRESS_MARK;
    }
    Object holder = Tokens.holder(monitor);
    return holder == null ? 0 : Tokens.address(holder) >>> 4 | ADDRESS_MARK;
  }
}
