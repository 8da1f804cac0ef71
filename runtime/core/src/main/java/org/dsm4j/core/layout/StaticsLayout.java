package org.dsm4j.core.layout;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each shared static field of one class stands in the class's block. The same fields give the
 * same layout on every node, in whatever order they are named: wide fields first, then by name, so
 * that every field is naturally aligned without holes between them.
 *
 * <p>Immutable.
 */
public final class StaticsLayout {
  /** A block's size is a multiple of this, in bytes. */
  public static final int BLOCK_ALIGNMENT = 16;

  private final String owner;
  private final Map<String, FieldSpec> fields;
  private final Map<String, Integer> offsets;
  private final long bytes;

  private StaticsLayout(
      String owner, Map<String, FieldSpec> fields, Map<String, Integer> offsets, long bytes) {
    this.owner = owner;
    this.fields = Collections.unmodifiableMap(fields);
    this.offsets = Collections.unmodifiableMap(offsets);
    this.bytes = bytes;
  }

  /**
   * The layout of a class.
   *
   * @param owner the class's name
   * @throws IllegalArgumentException if two fields have one name, or there are none
   */
  public static StaticsLayout of(String owner, List<FieldSpec> fields) {
    if (fields.isEmpty()) {
      throw new IllegalArgumentException("class " + owner + " has no shared static fields");
    }
    List<FieldSpec> ordered = new ArrayList<>(fields);
    ordered.sort(
        Comparator.comparingInt(FieldSpec::size).reversed().thenComparing(FieldSpec::name));
    Map<String, FieldSpec> byName = new LinkedHashMap<>();
    Map<String, Integer> offsets = new LinkedHashMap<>();
    int offset = 0;
    for (FieldSpec field : ordered) {
      if (byName.put(field.name(), field) != null) {
        throw new IllegalArgumentException(
            "class " + owner + " has two shared static fields named " + field.name());
      }
      offsets.put(field.name(), offset);
      offset = Math.addExact(offset, field.size());
    }
    long bytes = (offset + BLOCK_ALIGNMENT - 1L) & -BLOCK_ALIGNMENT;
    return new StaticsLayout(owner, byName, offsets, bytes);
  }

  /** The class's name. */
  public String owner() {
    return owner;
  }

  /** Size of the block in bytes, a multiple of {@link #BLOCK_ALIGNMENT}. */
  public long bytes() {
    return bytes;
  }

  /** The fields in the order of their offsets. */
  public List<FieldSpec> fields() {
    return List.copyOf(fields.values());
  }

  /**
   * Offset of a field from the start of the block, in bytes; a multiple of the field's size.
   *
   * @throws IllegalArgumentException if there is no such field
   */
  public int offset(String field) {
    Integer offset = offsets.get(field);
    if (offset == null) {
      throw new IllegalArgumentException("class " + owner + " has no shared static field " + field);
    }
    return offset;
  }

  /**
   * The layout in words, as people compare it when two nodes run different versions of a class:
   * {@code a.B{J total@0;volatile I count@8}}.
   */
  public String fingerprint() {
    StringBuilder text = new StringBuilder(owner).append('{');
    String separator = "";
    for (FieldSpec field : fields.values()) {
      text.append(separator);
      separator = ";";
      if (field.isVolatile()) {
        text.append("volatile ");
      }
      text.append(field.descriptor())
          .append(' ')
          .append(field.name())
          .append('@')
          .append(offsets.get(field.name()));
    }
    return text.append('}').toString();
  }
}
