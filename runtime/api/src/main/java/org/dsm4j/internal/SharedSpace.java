package org.dsm4j.internal;

/**
 * The shared address space as references in it see it: an offset from its base in the lower 48
 * bits, a check of that in the upper 16; 0 for null.
 *
 * <p>Nodes exchange the bytes that they changed (ADR 32), so what two of them store into one place
 * at once, without synchronization, may be left as a mix of both. The check tells a mix from a
 * reference that somebody stored, but for one in 65,536.
 */
final class SharedSpace {
  /** First address; fixed once the node runs, a constant to the JIT. */
  static final long BASE = Runtimes.current().base();

  private static final int CHECK_BITS = 16;
  private static final int CHECK_SHIFT = Long.SIZE - CHECK_BITS;

  /** Spreads every bit of an offset over the upper ones (Knuth, TAOCP 3, 6.4). */
  private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

  private SharedSpace() {}

  static long reference(long address) {
    long offset = address - BASE;
    return offset | check(offset) << CHECK_SHIFT;
  }

  private static long check(long offset) {
    return offset * SPREAD >>> CHECK_SHIFT;
  }

  private static long offset(long reference) {
    return reference << CHECK_BITS >>> CHECK_BITS;
  }

  /**
   * The address that a reference has.
   *
   * @throws TornReference if nobody ever stored it
   */
  static long address(long reference) {
    long offset = offset(reference);
    if (check(offset) != reference >>> CHECK_SHIFT) {
      throw new TornReference(reference);
    }
    return offset + BASE;
  }

  /** Whether the reference is, but for its check, that of an address. */
  static boolean isOf(long reference, long address) {
    return offset(reference) + BASE == address;
  }
}
