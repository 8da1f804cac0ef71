package org.dsm4j.core.allocation;

/**
 * How the cluster's address space is cut; the same on every node. Pages below {@code
 * arenaFirstByte} have their homes in turn; above, node i is the home of the i-th of {@code nodes}
 * equal arenas. All in bytes.
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
    if (arenaFirstByte <= pageBytes || (spaceBytes - arenaFirstByte) / nodes < pageBytes) {
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

  /** A size rounded up to whole pages. */
  public long roundToPages(long bytes) {
    return Math.addExact(bytes, pageBytes - 1) & -pageBytes;
  }
}
