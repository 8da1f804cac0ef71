package org.dsm4j.e2e.programs;

import java.util.Map;
import java.util.TreeMap;
import org.dsm4j.Dsm;
import org.dsm4j.samples.life.Life;
import org.dsm4j.samples.sor.Sor;

/** Plays samples, then prints every counter of the engine that is not 0. */
public final class Quiet {
  private Quiet() {}

  /** Runs the program that the first argument names. */
  public static void main(String[] args) throws Exception {
    if (args[0].equals("life")) {
      Life.main(new String[] {"--iterations", "300", "--threads", "2"});
    } else {
      Sor.main(new String[] {"--threads", "2"});
    }
    Map<String, Long> counted = new TreeMap<>(Dsm.statistics().counters());
    counted.values().removeIf(value -> value == 0);
    System.out.println("counted " + counted);
  }
}
