package org.dsm4j.node;

import java.util.Arrays;
import java.util.List;
import org.dsm4j.core.allocation.Geometry;
import org.dsm4j.core.message.Protocol;
import org.dsm4j.core.message.Subject;
import org.dsm4j.node.control.ControlClient;

/**
 * Who owns which page: asks all nodes. A snapshot in which a page that travels meanwhile may seem
 * to be nobody's.
 */
final class PageOwners {
  private static final int NOBODY = -1;

  private final long base;
  private final Geometry geometry;
  private final ControlClient control;

  PageOwners(long base, Geometry geometry, ControlClient control) {
    this.base = base;
    this.geometry = geometry;
    this.control = control;
  }

  /** For each page that the range touches, the node that owns it (RELEASE: its home), or -1. */
  int[] of(long address, long bytes) {
    long pageBytes = geometry.pageBytes();
    long first = (address - base) / pageBytes;
    long pages = bytes == 0 ? 0 : (address - base + bytes - 1) / pageBytes - first + 1;
    int[] owners = new int[Math.toIntExact(pages)];
    Arrays.fill(owners, NOBODY);
    for (long done = 0; done < pages; done += Protocol.MAX_PAGES_ASKED) {
      long count = Math.min(Protocol.MAX_PAGES_ASKED, pages - done);
      List<byte[]> answers = control.gather(Subject.OWNED_PAGES, (first + done) * pageBytes, count);
      for (int node = 0; node < answers.size(); node++) {
        fill(owners, (int) done, (int) count, answers.get(node), node);
      }
    }
    return owners;
  }

  private static void fill(int[] owners, int from, int count, byte[] bits, int node) {
    for (int page = 0; page < count && page >> 3 < bits.length; page++) {
      if ((bits[page >> 3] >> (page & 7) & 1) != 0) {
        owners[from + page] = node;
      }
    }
  }
}
