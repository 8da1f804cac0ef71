package org.dsm4j.core.naming;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The cluster-wide number of a name ("class:a.B", "lock:x"): the first eight bytes of its SHA-256,
 * highest bit set. Every node computes the same one, without a message. It is never 0 and never a
 * shared address (those have the highest bit clear), so addresses and names can number monitors
 * side by side.
 *
 * <p>Two names with one number are met once in about 3 * 10^9 names; a node that uses both says so
 * instead of mixing them up. Thread-safe.
 */
public final class Names {
  private final ConcurrentHashMap<String, Long> ids = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<Long, String> names = new ConcurrentHashMap<>();

  /**
   * The number of a name.
   *
   * @throws IllegalStateException if another name used on this node has the same number; rename one
   */
  public long id(String name) {
    Long known = ids.get(name);
    return known != null ? known : register(name);
  }

  /** The name of a number that {@link #id} gave on this node, or null. */
  public String nameOf(long id) {
    return names.get(id);
  }

  private long register(String name) {
    long id = hash(name);
    String other = names.putIfAbsent(id, name);
    if (other != null && !other.equals(name)) {
      throw new IllegalStateException(
          "the names \"" + other + "\" and \"" + name + "\" have the same number; rename one");
    }
    ids.put(name, id);
    return id;
  }

  /** The number of a name, computed. */
  public static long hash(String name) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] bytes = digest.digest(name.getBytes(StandardCharsets.UTF_8));
      return ByteBuffer.wrap(bytes).getLong() | Long.MIN_VALUE;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JVM lacks SHA-256, which every Java platform has", e);
    }
  }
}
