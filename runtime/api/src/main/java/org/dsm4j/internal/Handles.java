package org.dsm4j.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * What stands on this node for shared instances and arrays, by address: one handle or token each,
 * so that {@code ==} is right. Held weakly, so that a node that walks through more objects than its
 * heap has room for can do so; but for handles whose transient fields were assigned, which this
 * node alone remembers.
 *
 * <p>Entries of what the collector has taken are swept out when a table is full, all at once: a
 * queue of them would cost more than all else together. So there are at most about twice as many
 * entries as there were handles since the last collection.
 *
 * <p>Looked up without a lock; changed under that of one of the segments. Never touches shared
 * memory. Thread-safe.
 */
final class Handles {
  private static final int SEGMENT_BITS = 6;
  private static final int SMALLEST_TABLE = 16;
  private static final Segment[] SEGMENTS = new Segment[1 << SEGMENT_BITS];

  static {
    for (int i = 0; i < SEGMENTS.length; i++) {
      SEGMENTS[i] = new Segment();
    }
  }

  private Handles() {}

  /** The handle or token of what lies at an address, or null if this node has none. */
  static Object known(long address) {
    Seen entry = entry(address);
    return entry == null ? null : entry.get();
  }

  /** The entry of an address, or null if this node has nothing for it. */
  static Seen entry(long address) {
    int hash = hash(address);
    return segment(hash).entry(address, hash);
  }

  /**
   * Remembers a handle or token, unless there is one for the address.
   *
   * @param fresh of what is to be remembered
   * @param handle what it refers to
   * @param pinned whether it is held strongly
   * @return what stands for the address from now on: the handle given, or the one that was there
   */
  static Object add(Seen fresh, Object handle, boolean pinned) {
    return segment(fresh.hash).add(fresh, handle, pinned);
  }

  /** Forgets the handle of an address. */
  static void remove(long address) {
    int hash = hash(address);
    segment(hash).remove(address, hash);
  }

  /**
   * Visits what there is in a range of memory: by looking for each address at which something may
   * be, or at each entry, whichever are fewer.
   *
   * @param action is told each handle or token there is, and its address; may forget it
   */
  static void within(long address, long bytes, BiConsumer<Object, Long> action) {
    if (bytes / Headers.BYTES < size()) {
      for (long at = address; at < address + bytes; at += Headers.BYTES) {
        visit(entry(at), action);
      }
      return;
    }
    for (Segment segment : SEGMENTS) {
      segment.within(address, bytes).forEach(entry -> visit(entry, action));
    }
  }

  private static void visit(Seen entry, BiConsumer<Object, Long> action) {
    Object handle = entry == null ? null : entry.get();
    if (handle != null) {
      action.accept(handle, entry.address);
    }
  }

  /** How many entries there are, those included that are already garbage. */
  static int size() {
    int size = 0;
    for (Segment segment : SEGMENTS) {
      size += segment.count;
    }
    return size;
  }

  private static Segment segment(int hash) {
    return SEGMENTS[hash >>> -SEGMENT_BITS];
  }

  /** The highest bits choose the segment, the lowest the chain. */
  static int hash(long address) {
    long mixed = (address >>> 3) * 0x9E37_79B9_7F4A_7C15L;
    return (int) (mixed >>> 32);
  }

  private static final class Segment {
    private volatile Seen[] table = new Seen[SMALLEST_TABLE];

    /** Written under the lock. */
    volatile int count;

    /**
     * May miss an entry that another thread is moving: whoever then adds one sees it under the
     * lock.
     */
    Seen entry(long address, int hash) {
      Seen[] entries = table;
      for (Seen at = entries[hash & entries.length - 1]; at != null; at = at.next) {
        if (at.address == address && !at.refersTo(null)) {
          return at;
        }
      }
      return null;
    }

    synchronized Object add(Seen fresh, Object handle, boolean pinned) {
      Seen[] entries = table;
      int slot = fresh.hash & entries.length - 1;
      for (Seen at = entries[slot]; at != null; at = at.next) {
        Object there = at.address == fresh.address ? at.get() : null;
        if (there != null) {
          at.pinned = pinned ? there : at.pinned;
          return there;
        }
      }
      if (count >= entries.length) {
        sweep();
        entries = table;
        slot = fresh.hash & entries.length - 1;
      }
      fresh.pinned = pinned ? handle : null;
      fresh.next = entries[slot];
      Memory.U.storeFence();
      entries[slot] = fresh;
      count++;
      return handle;
    }

    /** An unlinked entry keeps its next: a reader that stands on it goes on. */
    synchronized void remove(long address, int hash) {
      Seen[] entries = table;
      int slot = hash & entries.length - 1;
      Seen before = null;
      for (Seen at = entries[slot]; at != null; at = at.next) {
        if (at.address != address) {
          before = at;
          continue;
        }
        if (before == null) {
          entries[slot] = at.next;
        } else {
          before.next = at.next;
        }
        gone(at);
        count--;
      }
    }

    synchronized List<Seen> within(long address, long bytes) {
      List<Seen> found = new ArrayList<>();
      for (Seen head : table) {
        for (Seen at = head; at != null; at = at.next) {
          if (at.address - address >= 0 && at.address - address < bytes) {
            found.add(at);
          }
        }
      }
      return found;
    }

    /** Lets go of what the collector has taken; leaves a table that is half full at most. */
    private void sweep() {
      int alive = 0;
      for (Seen head : table) {
        for (Seen at = head; at != null; at = at.next) {
          alive += at.refersTo(null) ? 0 : 1;
        }
      }
      int length = SMALLEST_TABLE;
      while (length < 2 * alive) {
        length *= 2;
      }
      Seen[] to = new Seen[length];
      int kept = 0;
      for (Seen head : table) {
        for (Seen at = head; at != null; ) {
          Seen next = at.next;
          if (at.refersTo(null)) {
            gone(at);
          } else {
            int slot = at.hash & length - 1;
            at.next = to[slot];
            to[slot] = at;
            kept++;
          }
          at = next;
        }
      }
      count = kept;
      table = to;
    }

    private static void gone(Seen entry) {
      if (entry instanceof ReferenceArray array) {
        TokenTable.remove(array);
      }
    }
  }
}
