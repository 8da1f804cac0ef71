package org.dsm4j.internal;

import org.dsm4j.NotShareableException;

/**
 * A shared static field that holds a reference to a shared array; one per field and call site.
 * Thread-safe.
 */
final class ArraySlot {
  private final String owner;
  private final StaticField field;
  private final long address;
  private Cached cached = new Cached(0, null);

  ArraySlot(String owner, StaticField field, long address) {
    this.owner = owner;
    this.field = field;
    this.address = address;
  }

  /** The token of what the field refers to now, or null. */
  Object get() {
    return token(Memory.U.getLong(null, address));
  }

  Object getVolatile() {
    return token(Memory.U.getLongVolatile(null, address));
  }

  void set(Object array) {
    Memory.U.putLong(null, address, reference(array));
  }

  void setVolatile(Object array) {
    Memory.U.putLongVolatile(null, address, reference(array));
  }

  private Object token(long reference) {
    Cached last = cached;
    return last.reference == reference ? last.token : miss(reference);
  }

  private Object miss(long reference) {
    Object token = Tokens.at(SharedSpace.address(reference));
    cached = new Cached(reference, token);
    return token;
  }

  private long reference(Object array) {
    if (array == null) {
      return 0;
    }
    Object holder = Tokens.holder(array);
    if (holder == null) {
      throw new NotShareableException(
          "a heap array was stored in the shared field "
              + owner
              + "."
              + field.name()
              + "; create it with new @Shared, or store Dsm.share(array)");
    }
    Failures.checkLive(Tokens.length(holder));
    Memory.U.storeFence();
    return SharedSpace.reference(Tokens.address(holder));
  }

  /** A reference and its token, read and replaced as one. */
  private static final class Cached {
    final long reference;
    final Object token;

    Cached(long reference, Object token) {
      this.reference = reference;
      this.token = token;
    }
  }
}
