package org.dsm4j.internal;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The references of long strings that were stored or read lately and that the program still has, by
 * content. Forgets whatever is in the way of another. Thread-safe.
 */
final class RecentStrings {
  private static final int SLOTS = 1 << 12;

  private final AtomicReferenceArray<Recent> slots = new AtomicReferenceArray<>(SLOTS);

  /** The reference of an equal string, or null if none is remembered. */
  Long of(String text) {
    Recent recent = slots.get(slot(text));
    return recent != null && text.equals(recent.get()) ? recent.reference : null;
  }

  void remember(String text, long reference) {
    slots.set(slot(text), new Recent(text, reference));
  }

  private static int slot(String text) {
    int hash = text.hashCode();
    return (hash ^ hash >>> 16) & SLOTS - 1;
  }

  private static final class Recent extends WeakReference<String> {
    final long reference;

    Recent(String text, long reference) {
      super(text);
      this.reference = reference;
    }
  }
}
