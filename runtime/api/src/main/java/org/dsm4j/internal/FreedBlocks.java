package org.dsm4j.internal;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The addresses of what was freed last: a reference to it that this node reads later is told apart
 * from one to what has not arrived yet. Of those beyond {@link #MOST} the oldest are forgotten;
 * then the memory itself tells, or that its page was given back ({@link FreedPages}), or the reader
 * waits in vain and is told so. Read without a lock. Thread-safe.
 */
final class FreedBlocks {
  private static final int MOST = 1 << 14;

  private final long[] addresses = new long[MOST];
  private final Set<Long> known = ConcurrentHashMap.newKeySet();
  private volatile boolean any;
  private int next;

  synchronized void add(long address) {
    known.remove(addresses[next]);
    addresses[next] = address;
    next = next + 1 & MOST - 1;
    known.add(address);
    any = true;
  }

  boolean contains(long address) {
    return any && known.contains(address);
  }
}
