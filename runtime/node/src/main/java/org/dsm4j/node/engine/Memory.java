package org.dsm4j.node.engine;

import jdk.internal.misc.Unsafe;

/**
 * Raw memory. {@code jdk.internal.misc} is exported to this code's module by the agent (or by
 * {@code --add-exports} in tests).
 */
public final class Memory {
  /** The JDK's own; its accesses are intrinsics, and a fault in one is an ordinary fault. */
  public static final Unsafe UNSAFE = Unsafe.getUnsafe();

  private Memory() {}

  /** Size of a page of this machine in bytes. */
  public static int pageBytes() {
    return UNSAFE.pageSize();
  }
}
