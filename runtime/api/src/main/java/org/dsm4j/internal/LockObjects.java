package org.dsm4j.internal;

import java.util.Arrays;
import java.util.IdentityHashMap;

/**
 * The objects of this node whose monitors are the cluster's, and their ids. Most plain objects that
 * a program locks are not among them, and there are few or none: so these few are compared one by
 * one, which is faster than an identity hash code. Immutable.
 */
final class LockObjects {
  private static final int FEW = 8;

  private final Object[] few;
  private final long[] ids;

  /** All of them, or null if there are few. */
  private final IdentityHashMap<Object, Long> many;

  LockObjects() {
    this(new Object[0], new long[0], null);
  }

  private LockObjects(Object[] few, long[] ids, IdentityHashMap<Object, Long> many) {
    this.few = few;
    this.ids = ids;
    this.many = many;
  }

  /** These, and another one. */
  LockObjects with(Object lock, long id) {
    Object[] objects = Arrays.copyOf(few, few.length + 1);
    long[] numbers = Arrays.copyOf(ids, ids.length + 1);
    objects[few.length] = lock;
    numbers[few.length] = id;
    IdentityHashMap<Object, Long> all = null;
    if (objects.length > FEW) {
      all = new IdentityHashMap<>();
      for (int i = 0; i < objects.length; i++) {
        all.put(objects[i], numbers[i]);
      }
    }
    return new LockObjects(objects, numbers, all);
  }

  /** The id of an object, or 0 if it is none of these. */
  long id(Object object) {
    if (many != null) {
      Long id = many.get(object);
      return id == null ? 0 : id;
    }
    for (int i = 0; i < few.length; i++) {
      if (few[i] == object) {
        return ids[i];
      }
    }
    return 0;
  }
}
