package org.dsm4j.agent.launch;

import org.dsm4j.Consistency;
import org.dsm4j.Dsm;
import org.dsm4j.SharedMemory;

/**
 * The program that the command doctor runs on two nodes: each writes pages that the other then
 * reads, by real page faults.
 */
public final class SelfTestProgram {
  private static final int PAGES = 64;
  private static final int PAGE_BYTES = 4096;

  private SelfTestProgram() {}

  /** Ends with status 0 and one line if every value arrived. */
  public static void main(String[] arguments) {
    SharedMemory memory =
        Dsm.allocate("dsm.doctor", (long) PAGES * PAGE_BYTES, Consistency.SEQUENTIAL);
    for (int round = 1; round <= Dsm.nodes(); round++) {
      if (Dsm.node() == round - 1) {
        for (int page = 0; page < PAGES; page++) {
          memory.putLong((long) page * PAGE_BYTES, value(round, page));
        }
      }
      Dsm.barrier();
      for (int page = 0; page < PAGES; page++) {
        long read = memory.getLong((long) page * PAGE_BYTES);
        if (read != value(round, page)) {
          throw new IllegalStateException(
              "node %d read %d from page %d in round %d, not %d"
                  .formatted(Dsm.node(), read, page, round, value(round, page)));
        }
      }
      Dsm.barrier();
    }
    if (Dsm.node() == 0) {
      System.out.println(
          "%d pages faulted to and fro between 2 nodes, %d fetched by node 0"
              .formatted(PAGES, Dsm.statistics().pagesFetched()));
    }
  }

  private static long value(int round, int page) {
    return round * 1_000_003L + page;
  }
}
