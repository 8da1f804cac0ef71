package org.dsm4j.internal;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Which pages of the space were freed as a whole: one bit each, never taken back, since addresses
 * are not used again (ADR 11). So a reference into one is told apart, for ever, from one to what
 * has not arrived yet. The bits of 256 MiB are one block; all blocks that are full are the same
 * one. Read without a lock while the block is that of the last question; never touches shared
 * memory. Thread-safe.
 */
final class FreedPages {
  private static final int PAGE_SHIFT = 12;
  private static final int BLOCK_SHIFT = 16;
  private static final int BLOCK_PAGES = 1 << BLOCK_SHIFT;
  private static final Block FULL = new Block(0);

  private final Map<Long, Block> blocks = new HashMap<>(); // guarded by this

  /** The block that was asked for last; null when there are none. */
  private volatile Found last;

  private record Found(long number, Block block) {}

  private static final class Block {
    final AtomicLongArray words;
    int pages;

    Block(int words) {
      this.words = new AtomicLongArray(words);
    }
  }

  /** Whether the page that holds an address was freed. */
  boolean contains(long address) {
    Found found = last;
    if (found == null) {
      return false;
    }
    long page = address >>> PAGE_SHIFT;
    if (found.number != page >>> BLOCK_SHIFT) {
      found = find(page >>> BLOCK_SHIFT);
    }
    Block block = found.block;
    if (block == null || block == FULL) {
      return block == FULL;
    }
    int bit = (int) page & BLOCK_PAGES - 1;
    return (block.words.get(bit >>> 6) >>> bit & 1) != 0;
  }

  private synchronized Found find(long number) {
    last = new Found(number, blocks.get(number));
    return last;
  }

  /** Adds the pages that lie wholly within a range. */
  synchronized void add(long address, long bytes) {
    long end = address + bytes >>> PAGE_SHIFT;
    for (long page = address + (1L << PAGE_SHIFT) - 1 >>> PAGE_SHIFT; page < end; page++) {
      add(page);
    }
    if (!blocks.isEmpty()) {
      find(address >>> PAGE_SHIFT + BLOCK_SHIFT);
    }
  }

  private void add(long page) {
    Block block = blocks.computeIfAbsent(page >>> BLOCK_SHIFT, key -> new Block(BLOCK_PAGES >> 6));
    if (block == FULL) {
      return;
    }
    int bit = (int) page & BLOCK_PAGES - 1;
    long word = block.words.get(bit >>> 6);
    if ((word >>> bit & 1) == 0) {
      block.words.set(bit >>> 6, word | 1L << bit);
      if (++block.pages == BLOCK_PAGES) {
        blocks.put(page >>> BLOCK_SHIFT, FULL);
      }
    }
  }

  /** How many blocks of bits there are, full ones not counted. */
  synchronized int blocksHeld() {
    int held = 0;
    for (Block block : blocks.values()) {
      held += block == FULL ? 0 : 1;
    }
    return held;
  }
}
