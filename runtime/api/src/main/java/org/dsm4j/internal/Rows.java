package org.dsm4j.internal;

import org.dsm4j.NotShareableException;

/**
 * Access to the rows of arrays that may be shared arrays of arrays. The static type is {@code
 * Object[]}: rewritten code casts what it loads.
 */
public final class Rows {
  private Rows() {}

  /** {@code rows[index]}. */
  public static Object load(Object[] rows, int index) {
    Object marker = Tokens.marker(rows);
    return marker == null ? rows[index] : loadShared(rows, marker, index);
  }

  /** {@code rows[index] = row}. */
  public static void store(Object[] rows, int index, Object row) {
    Object marker = Tokens.marker(rows);
    if (marker == null) {
      rows[index] = row;
    } else {
      Memory.U.putLong(null, slot(marker, index), referenceTo(rows, row, false));
    }
  }

  /**
   * {@code rows[index] = row}, where the row was just created and is known to nobody else: it is
   * created shared if the outer array is shared.
   */
  public static void storeFresh(Object[] rows, int index, Object row) {
    Object marker = Tokens.marker(rows);
    if (marker == null) {
      rows[index] = row;
    } else {
      long slot = slot(marker, index);
      Memory.U.putLong(null, slot, referenceTo(rows, row, true));
    }
  }

  /** {@code rows.length}. */
  public static int length(Object[] rows) {
    Object marker = Tokens.marker(rows);
    return marker == null ? rows.length : Failures.checkLive(Tokens.length(marker));
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
    return address == 0 ? 0 : Tokens.length(rows[0]);
  }

  /** {@code rows.length}, with hoisted address and length. */
  public static int length(Object[] rows, long address, int length) {
    return address == 0 ? rows.length : Failures.checkLive(length);
  }

  private static Object loadShared(Object[] rows, Object marker, int index) {
    return row(rows, index, Memory.U.getLong(null, slot(marker, index)));
  }

  /**
   * The token of a row, from its reference: the one that the outer token remembers, if it is still
   * the same row.
   */
  private static Object row(Object[] rows, int index, long reference) {
    if (reference == 0) {
      return null;
    }
    long address = SharedSpace.address(reference);
    Object cached = rows[index + 1];
    if (cached != null && Tokens.address(cached) == address) {
      return cached;
    }
    Object token = Tokens.at(address);
    rows[index + 1] = token;
    return token;
  }

  private static long slot(Object marker, int index) {
    int length = Tokens.length(marker);
    if (index < 0 || index >= length) {
      throw Failures.index(index, length);
    }
    return Tokens.address(marker) + ((long) index << Kinds.REFERENCE_SHIFT);
  }

  private static long referenceTo(Object[] rows, Object row, boolean fresh) {
    if (row == null) {
      return 0;
    }
    if (!rows.getClass().getComponentType().isInstance(row)) {
      throw new ArrayStoreException(row.getClass().getName());
    }
    Object holder = Tokens.holder(row);
    if (holder == null && fresh) {
      holder = SharedArrays.copyOf(row);
    }
    if (holder == null) {
      throw new NotShareableException(
          "a heap array was stored as a row of a shared "
              + rows.getClass().getTypeName()
              + "; create the row with new @Shared, or store Dsm.share(row)");
    }
    Failures.checkLive(Tokens.length(holder));
    Memory.U.storeFence();
    return SharedSpace.reference(Tokens.address(holder));
  }
}
