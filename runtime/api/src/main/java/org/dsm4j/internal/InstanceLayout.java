package org.dsm4j.internal;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Where the fields of a shared class lie, from the instance's address: those of the class it
 * extends first, then its own by falling size and then by name, so that every node that has the
 * same fields has the same layout and every field is naturally aligned. Immutable.
 */
public final class InstanceLayout {
  /** An object that has no shared fields. */
  public static final InstanceLayout EMPTY = new InstanceLayout(List.of(), 0, false, "");

  private static final int ALIGNMENT = 8;

  /**
   * A field to be placed.
   *
   * @param name its name
   * @param descriptor its type as in the class file
   * @param isVolatile whether it is volatile
   * @param isFinal whether it is final
   */
  public record Field(String name, String descriptor, boolean isVolatile, boolean isFinal) {
    int bytes() {
      return InstanceField.bytes(descriptor);
    }
  }

  private final List<InstanceField> fields;
  private final int bytes;
  private final boolean hasVolatile;
  private final String fingerprint;
  private final Map<String, Integer> offsets = new HashMap<>();

  private InstanceLayout(
      List<InstanceField> fields, int bytes, boolean hasVolatile, String fingerprint) {
    this.fields = List.copyOf(fields);
    this.bytes = bytes;
    this.hasVolatile = hasVolatile;
    this.fingerprint = fingerprint;
    for (InstanceField field : fields) {
      offsets.put(key(field.owner(), field.name(), field.descriptor()), field.offset());
    }
  }

  /**
   * The layout of a class that extends one of this layout.
   *
   * @param owner the class's name, with dots
   * @param own the fields that it declares
   */
  public InstanceLayout extend(String owner, List<Field> own) {
    List<Field> ordered = new ArrayList<>(own);
    ordered.sort(
        Comparator.comparingInt(Field::bytes)
            .reversed()
            .thenComparing(Field::name)
            .thenComparing(Field::descriptor));
    List<InstanceField> all = new ArrayList<>(fields);
    StringBuilder text = new StringBuilder(fingerprint);
    text.append(fingerprint.isEmpty() ? "" : " < ").append(owner).append('{');
    int end = bytes;
    boolean anyVolatile = hasVolatile;
    String separator = "";
    for (Field field : ordered) {
      end = (end + field.bytes() - 1) & -field.bytes();
      InstanceField placed =
          new InstanceField(
              owner, field.name(), field.descriptor(), field.isVolatile(), field.isFinal(), end);
      all.add(placed);
      text.append(separator).append(placed.signature());
      separator = "; ";
      end += field.bytes();
      anyVolatile |= field.isVolatile();
    }
    return new InstanceLayout(all, end, anyVolatile, text.append('}').toString());
  }

  /** All fields, inherited ones first. */
  public List<InstanceField> fields() {
    return fields;
  }

  /**
   * Offset of a field from the instance's address, in bytes.
   *
   * @param owner the class that declares it, with dots
   */
  public int offset(String owner, String name, String descriptor) {
    return offsets.get(key(owner, name, descriptor));
  }

  /** Whether the instance is kept in SEQUENTIAL memory, because one of its fields is volatile. */
  public boolean hasVolatile() {
    return hasVolatile;
  }

  /** Bytes of the fields, a multiple of 8; at least 8, so that no two objects have one address. */
  public int bytes() {
    return Math.max(ALIGNMENT, (bytes + ALIGNMENT - 1) & -ALIGNMENT);
  }

  /** The layout in words, as people compare it. */
  public String fingerprint() {
    return fingerprint;
  }

  private static String key(String owner, String name, String descriptor) {
    return owner + " " + descriptor + " " + name;
  }
}
