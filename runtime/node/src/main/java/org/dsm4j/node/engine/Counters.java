package org.dsm4j.node.engine;

import static org.dsm4j.node.engine.Memory.UNSAFE;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The engine's counters ({@code enum dsm_counter}): read without a call, and named. */
public final class Counters {
  /** How many there are. */
  public static final int COUNT = 168;

  /** First of the counters of messages that came, by type. */
  public static final int MESSAGES_IN = 32;

  /** First of the counters of messages that went, by type. */
  public static final int MESSAGES_OUT = 64;

  /**
   * First bucket of the fetch latency histogram: bucket b counts fetches of 2^(b/2) ns and more.
   */
  public static final int FETCH_HISTOGRAM = 96;

  /** How many buckets it has. */
  public static final int BUCKETS = 64;

  /** First of those that tell how much of something is held now. */
  public static final int HELD = 160;

  public static final int READ_FAULTS = 0;
  public static final int WRITE_FAULTS = 1;
  public static final int PAGES_FETCHED = 3;
  public static final int LOCK_ACQUIRES = 9;
  public static final int LOCK_WAIT_NS = 11;
  public static final int BARRIERS = 13;
  public static final int BARRIER_WAIT_NS = 14;
  public static final int BYTES_IN = 15;
  public static final int BYTES_OUT = 16;

  private static final List<String> NAMED =
      List.of(
          "read-faults",
          "write-faults",
          "soft-faults",
          "pages-fetched",
          "pages-served",
          "upgrades",
          "invalidations",
          "migrations",
          "deferred",
          "lock-acquires",
          "lock-remote",
          "lock-wait-ns",
          "lock-recalls",
          "barriers",
          "barrier-wait-ns",
          "bytes-in",
          "bytes-out",
          "fetch-ns",
          "mappings",
          "coalesced",
          "leader-steps",
          "service-steps",
          "pages-owned",
          "pages-shared",
          "twins",
          "diffs-sent",
          "diffs-applied",
          "releases",
          "noticed",
          "merges",
          "homes-moved",
          "atomics");

  private static final List<String> MESSAGES =
      List.of(
          "type-0",
          "hello",
          "bye",
          "heartbeat",
          "page-request",
          "page-grant",
          "page-invalidate",
          "page-invalidated",
          "page-recall",
          "page-return",
          "lock-request",
          "lock-grant",
          "lock-recall",
          "lock-return",
          "barrier-arrive",
          "barrier-depart",
          "barrier-break",
          "fetch",
          "copy",
          "home-is",
          "give",
          "diff",
          "flushed",
          "notices",
          "vector",
          "condition-wait",
          "condition-signal",
          "condition-cancel",
          "condition-end",
          "atomic",
          "atomic-result",
          "peer-gone");

  private static final List<String> HELD_NAMES =
      List.of("notices-held", "ranges-held", "twins-held", "locks-held", "barriers-held");

  /** Their names by index; an empty name means the place is not used. */
  private static final List<String> NAMES = names();

  private Counters() {}

  private static List<String> names() {
    List<String> names = new ArrayList<>(Collections.nCopies(COUNT, ""));
    for (int i = 0; i < NAMED.size(); i++) {
      names.set(i, NAMED.get(i));
    }
    for (int i = 1; i < MESSAGES.size(); i++) {
      names.set(MESSAGES_IN + i, "in-" + MESSAGES.get(i));
      names.set(MESSAGES_OUT + i, "out-" + MESSAGES.get(i));
    }
    for (int i = 0; i < HELD_NAMES.size(); i++) {
      names.set(HELD + i, HELD_NAMES.get(i));
    }
    return Collections.unmodifiableList(names);
  }

  /**
   * Name of a counter, empty if its place is not used (the histogram's buckets have none either).
   */
  public static String name(int index) {
    return NAMES.get(index);
  }

  /** All counters at that address, as they are now. */
  static long[] read(long address) {
    long[] values = new long[COUNT];
    for (int i = 0; i < COUNT; i++) {
      values[i] = UNSAFE.getLongVolatile(null, address + i * 8L);
    }
    return values;
  }

  /** As the control plane carries them: 8 bytes each, little-endian. */
  public static byte[] toBytes(long[] values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length * 8).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asLongBuffer().put(values);
    return buffer.array();
  }

  /** The reverse; what is missing (a node that is gone) is 0. */
  public static long[] fromBytes(byte[] bytes) {
    long[] values = new long[COUNT];
    ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < COUNT && buffer.remaining() >= 8; i++) {
      values[i] = buffer.getLong();
    }
    return values;
  }
}
