package org.dsm4j.core.allocation;

import org.dsm4j.Consistency;

/**
 * How the cluster's address space is cut; the same on every node. Pages below {@code
 * arenaFirstByte} are directed by the nodes in turn; above, node i directs the i-th of {@code
 * nodes} equal arenas. All in bytes.
 *
 * <p>Which protocol keeps a page is a function of its address alone, the engine's: of what is
 * directed in turn, and of each arena, the first half is SEQUENTIAL and the second RELEASE, where a
 * half begins at a whole page, rounded down. What is left over when the arenas do not divide the
 * space is SEQUENTIAL and not used.
 *
 * @param spaceBytes size of the space
 * @param arenaFirstByte where the arenas begin
 * @param pageBytes size of a page, a power of two
 * @param nodes how many nodes there are
 */
public record Geometry(long spaceBytes, long arenaFirstByte, long pageBytes, int nodes) {
  /** Checks that the parts fit each other. */
  public Geometry {
    if (pageBytes <= 0 || Long.bitCount(pageBytes) != 1) {
      throw new IllegalArgumentException("page size " + pageBytes + " is no power of two");
    }
    if (nodes < 1) {
      throw new IllegalArgumentException("a cluster of " + nodes + " nodes");
    }
    if (spaceBytes % pageBytes != 0 || arenaFirstByte % pageBytes != 0) {
      throw new IllegalArgumentException(
          "space "
              + spaceBytes
              + " and its arenas' start "
              + arenaFirstByte
              + " must be multiples of the page size "
              + pageBytes);
    }
    if (arenaFirstByte / pageBytes < 4 || (spaceBytes - arenaFirstByte) / pageBytes / nodes < 2) {
      throw new IllegalArgumentException(
          "a space of "
              + spaceBytes
              + " bytes is too small for "
              + nodes
              + " nodes; widen the setting space");
    }
  }

  /** Size of one node's arena in bytes, whole pages. */
  public long arenaBytes() {
    long pages = (spaceBytes - arenaFirstByte) / pageBytes / nodes;
    return pages * pageBytes;
  }

  /** First byte of a node's arena. */
  public long arenaStart(int node) {
    if (node < 0 || node >= nodes) {
      throw new IllegalArgumentException("node " + node + " of " + nodes);
    }
    return arenaFirstByte + node * arenaBytes();
  }

  /**
   * The part of the space that is directed by all nodes in turn and kept by that protocol. Page 0
   * is in none, so that offset 0 can mean null.
   */
  public Zone inTurn(Consistency mode) {
    long half = arenaFirstByte / pageBytes / 2 * pageBytes;
    return mode == Consistency.RELEASE ? new Zone(half, arenaFirstByte) : new Zone(pageBytes, half);
  }

  /** The part of a node's arena that is kept by that protocol. */
  public Zone arena(int node, Consistency mode) {
    long start = arenaStart(node);
    long half = start + arenaBytes() / pageBytes / 2 * pageBytes;
    return mode == Consistency.RELEASE
        ? new Zone(half, start + arenaBytes())
        : new Zone(start, half);
  }

  /**
   * Addresses kept by one protocol: bytes [start, end), whole pages.
   *
   * @param start its first byte
   * @param end the byte after its last
   */
  public record Zone(long start, long end) {
    /** Its size in bytes. */
    public long bytes() {
      return end - start;
    }
  }

  /** A size rounded up to whole pages. */
  public long roundToPages(long bytes) {
    return Math.addExact(bytes, pageBytes - 1) & -pageBytes;
  }
}
