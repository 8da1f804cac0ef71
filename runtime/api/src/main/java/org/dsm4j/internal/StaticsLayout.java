package org.dsm4j.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.dsm4j.Consistency;

/**
 * Where a class's shared statics lie in its two blocks, the plain ones in one and the volatile ones
 * in the other, since different protocols keep them: by falling size, then by name, so that every
 * node that has the same fields has the same layout. Fields with a cluster-wide name of their own,
 * and lock objects, are in neither. Immutable.
 */
final class StaticsLayout {
  private final Map<String, Integer> offsets = new HashMap<>();
  private final Map<Consistency, Integer> bytes = new EnumMap<>(Consistency.class);
  private final String fingerprint;

  StaticsLayout(List<StaticField> fields) {
    List<StaticField> inBlock = new ArrayList<>(fields);
    inBlock.removeIf(field -> field.isLock() || !field.sharedName().isEmpty());
    inBlock.sort(
        Comparator.comparingInt(StaticField::bytes).reversed().thenComparing(StaticField::name));
    for (StaticField field : inBlock) {
      int end = bytes(field.mode());
      offsets.put(field.name(), end);
      bytes.put(field.mode(), end + field.bytes());
    }
    fingerprint = inBlock.stream().map(StaticField::signature).collect(Collectors.joining("; "));
  }

  /** In its block. */
  int offset(String field) {
    return offsets.get(field);
  }

  /** Size of a block. */
  int bytes(Consistency mode) {
    return bytes.getOrDefault(mode, 0);
  }

  /** Of both blocks. */
  String fingerprint() {
    return fingerprint;
  }
}
