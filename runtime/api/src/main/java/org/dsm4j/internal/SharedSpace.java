package org.dsm4j.internal;

/** The shared address space as references in it see it: an offset from its base, 0 for null. */
final class SharedSpace {
  /** First address; fixed once the node runs, a constant to the JIT. */
  static final long BASE = Runtimes.current().base();

  private SharedSpace() {}

  static long reference(long address) {
    return address - BASE;
  }

  static long address(long reference) {
    return reference + BASE;
  }
}
