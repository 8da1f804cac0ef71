package org.dsm4j.internal;

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
 * Rule 10: {@code java.util.concurrent} objects in shared static final fields. The initializer
 * makes an ordinary one on every node, which says what it is and begins with; what the field holds
 * is a subclass, whose state the nodes share. The first node's one gives the state its first
 * values.
 */
public final class SharedConcurrent {
  private SharedConcurrent() {}

  /**
   * What a shared field holds instead of the object that it is assigned.
   *
   * @param value the object, of exactly one of the classes; or what one of the shared ones gave
   *     (its condition, its read lock)
   * @param name the field's cluster-wide name
   * @throws NotShareableException if it is something else
   */
  public static Object shared(Object value, String name) {
    if (value instanceof SharedReentrantLock || isPartOfShared(value)) {
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

  private static boolean isPartOfShared(Object value) {
    return value != null
        && value.getClass().getEnclosingClass() != null
        && (value.getClass().getEnclosingClass() == SharedReentrantLock.class
            || value.getClass().getEnclosingClass() == SharedReadWriteLock.class);
  }
}
