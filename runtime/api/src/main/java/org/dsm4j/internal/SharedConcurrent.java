package org.dsm4j.internal;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.dsm4j.NotShareableException;

/**
 * Rule 10: {@code java.util.concurrent} objects in shared static fields; what such a field holds is
 * of a subclass, whose state the nodes share.
 *
 * <p>For a final field, the initializer makes an ordinary one on every node, or on one that tells
 * the others, which says what it is and begins with. The first node's one gives the state its first
 * values, and the field's name is that of the state.
 *
 * <p>A field that is not final refers to its object by a number, which the node that assigns it
 * gives out; every other node makes its own object of it when it first reads the number:
 *
 * <pre>
 *   type (4 bits) | node + 1 (20) | count of that node (32)
 * </pre>
 */
public final class SharedConcurrent {
  private static final int NODE_SHIFT = 32;
  private static final int TYPE_SHIFT = 52;

  /** Their places are part of the numbers. */
  private static final List<Class<?>> TYPES =
      List.of(
          AtomicInteger.class,
          AtomicLong.class,
          AtomicBoolean.class,
          AtomicReference.class,
          LongAdder.class,
          CountDownLatch.class,
          CyclicBarrier.class,
          Semaphore.class,
          ReentrantLock.class,
          ReentrantReadWriteLock.class);

  /** By number, and the numbers by object: an object stays, since it may hold a lock. */
  private static final Map<Long, Object> OBJECTS = new ConcurrentHashMap<>();

  private static final Map<Object, Long> NUMBERS = new ConcurrentHashMap<>();
  private static final AtomicInteger COUNT = new AtomicInteger();

  private SharedConcurrent() {}

  /**
   * What a shared field that is not final gets instead of the new object that it is assigned.
   *
   * @param value the object, which nobody else has yet; or null
   * @param place the field, as messages name it
   * @throws NotShareableException if it cannot be shared
   */
  public static Object fresh(Object value, String place) {
    int type = value == null ? -1 : TYPES.indexOf(value.getClass());
    if (type < 0) {
      return known(value, place);
    }
    if (value instanceof CyclicBarrier barrier && SharedCyclicBarrier.action(barrier) != null) {
      throw new NotShareableException(
          "a CyclicBarrier with an action was stored in "
              + place
              + ", which is not final: the other nodes do not know the action; make the field final, or let one of the"
              + " parties act between two waits");
    }
    long number =
        (long) type << TYPE_SHIFT
            | Runtimes.current().node() + 1L << NODE_SHIFT
            | COUNT.incrementAndGet() & 0xffff_ffffL;
    Object shared = shared(value, name(number));
    OBJECTS.put(number, shared);
    NUMBERS.put(shared, number);
    return shared;
  }

  /**
   * What a shared field that is not final may be assigned: what another such field holds, or null.
   *
   * @param place the field, as messages name it
   * @throws NotShareableException if it is anything else
   */
  public static Object known(Object value, String place) {
    if (value == null || number(value) != 0) {
      return value;
    }
    throw new NotShareableException(
        "a "
            + value.getClass().getName()
            + " that was made elsewhere was stored in "
            + place
            + ": who has it already would go on using one of this node; assign it in one expression, field = new ...");
  }

  /** The number of such an object, for a shared reference; 0 if it has none. */
  static long number(Object value) {
    Long number = value == null || NUMBERS.isEmpty() ? null : NUMBERS.get(value);
    return number == null ? 0 : number;
  }

  /** This node's object of a number. */
  static Object of(long number) {
    Object known = OBJECTS.get(number);
    if (known != null) {
      return known;
    }
    Object made = shared(example((int) (number >>> TYPE_SHIFT & 15), false), name(number));
    NUMBERS.put(made, number);
    Object earlier = OBJECTS.putIfAbsent(number, made);
    if (earlier == null) {
      return made;
    }
    NUMBERS.remove(made);
    return earlier;
  }

  /** An object of the type; the state that it would begin with is there already. */
  private static Object example(int type, boolean fair) {
    Class<?> wanted = TYPES.get(type);
    if (wanted == AtomicInteger.class) {
      return new AtomicInteger();
    } else if (wanted == AtomicLong.class) {
      return new AtomicLong();
    } else if (wanted == AtomicBoolean.class) {
      return new AtomicBoolean();
    } else if (wanted == AtomicReference.class) {
      return new AtomicReference<>();
    } else if (wanted == LongAdder.class) {
      return new LongAdder();
    } else if (wanted == CountDownLatch.class) {
      return new CountDownLatch(0);
    } else if (wanted == CyclicBarrier.class) {
      return new CyclicBarrier(1);
    } else if (wanted == Semaphore.class) {
      return new Semaphore(0, fair);
    }
    return wanted == ReentrantLock.class
        ? new ReentrantLock(fair)
        : new ReentrantReadWriteLock(fair);
  }

  private static String name(long number) {
    return "object " + Long.toHexString(number);
  }

  /**
   * What a shared field holds instead of the object that it is assigned.
   *
   * @param value the object, of exactly one of the classes; or what one of the shared ones gave
   *     (its condition, its read lock)
   * @param name the field's cluster-wide name
   * @throws NotShareableException if it is something else
   */
  public static Object shared(Object value, String name) {
    if (value instanceof SharedReentrantLock || isPartOfShared(value) || isShared(value)) {
      return value;
    }
    Class<?> type = value == null ? null : value.getClass();
    if (type == AtomicInteger.class) {
      return new SharedAtomicInteger(name, (AtomicInteger) value);
    } else if (type == AtomicLong.class) {
      return new SharedAtomicLong(name, (AtomicLong) value);
    } else if (type == AtomicBoolean.class) {
      return new SharedAtomicBoolean(name, (AtomicBoolean) value);
    } else if (type == AtomicReference.class) {
      return new SharedAtomicReference<>(name, (AtomicReference<?>) value);
    } else if (type == LongAdder.class) {
      return new SharedLongAdder(name, (LongAdder) value);
    } else if (type == CountDownLatch.class) {
      return new SharedCountDownLatch(name, (CountDownLatch) value);
    } else if (type == CyclicBarrier.class) {
      return new SharedCyclicBarrier(name, (CyclicBarrier) value);
    } else if (type == Semaphore.class) {
      return new SharedSemaphore(name, (Semaphore) value);
    } else if (type == ReentrantLock.class) {
      return new SharedReentrantLock(name, (ReentrantLock) value);
    } else if (type == ReentrantReadWriteLock.class) {
      return new SharedReadWriteLock(name, (ReentrantReadWriteLock) value);
    }
    throw new NotShareableException(
        "the shared field "
            + name
            + " is assigned "
            + (value == null ? "null" : "a " + type.getName())
            + "; assign it a new object of one of java.util.concurrent's classes that can be shared,"
            + " or a condition or read lock of a shared one");
  }

  /**
   * The same, for an expression that other nodes do not evaluate: tells them what it made.
   *
   * @throws NotShareableException also if it is a part of another shared object
   */
  public static Object announced(Object value, String name) {
    Object shared = shared(value, name);
    if (shared != value) {
      int kind = TYPES.indexOf(value.getClass());
      boolean fair =
          (value instanceof Semaphore semaphore && semaphore.isFair())
              || (value instanceof ReentrantLock lock && lock.isFair())
              || (value instanceof ReentrantReadWriteLock locks && locks.isFair());
      new SharedState("kind of " + name, SharedConcurrent.class, kind, fair ? 1 : 0);
    } else if (!isShared(value)) {
      throw new NotShareableException(
          "the shared field "
              + name
              + " is assigned a part of another shared object by an expression that calls other code, which one node"
              + " evaluates for all; write the condition or lock alone");
    }
    return shared;
  }

  /** What the field holds on a node that did not evaluate its expression. */
  public static Object adopted(String name) {
    SharedState announced = new SharedState("kind of " + name, SharedConcurrent.class, 0, 0);
    boolean fair = announced.get(1) != 0;
    Object like = example((int) announced.get(0), fair);
    return shared(like, name);
  }

  private static boolean isShared(Object value) {
    return value != null
        && value.getClass().getPackageName().equals(SharedConcurrent.class.getPackageName());
  }

  private static boolean isPartOfShared(Object value) {
    return value != null
        && value.getClass().getEnclosingClass() != null
        && (value.getClass().getEnclosingClass() == SharedReentrantLock.class
            || value.getClass().getEnclosingClass() == SharedReadWriteLock.class);
  }
}
