package org.dsm4j.samples.wordcount;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WordMapTest {
  @Test
  void addsUpWordsThatSharePlaces() {
    WordMap map = new WordMap(2, 2);
    Map<String, Integer> words =
        IntStream.range(0, 50).boxed().collect(Collectors.toMap(i -> "word" + i, i -> i));
    map.addAll(words);
    map.addAll(Map.of("word7", 1000));
    Map<String, Integer> sorted = map.sorted();
    assertEquals(1007, sorted.get("word7"));
    sorted.put("word7", 7);
    assertEquals(words, sorted);
  }
}
