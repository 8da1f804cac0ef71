package org.dsm4j.internal;

import java.util.AbstractList;
import java.util.RandomAccess;

/**
 * {@link java.util.Arrays#asList} of a shared array: what is set in the one shows in the other. As
 * thread-safe as the array.
 */
final class ArrayView<E> extends AbstractList<E> implements RandomAccess {
  private final E[] array;

  ArrayView(E[] array) {
    this.array = array;
  }

  @Override
  @SuppressWarnings("unchecked")
  public E get(int index) {
    return (E) Rows.load(array, index);
  }

  @Override
  public E set(int index, E element) {
    E old = get(index);
    Rows.store(array, index, element);
    return old;
  }

  @Override
  public int size() {
    return Rows.length(array);
  }

  @Override
  public Object[] toArray() {
    return java.util.Arrays.copyOf((Object[]) ArrayCalls.cloneOf(array), size(), Object[].class);
  }
}
