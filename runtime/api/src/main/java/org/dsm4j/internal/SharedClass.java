package org.dsm4j.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.dsm4j.Consistency;
import org.dsm4j.DsmException;

/**
 * What the bridge knows of a rewritten class: its shared statics, where they are, and whether this
 * node runs its initializer for the cluster. Thread-safe.
 */
final class SharedClass {
  private final String name;
  private final Map<String, StaticField> fields = new HashMap<>();
  private final StaticsLayout layout;
  private final Map<Consistency, Long> blocks = new ConcurrentHashMap<>();
  private volatile long monitor;
  private volatile boolean initializing;
  private volatile boolean ended;

  /** What an initializer makes lies in no region, whoever came to the class first. */
  private RegionScope outside;

  SharedClass(String name, List<StaticField> fields) {
    this.name = name;
    for (StaticField field : fields) {
      this.fields.put(field.name(), field);
    }
    this.layout = new StaticsLayout(fields);
  }

  String name() {
    return name;
  }

  boolean hasStatics() {
    return !fields.isEmpty();
  }

  boolean isInSharedMemory(String field) {
    StaticField found = fields.get(field);
    return found != null && !found.isLock();
  }

  StaticField field(String field) {
    StaticField found = fields.get(field);
    if (found == null) {
      throw new DsmException(
          "class "
              + name
              + " has no shared static field "
              + field
              + "; rebuild all of the program");
    }
    return found;
  }

  /** The address of a static field in shared memory. */
  long address(StaticField field) {
    Consistency mode = field.mode();
    if (!field.sharedName().isEmpty()) {
      return Runtimes.current()
          .staticsBlock(
              "name:" + field.sharedName(),
              field.bytes(),
              field.isVolatile() + field.descriptor(),
              mode);
    }
    Long start = blocks.get(mode);
    if (start == null) {
      start = Runtimes.current().staticsBlock(name, layout.bytes(mode), layout.fingerprint(), mode);
      blocks.put(mode, start);
    }
    return start + layout.offset(field.name());
  }

  /** The cluster-wide monitor of the class. */
  long monitor() {
    long id = monitor;
    if (id == 0) {
      id = Runtimes.current().nameId("class:" + name);
      monitor = id;
    }
    return id;
  }

  /** Enters the initialization of the class; true if this node runs what touches shared state. */
  boolean beginInitialization() {
    initializing = Runtimes.current().initializationBegin(name);
    outside = new RegionScope(null);
    return initializing;
  }

  /** Whether this node runs the initializer's shared part. */
  boolean initializesHere() {
    return initializing;
  }

  void endInitialization(String failure) {
    if (outside != null) {
      outside.close();
      outside = null;
    }
    if (initializing && !ended) {
      ended = true;
      Runtimes.current().initializationDone(name, failure);
    }
  }
}
