package org.dsm4j.internal;

/**
 * Access to the elements of arrays of references that may be shared. The static type is {@code
 * Object[]}: rewritten code casts what it loads. Arrays of arrays of a primitive type remember the
 * tokens of their rows themselves; all others are empty tokens (see {@link Tokens}), so only an
 * empty array is ever looked up.
 */
public final class Rows {
  private Rows() {}

  /** {@code rows[index]}. */
  public static Object load(Object[] rows, int index) {
    Object holder = Tokens.holder(rows);
    if (holder == null) {
      return rows[index];
    }
    return holder instanceof ReferenceArray array
        ? array.load(index)
        : loadRow(rows, holder, index);
  }

  /** {@code rows[index] = row}. */
  public static void store(Object[] rows, int index, Object row) {
    Object holder = Tokens.holder(rows);
    if (holder == null) {
      rows[index] = row;
    } else {
      storeShared(rows, holder, index, row);
    }
  }

  /**
   * {@code rows[index] = row}, where the row is an array that was just created and is known to
   * nobody else: it is created shared if the outer array is shared.
   */
  public static void storeFresh(Object[] rows, int index, Object row) {
    Object holder = Tokens.holder(rows);
    if (holder == null) {
      rows[index] = row;
    } else {
      check(rows, holder, index, row);
      storeShared(rows, holder, index, ArrayCalls.shared(row));
    }
  }

  /** The same where the arrays in the row are as new as it is. */
  public static void storeFreshRows(Object[] rows, int index, Object row) {
    Object holder = Tokens.holder(rows);
    if (holder == null) {
      rows[index] = row;
    } else {
      check(rows, holder, index, row);
      storeShared(rows, holder, index, ArrayCalls.sharedRows(row));
    }
  }

  /** {@code rows.length}. */
  public static int length(Object[] rows) {
    Object holder = Tokens.holder(rows);
    return holder == null ? rows.length : Failures.checkLive(Tokens.length(holder));
  }

  /** {@code rows[index]}, with hoisted address and length. */
  public static Object load(Object[] rows, int index, long address, int length) {
    if (address == 0) {
      return rows[index];
    }
    if (index < 0 || index >= length) {
      return load(rows, index);
    }
    return row(
        rows, index, Memory.U.getLong(null, address + ((long) index << Kinds.REFERENCE_SHIFT)));
  }

  /** The hoisted address of {@code rows}; see {@link Elements}. */
  public static long address(Object[] rows) {
    Object marker = rows == null ? null : Tokens.marker(rows);
    return marker == null ? 0 : Tokens.address(marker);
  }

  /** The hoisted length of {@code rows}. */
  public static int fastLength(Object[] rows) {
    Object marker = rows == null ? null : Tokens.marker(rows);
    return marker == null ? 0 : Tokens.length(marker);
  }

  /** The hoisted length of {@code rows}, after a call. */
  public static int fastLength(Object[] rows, long address) {
    return address == 0 ? 0 : Tokens.length(Tokens.marker(rows));
  }

  /** {@code rows.length}, with hoisted address and length. */
  public static int length(Object[] rows, long address, int length) {
    return address == 0 ? rows.length : length > 0 ? length : length(rows);
  }

  // ---- arrays that can be no arrays of arrays of a primitive type

  /** {@code array[index]}. */
  public static Object loadElement(Object[] array, int index) {
    ReferenceArray holder = array.length != 0 ? null : TokenTable.find(array);
    return holder == null ? array[index] : holder.load(index);
  }

  /** {@code array[index] = value}. */
  public static void storeElement(Object[] array, int index, Object value) {
    ReferenceArray holder = array.length != 0 ? null : TokenTable.find(array);
    if (holder == null) {
      array[index] = value;
    } else {
      holder.store(index, value);
    }
  }

  /** {@code array.length}. */
  public static int lengthOfElements(Object[] array) {
    int length = array.length;
    ReferenceArray holder = length != 0 ? null : TokenTable.find(array);
    return holder == null ? length : Failures.checkLive(holder.length());
  }

  /** The hoisted holder; null for null and heap arrays, and where nothing is known. */
  public static ReferenceArray holder(Object[] array) {
    return array == null || array.length != 0 ? null : TokenTable.find(array);
  }

  /** What the hoisted holder remembers; null if there is none. */
  public static Remembered[] remembered(ReferenceArray holder) {
    return holder == null ? null : holder.remembered();
  }

  /** {@code array[index]}, with the hoisted holder and what it remembers. */
  public static Object loadElement(
      Object[] array, int index, ReferenceArray holder, Remembered[] remembered) {
    return holder == null ? loadElement(array, index) : holder.load(index, remembered);
  }

  /** {@code array[index] = value}. */
  public static void storeElement(
      Object[] array, int index, Object value, ReferenceArray holder, Remembered[] remembered) {
    if (holder == null) {
      storeElement(array, index, value);
    } else {
      holder.store(index, value);
    }
  }

  /** {@code array.length}. */
  public static int lengthOfElements(
      Object[] array, ReferenceArray holder, Remembered[] remembered) {
    return holder == null ? lengthOfElements(array) : Failures.checkLive(holder.length());
  }

  private static Object loadRow(Object[] rows, Object marker, int index) {
    return row(rows, index, Memory.U.getLong(null, slot(marker, index)));
  }

  /**
   * The token of a row, from its reference: the one that the outer token remembers, if it is still
   * the same row.
   */
  static Object row(Object[] rows, int index, long reference) {
    if (reference == 0) {
      return null;
    }
    Object cached = rows[index + 1];
    if (cached != null && SharedSpace.isOf(reference, Tokens.address(Tokens.holder(cached)))) {
      return cached;
    }
    Object token = at(reference, rows);
    rows[index + 1] = token;
    return token;
  }

  /** The token that a reference in another array names. */
  static Object at(long reference, Object[] rows) {
    try {
      return Tokens.at(SharedSpace.address(reference));
    } catch (TornReference torn) {
      throw torn.at("a shared " + rows.getClass().getComponentType().getTypeName() + "[]");
    }
  }

  private static long slot(Object marker, int index) {
    int length = Tokens.length(marker);
    if (index < 0 || index >= length) {
      throw Failures.index(index, length);
    }
    return Tokens.address(marker) + ((long) index << Kinds.REFERENCE_SHIFT);
  }

  private static void storeShared(Object[] rows, Object holder, int index, Object row) {
    if (holder instanceof ReferenceArray array) {
      array.store(index, row);
      return;
    }
    check(rows, holder, index, row);
    long slot = slot(holder, index);
    Memory.U.putLong(null, slot, References.encode(row, new Place(rows)));
  }

  /** In the order of the JVM: the index, then the element's class. */
  private static void check(Object[] rows, Object holder, int index, Object row) {
    int length = Tokens.length(holder);
    if (index < 0 || index >= length) {
      throw Failures.index(index, length);
    }
    if (row != null && !rows.getClass().getComponentType().isInstance(row)) {
      throw new ArrayStoreException(row.getClass().getName());
    }
  }

  /** A row of an array, as messages name it. */
  private record Place(Object[] rows) {
    @Override
    public String toString() {
      return "a row of a shared " + rows.getClass().getTypeName();
    }
  }
}
