package org.dsm4j.samples.wordcount;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.dsm4j.Shared;

/** How often each word has come: a hash map with a lock for each of its parts. Thread-safe. */
@Shared
final class WordMap {
  private final Part[] parts;

  @Shared
  private static final class Part {
    private final Word[] table;

    Part(int size) {
      table = new Word[size];
    }

    synchronized void addAll(List<Map.Entry<String, Integer>> counts) {
      for (Map.Entry<String, Integer> entry : counts) {
        add(entry.getKey(), entry.getValue());
      }
    }

    private void add(String text, int count) {
      int slot = Math.floorMod(text.hashCode() >> 8, table.length);
      for (Word word = table[slot]; word != null; word = word.next) {
        if (word.text.equals(text)) {
          word.count += count;
          return;
        }
      }
      Word word = new Word(text, table[slot]);
      word.count = count;
      table[slot] = word;
    }

    synchronized void copyTo(Map<String, Integer> map) {
      for (Word first : table) {
        for (Word word = first; word != null; word = word.next) {
          map.put(word.text, word.count);
        }
      }
    }
  }

  WordMap(int parts, int sizeOfPart) {
    this.parts = new Part[parts];
    for (int i = 0; i < parts; i++) {
      this.parts[i] = new Part(sizeOfPart);
    }
  }

  /** Adds counts to those that are here; each part is locked once. */
  void addAll(Map<String, Integer> counts) {
    counts.entrySet().stream()
        .collect(Collectors.groupingBy(entry -> partOf(entry.getKey())))
        .forEach(Part::addAll);
  }

  private Part partOf(String text) {
    return parts[Math.floorMod(text.hashCode(), parts.length)];
  }

  /** All words with their counts, by the alphabet. */
  Map<String, Integer> sorted() {
    Map<String, Integer> map = new TreeMap<>();
    for (Part part : parts) {
      part.copyTo(map);
    }
    return map;
  }
}
