package org.dsm4j.internal;

import java.lang.ref.WeakReference;

/**
 * What {@link Handles} knows of one handle or token. Other handles remember it, per field, as what
 * the field last referred to: so that reading the same reference again needs no search, and yet a
 * chain of objects is not held by its first.
 */
public class Seen extends WeakReference<Object> {
  final long address;
  final int hash;

  /** The next in the chain; guarded by the segment's lock, but for readers that may miss one. */
  Seen next;

  /** The handle, if it must be held strongly; guarded by the segment's lock. */
  Object pinned;

  Seen(long address, Object handle) {
    super(handle);
    this.address = address;
    this.hash = Handles.hash(address);
  }
}
