package org.dsm4j.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where a class's shared statics lie in its block: by falling size, then by name, so that every
 * node that has the same fields has the same layout. Fields with a cluster-wide name of their own,
 * and lock objects, are not in the block. Immutable.
 */
final class StaticsLayout {
  private final Map<String, Integer> offsets = new HashMap<>();
  private final int bytes;
  private final String fingerprint;

  StaticsLayout(List<StaticField> fields) {
    List<StaticField> inBlock = new ArrayList<>(fields);
    inBlock.removeIf(field -> field.isLock() || !field.sharedName().isEmpty());
    inBlock.sort(
        Comparator.comparingInt(StaticField::bytes).reversed().thenComparing(StaticField::name));
    int end = 0;
    for (StaticField field : inBlock) {
      offsets.put(field.name(), end);
      end += field.bytes();
    }
    bytes = end;
    fingerprint = inBlock.stream().map(StaticField::signature).collect(Collectors.joining("; "));
  }

  int offset(String field) {
    return offsets.get(field);
  }

  int bytes() {
    return bytes;
  }

  String fingerprint() {
    return fingerprint;
  }
}
