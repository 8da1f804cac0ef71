package org.dsm4j.samples.litmus;

import java.util.Collection;
import java.util.Set;

/**
 * The whole run in numbers.
 *
 * @param rows how many there are
 * @param failed of them had a forbidden outcome, or were not run at all
 * @param runs of instances
 * @param forbidden outcomes, counted
 * @param weak outcomes seen with each thread on a node of its own, counted
 * @param weakRows rows that had such
 * @param expectsWeak whether a run of these rows ought to see weak outcomes
 */
record Summary(
    int rows, int failed, long runs, long forbidden, long weak, int weakRows, boolean expectsWeak) {
  /** The shapes whose weak outcomes are easily seen where memory is weak at all. */
  private static final Set<String> EASY = Set.of("MP", "SB", "IRIW", "2+2W", "WRC", "ISA2", "R");

  static Summary of(Collection<Tally> tallies, boolean onSeveralNodes) {
    int failed = 0;
    long runs = 0;
    long forbidden = 0;
    long weak = 0;
    int weakRows = 0;
    boolean expectsWeak = false;
    for (Tally tally : tallies) {
      long bad = tally.count(Verdict.FORBIDDEN);
      long loose = tally.countDistinct(Verdict.WEAK);
      failed += bad > 0 || tally.runs() == 0 ? 1 : 0;
      runs += tally.runs();
      forbidden += bad;
      weak += loose;
      weakRows += loose > 0 ? 1 : 0;
      expectsWeak |= onSeveralNodes && tally.row().variant().isRacy() && isEasy(tally.row());
    }
    return new Summary(tallies.size(), failed, runs, forbidden, weak, weakRows, expectsWeak);
  }

  private static boolean isEasy(Row row) {
    return EASY.contains(row.shape().name());
  }

  /** Whether nothing weak was seen where it had to be: then nothing forbidden would have been. */
  boolean isTame() {
    return expectsWeak && weak == 0;
  }
}
