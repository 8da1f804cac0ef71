package org.dsm4j.internal;

import java.util.HashSet;
import java.util.Set;

/**
 * The addresses of what was freed last: a reference to it that this node reads later is told apart
 * from one to what has not arrived yet. Of those beyond {@link #MOST} the oldest are forgotten;
 * then the memory itself tells, or the reader waits in vain and is told so. Thread-safe.
 */
final class FreedBlocks {
  private static final int MOST = 1 << 14;

  private final long[] addresses = new long[MOST];
  private final Set<Long> known = new HashSet<>();
  private int next;

  synchronized void add(long address) {
    known.remove(addresses[next]);
    addresses[next] = address;
    next = next + 1 & MOST - 1;
    known.add(address);
  }

  synchronized boolean contains(long address) {
    return known.contains(address);
  }
}
