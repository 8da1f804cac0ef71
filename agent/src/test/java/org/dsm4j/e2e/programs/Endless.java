package org.dsm4j.e2e.programs;

import org.dsm4j.Dsm;
import org.dsm4j.Shared;

/**
 * Every node increments its part of a shared array and reads the others', collecting garbage, until
 * something ends it.
 */
public final class Endless {
  @Shared static int[] table;

  private Endless() {}

  /** Runs until it is ended. */
  public static void main(String[] args) {
    if (Dsm.node() == 0) {
      table = new int[1 << 14];
    }
    Dsm.barrier();
    @Shared int[] cells = table;
    Thread collector =
        new Thread(
            () -> {
              while (true) {
                System.gc();
              }
            },
            "collector");
    collector.setDaemon(true);
    collector.start();
    int share = cells.length / Dsm.nodes();
    int first = Dsm.node() * share;
    long sum = 0;
    for (long round = 0; ; round++) {
      for (int i = first; i < first + share; i++) {
        cells[i]++;
      }
      Dsm.barrier();
      for (int i = 0; i < cells.length; i += 512) {
        sum += cells[i];
      }
      Dsm.barrier();
      if (round == 3) {
        System.out.println("going " + (sum > 0));
      }
    }
  }
}
