package org.dsm4j.internal;

import org.dsm4j.NotShareableException;

/**
 * What a reference in shared memory is: 8 bytes, for everything that rule 7 lets one hold.
 *
 * <pre>
 *   0                                    null
 *   check (16 bits) | offset from the space's base, *8     a shared instance or array; or a block of an
 *                                        immutable value: see {@link SharedSpace}
 *   ... payload (56 bits) | form (5) | 1 a small value itself: most boxed ones, short strings
 * </pre>
 *
 * <p>Reading a reference and reading what it names are two steps: see {@link Headers} for readers
 * that race. Thread-safe.
 */
public final class References {
  private static final ClassLoader PLATFORM = ClassLoader.getPlatformClassLoader();

  /** Bytes of a reference. */
  static final int BYTES = 8;

  private References() {}

  /**
   * The reference of a value, which is complete in memory before the caller can write it.
   *
   * @param value anything; a shared instance or array, String, boxed primitive, enum constant,
   *     Class or null
   * @param place where it is about to be stored, as messages name it; {@code toString} is called
   *     only for a message: "the shared field a.B.c"
   * @throws NotShareableException if a shared reference cannot hold the value; names its class, the
   *     place and the remedy
   * @throws IllegalStateException if it was freed
   */
  static long encode(Object value, Object place) {
    if (value == null) {
      return 0;
    }
    if (SharedObjects.isInstance(value)) {
      long address = SharedObjects.addressOf(value);
      Memory.U.storeFence();
      return SharedSpace.reference(address);
    }
    Object holder = Tokens.holder(value);
    if (holder != null) {
      Failures.checkLive(Tokens.length(holder));
      Tokens.publish(value, holder);
      Memory.U.storeFence();
      return SharedSpace.reference(Tokens.address(holder));
    }
    long reference = Values.encode(value);
    if (reference == 0) {
      throw refused(value, place);
    }
    return reference;
  }

  /**
   * What a reference names: canonical on this node for instances, arrays, enum constants and
   * classes; equal for strings and boxed values.
   *
   * @param place where it was found, as messages name it; {@code toString} is called only for a
   *     message: "the shared field a.B.c"
   * @throws IllegalStateException if it was freed
   * @throws org.dsm4j.DsmException if nobody stored such a reference: two nodes did at once
   */
  static Object decode(long reference, Object place) {
    try {
      return decode(reference);
    } catch (TornReference torn) {
      throw torn.at(place);
    }
  }

  private static Object decode(long reference) {
    if (reference == 0) {
      return null;
    }
    if ((reference & 1) != 0) {
      return Values.decodeSmall(reference);
    }
    long address = SharedSpace.address(reference);
    Object known = Handles.known(address);
    if (known != null) {
      return known;
    }
    if (SharedArrays.isInFreedPage(address)) {
      throw Headers.freed(address);
    }
    int kind = Headers.await(address);
    if (kind == Kinds.INSTANCE) {
      return SharedObjects.at(address);
    }
    return (kind & Kinds.IN_REGION) == 0 && Kinds.isArray(kind)
        ? Tokens.at(address)
        : Values.decodeBlock(address, kind);
  }

  private static NotShareableException refused(Object value, Object place) {
    Class<?> type = value.getClass();
    if (type.isArray()) {
      return new NotShareableException(
          "a heap array ("
              + type.getTypeName()
              + ") was stored in "
              + place
              + "; create it with new @Shared, or store Dsm.share(array)");
    }
    if (type.isHidden() || type.isSynthetic()) {
      return new NotShareableException(
          "a lambda was stored in "
              + place
              + ": its code is each node's own; write a @Shared class (or record) that implements the interface, or keep it"
              + " in a field that is not shared");
    }
    return new NotShareableException(
        "an instance of "
            + type.getName()
            + " was stored in "
            + place
            + ", which can hold shared instances and arrays, strings, boxed values, enum constants, classes and null only;"
            + (type.getClassLoader() == null || type.getClassLoader() == PLATFORM
                ? " use a @Shared class of your own instead"
                : " mark class " + type.getName() + " @Shared")
            + ", or keep it in a field that is not shared");
  }
}
