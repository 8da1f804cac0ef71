package org.dsm4j.internal;

import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjLongConsumer;

/**
 * This node's handles of shared instances by address: one each, so that {@code ==} is right. Held
 * weakly, so that a node that walks through more objects than its heap has room for can do so; but
 * for those whose transient fields were assigned, which this node alone remembers.
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

  /** The handle of the instance at an address, or null if this node has none. */
  static SharedInstance known(long address) {
    int hash = hash(address);
    return segment(hash).find(address, hash);
  }

  /** The entry of an address, or null if this node has no handle of it. */
  static Seen entry(long address) {
    int hash = hash(address);
    return segment(hash).entry(address, hash);
  }

  /**
   * Remembers a handle, unless there is one for the address.
   *
   * @param pinned whether it is held strongly
   * @return the handle of the address from now on: the one given, or the one that was there
   */
  static SharedInstance add(long address, SharedInstance handle, boolean pinned) {
    int hash = hash(address);
    return segment(hash).add(address, hash, handle, pinned);
  }

  /** Forgets the handle of an address. */
  static void remove(long address) {
    int hash = hash(address);
    segment(hash).remove(address, hash);
  }

  /**
   * Visits the handles of a range of memory: by looking for each address at which one may be, or at
   * each handle, whichever are fewer.
   *
   * @param action is told each handle there is, and its address; forgets it
   */
  static void removeAll(long address, long bytes, ObjLongConsumer<SharedInstance> action) {
    if (bytes / Headers.BYTES < size()) {
      for (long at = address; at < address + bytes; at += Headers.BYTES) {
        SharedInstance handle = known(at);
        if (handle != null) {
          action.accept(handle, at);
        }
      }
      return;
    }
    for (Segment segment : SEGMENTS) {
      for (Seen entry : segment.within(address, bytes)) {
        SharedInstance handle = entry.get();
        if (handle != null) {
          action.accept(handle, entry.address);
        }
      }
    }
  }

  /** How many handles are remembered, those included that are already garbage. */
  static int size() {
    int size = 0;
    for (Segment segment : SEGMENTS) {
      size += segment.size();
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
    private final ReferenceQueue<SharedInstance> gone = new ReferenceQueue<>();
    private volatile Seen[] table = new Seen[SMALLEST_TABLE];
    private int count;

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

    SharedInstance find(long address, int hash) {
      Seen entry = entry(address, hash);
      return entry == null ? null : entry.get();
    }

    synchronized SharedInstance add(long address, int hash, SharedInstance handle, boolean pinned) {
      expunge();
      Seen[] entries = table;
      int slot = hash & entries.length - 1;
      for (Seen at = entries[slot]; at != null; at = at.next) {
        SharedInstance there = at.address == address ? at.get() : null;
        if (there != null) {
          at.pinned = pinned ? there : at.pinned;
          return there;
        }
      }
      Seen entry = new Seen(address, hash, handle, gone);
      entry.pinned = pinned ? handle : null;
      entry.next = entries[slot];
      Memory.U.storeFence();
      entries[slot] = entry;
      count++;
      resize();
      return handle;
    }

    synchronized void remove(long address, int hash) {
      expunge();
      Seen[] entries = table;
      for (Seen at = entries[hash & entries.length - 1]; at != null; at = at.next) {
        if (at.address == address) {
          unlink(at);
        }
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

    synchronized int size() {
      return count;
    }

    private void expunge() {
      for (Object entry = gone.poll(); entry != null; entry = gone.poll()) {
        unlink((Seen) entry);
      }
    }

    /** An unlinked entry keeps its next: a reader that stands on it goes on. */
    private void unlink(Seen entry) {
      Seen[] entries = table;
      int slot = entry.hash & entries.length - 1;
      Seen before = null;
      for (Seen at = entries[slot]; at != null; at = at.next) {
        if (at == entry) {
          if (before == null) {
            entries[slot] = at.next;
          } else {
            before.next = at.next;
          }
          count--;
          return;
        }
        before = at;
      }
    }

    private void resize() {
      Seen[] entries = table;
      if (count > entries.length) {
        move(entries, entries.length * 2);
      } else if (entries.length > SMALLEST_TABLE && count < entries.length / 8) {
        move(entries, entries.length / 2);
      }
    }

    private void move(Seen[] from, int length) {
      Seen[] to = new Seen[length];
      for (Seen head : from) {
        for (Seen at = head; at != null; ) {
          Seen next = at.next;
          int slot = at.hash & length - 1;
          at.next = to[slot];
          to[slot] = at;
          at = next;
        }
      }
      table = to;
    }
  }
}
