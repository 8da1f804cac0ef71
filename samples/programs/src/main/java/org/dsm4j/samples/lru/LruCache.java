package org.dsm4j.samples.lru;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.dsm4j.Shared;

/**
 * A map of bounded size that forgets the entry which nobody has used for longest: a hash table
 * whose entries are also linked in the order of their use. Thread-safe.
 */
@Shared
final class LruCache<K, V> {
  private final int capacity;
  private final Entry<K, V>[] table;
  private int size;

  /** The end of a ring of all entries; after it the one used last, before it the one to go. */
  private final Entry<K, V> end = new Entry<>(null, null);

  @Shared
  private static final class Entry<K, V> {
    private final K key;
    private V value;
    private Entry<K, V> chain;
    private Entry<K, V> newer;
    private Entry<K, V> older;

    Entry(K key, V value) {
      this.key = key;
      this.value = value;
    }

    private void unlink() {
      newer.older = older;
      older.newer = newer;
    }

    private void linkAfter(Entry<K, V> entry) {
      newer = entry;
      older = entry.older;
      newer.older = this;
      older.newer = this;
    }
  }

  /** An empty one, for so many entries. */
  @SuppressWarnings("unchecked")
  LruCache(int capacity) {
    this.capacity = capacity;
    table = (Entry<K, V>[]) new Entry<?, ?>[2 * capacity];
    end.newer = end;
    end.older = end;
  }

  /** The value, which is now the one used last; null if there is none. */
  synchronized V get(K key) {
    Entry<K, V> entry = find(key);
    if (entry == null) {
      return null;
    }
    entry.unlink();
    entry.linkAfter(end);
    return entry.value;
  }

  /** Sets a value, which is now the one used last; another may have to go. */
  synchronized void put(K key, V value) {
    Entry<K, V> entry = find(key);
    if (entry == null) {
      if (size == capacity) {
        remove(end.newer);
      }
      entry = new Entry<>(key, value);
      entry.chain = table[slot(key)];
      table[slot(key)] = entry;
      size++;
    } else {
      entry.value = value;
      entry.unlink();
    }
    entry.linkAfter(end);
  }

  synchronized int size() {
    return size;
  }

  /** The keys, that of the oldest use first. */
  synchronized List<K> keys() {
    List<K> keys = new ArrayList<>();
    for (Entry<K, V> entry = end.newer; entry != end; entry = entry.newer) {
      keys.add(entry.key);
    }
    return keys;
  }

  private int slot(K key) {
    return Math.floorMod(key.hashCode(), table.length);
  }

  private Entry<K, V> find(K key) {
    Entry<K, V> entry = table[slot(key)];
    while (entry != null && !Objects.equals(entry.key, key)) {
      entry = entry.chain;
    }
    return entry;
  }

  private void remove(Entry<K, V> entry) {
    entry.unlink();
    int slot = slot(entry.key);
    if (table[slot] == entry) {
      table[slot] = entry.chain;
    } else {
      Entry<K, V> before = table[slot];
      while (before.chain != entry) {
        before = before.chain;
      }
      before.chain = entry.chain;
    }
    size--;
  }
}
