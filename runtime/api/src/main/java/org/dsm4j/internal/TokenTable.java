package org.dsm4j.internal;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Finds the {@link ReferenceArray} of a token by the token's identity. Reading takes no lock.
 * Thread-safe.
 */
final class TokenTable {
  private static final Object LOCK = new Object();
  private static final int FIRST_BUCKETS = 64;

  /** A power of two long; replaced when full. */
  private static volatile AtomicReferenceArray<Node> buckets =
      new AtomicReferenceArray<>(FIRST_BUCKETS);

  private static int size;

  private TokenTable() {}

  /** What a token stands for; null if the object is no token of references. */
  static ReferenceArray find(Object token) {
    AtomicReferenceArray<Node> table = buckets;
    int hash = System.identityHashCode(token);
    for (Node at = table.get(hash & table.length() - 1); at != null; at = at.next) {
      if (at.hash == hash && at.array.refersTo(token)) {
        return at.array;
      }
    }
    return null;
  }

  /** Makes the array's token known; before anybody else has the token. */
  static void add(ReferenceArray array) {
    Object token = array.get();
    if (token == null) {
      return;
    }
    synchronized (LOCK) {
      if (++size > buckets.length()) {
        grow();
      }
      put(buckets, array, System.identityHashCode(token));
    }
  }

  /** Forgets an array whose token nobody has any more. */
  static void remove(ReferenceArray array) {
    synchronized (LOCK) {
      int bucket = array.identity & buckets.length() - 1;
      Node kept = null;
      for (Node at = buckets.get(bucket); at != null; at = at.next) {
        if (at.array == array) {
          size--;
        } else {
          kept = new Node(at.array, at.hash, kept);
        }
      }
      buckets.set(bucket, kept);
    }
  }

  private static void grow() {
    AtomicReferenceArray<Node> larger = new AtomicReferenceArray<>(buckets.length() * 2);
    for (int bucket = 0; bucket < buckets.length(); bucket++) {
      for (Node at = buckets.get(bucket); at != null; at = at.next) {
        put(larger, at.array, at.hash);
      }
    }
    buckets = larger;
  }

  private static void put(AtomicReferenceArray<Node> table, ReferenceArray array, int hash) {
    int bucket = hash & table.length() - 1;
    array.identity = hash;
    table.set(bucket, new Node(array, hash, table.get(bucket)));
  }

  private static final class Node {
    final ReferenceArray array;
    final int hash;
    final Node next;

    Node(ReferenceArray array, int hash, Node next) {
      this.array = array;
      this.hash = hash;
      this.next = next;
    }
  }
}
