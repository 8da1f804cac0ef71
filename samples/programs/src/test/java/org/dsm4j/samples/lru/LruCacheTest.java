package org.dsm4j.samples.lru;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LruCacheTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 10})
  void doesWhatTheLibraryDoes(int capacity) {
    LruCache<Integer, String> cache = new LruCache<>(capacity);
    Map<Integer, String> map =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Integer, String> eldest) {
            return size() > capacity;
          }
        };
    Random random = new Random(capacity);
    for (int i = 0; i < 5000; i++) {
      int key = random.nextInt(3 * capacity) - capacity;
      if (random.nextBoolean()) {
        assertEquals(map.get(key), cache.get(key));
      } else {
        map.put(key, "value " + i);
        cache.put(key, "value " + i);
      }
      assertEquals(new ArrayList<>(map.keySet()), cache.keys());
      assertEquals(map.size(), cache.size());
    }
  }
}
