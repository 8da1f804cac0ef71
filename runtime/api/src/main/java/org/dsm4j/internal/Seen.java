package org.dsm4j.internal;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;

/**
 * What {@link Handles} knows of one handle. Other handles remember it, per field, as what the field
 * last referred to: so that reading the same reference again needs no search, and yet a chain of
 * objects is not held by its first.
 */
public final class Seen extends WeakReference<SharedInstance> {
  final long address;
  final int hash;

  /** The next in the chain; guarded by the segment's lock, but for readers that may miss one. */
  Seen next;

  /** The handle, if it must be held strongly; guarded by the segment's lock. */
  SharedInstance pinned;

  Seen(long address, int hash, SharedInstance handle, ReferenceQueue<SharedInstance> gone) {
    super(handle, gone);
    this.address = address;
    this.hash = hash;
  }
}
