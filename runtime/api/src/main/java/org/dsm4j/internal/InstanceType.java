package org.dsm4j.internal;

import org.dsm4j.Consistency;

/**
 * A shared class as this node has it: how its instances are laid out, and how their headers name
 * it. Thread-safe.
 */
public final class InstanceType {
  private final Class<?> type;
  private final InstanceLayout layout;
  private final Consistency consistency;
  private final int bytes;
  private volatile long reference;

  InstanceType(Class<?> type, InstanceLayout layout) {
    this.type = type;
    this.layout = layout;
    this.bytes = layout.bytes();
    this.consistency = layout.hasVolatile() ? Consistency.SEQUENTIAL : Consistency.RELEASE;
  }

  Class<?> type() {
    return type;
  }

  InstanceLayout layout() {
    return layout;
  }

  /** Zeroed memory for an instance, its header written. */
  long allocate(ThreadHeap heap) {
    long named = reference;
    if (named == 0) {
      named = announce();
    }
    long address = heap.allocate(bytes + Headers.BYTES, consistency) + Headers.BYTES;
    Headers.write(address, Kinds.INSTANCE, bytes, named);
    return address;
  }

  /**
   * Makes sure that all nodes that use the class have the same layout of it.
   *
   * @return the reference of the class
   * @throws org.dsm4j.DsmException if they do not
   */
  long announce() {
    long named = reference;
    if (named == 0) {
      Runtimes.current()
          .staticsBlock(
              "instances of " + type.getName(),
              Headers.BYTES,
              layout.fingerprint(),
              Consistency.RELEASE);
      named = References.encode(type, "the header of an instance");
      reference = named;
    }
    return named;
  }
}
