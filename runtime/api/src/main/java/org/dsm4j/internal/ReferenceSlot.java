package org.dsm4j.internal;

/** A shared static field that holds a reference; one per field and call site. Thread-safe. */
final class ReferenceSlot {
  private final String owner;
  private final StaticField field;
  private final long address;
  private Cached cached = new Cached(0, null);

  ReferenceSlot(String owner, StaticField field, long address) {
    this.owner = owner;
    this.field = field;
    this.address = address;
  }

  /** What the field refers to now. */
  Object get() {
    return decoded(Memory.U.getLong(null, address));
  }

  Object getVolatile() {
    return decoded(Memory.U.getLongVolatile(null, address));
  }

  void set(Object value) {
    Memory.U.putLong(null, address, References.encode(value, this));
  }

  void setVolatile(Object value) {
    Memory.U.putLongVolatile(null, address, References.encode(value, this));
  }

  private Object decoded(long reference) {
    Cached last = cached;
    return last.reference == reference ? last.value : miss(reference);
  }

  private Object miss(long reference) {
    Object value = References.decode(reference, this);
    cached = new Cached(reference, value);
    return value;
  }

  /** As messages name it. */
  @Override
  public String toString() {
    return "the shared field " + owner + "." + field.name();
  }

  /** A reference and what it names, read and replaced as one. */
  private static final class Cached {
    final long reference;
    final Object value;

    Cached(long reference, Object value) {
      this.reference = reference;
      this.value = value;
    }
  }
}
