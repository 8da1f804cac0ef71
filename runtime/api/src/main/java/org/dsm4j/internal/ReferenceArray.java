package org.dsm4j.internal;

import java.lang.ref.WeakReference;

/**
 * A shared array of references: what its token, an empty array of the right class, stands for.
 * Remembers what it decoded last, per element, as long as the collector lets it. Thread-safe.
 */
public final class ReferenceArray extends Seen {
  private static final int REMEMBERED_MAX = 1 << 16;

  final int kind;

  /** The token's identity hash code; written by {@link TokenTable}. */
  int identity;

  /** The class of what its elements may refer to. */
  private final Class<?> component;

  private int length;
  private WeakReference<Remembered[]> remembered = new WeakReference<>(null);

  ReferenceArray(Object[] token, long address, int length, int kind) {
    super(address, token);
    this.component = token.getClass().getComponentType();
    this.length = length;
    this.kind = kind;
  }

  /** Its length; {@link Tokens#FREED} if it was freed. */
  int length() {
    return length;
  }

  void markFreed() {
    length = Tokens.FREED;
  }

  /** What element {@code index} refers to. */
  Object load(int index) {
    return load(index, remembered.get());
  }

  /**
   * The same.
   *
   * @param cache what {@link #remembered()} returned, or null
   */
  Object load(int index, Remembered[] cache) {
    long reference = Memory.U.getLong(null, at(index));
    if (reference == 0) {
      return null;
    }
    if (cache != null) {
      Remembered last = cache[index & cache.length - 1];
      if (last != null && last.reference == reference) {
        return last.value;
      }
    }
    return decode(index, reference, cache);
  }

  private Object decode(int index, long reference, Remembered[] cache) {
    Object value = References.decode(reference, this);
    Remembered[] into = cache == null ? remembered() : cache;
    into[index & into.length - 1] = new Remembered(reference, value);
    return value;
  }

  /** What was decoded last, for one who reads many elements. */
  Remembered[] remembered() {
    Remembered[] known = remembered.get();
    if (known == null) {
      int most = Math.min(length, REMEMBERED_MAX);
      known = new Remembered[Integer.highestOneBit(Math.max(most, 1) * 2 - 1)];
      remembered = new WeakReference<>(known);
    }
    return known;
  }

  /**
   * Makes element {@code index} refer to the value.
   *
   * @throws ArrayStoreException as Java
   */
  void store(int index, Object value) {
    long at = at(index);
    if (value != null && !component.isInstance(value)) {
      throw new ArrayStoreException(value.getClass().getName());
    }
    Memory.U.putLong(null, at, References.encode(value, this));
  }

  private long at(int index) {
    int bound = length;
    if (index < 0 || index >= bound) {
      throw Failures.index(index, bound);
    }
    return address + ((long) index << Kinds.REFERENCE_SHIFT);
  }

  /** As messages name a place in it. */
  @Override
  public String toString() {
    return "a shared " + component.getTypeName() + "[]";
  }
}
