package org.dsm4j.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Whole programs, on one node and on several, with one thread each and with several: transfers
 * under ordered locks, a bounded buffer, a parallel sort, a relaxation. Each knows its right result
 * and says {@code verified}, or ends with another status.
 */
class ProgramsIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final List<String> EXPECTED =
      List.of("bank", "bank", "buffer", "buffer", "sort", "sor");

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 4", "2, 1", "2, 4", "4, 1", "4, 4"})
  void areExact(int nodes, int threads) throws IOException, InterruptedException {
    try (Run run =
        Run.sample("programs", nodes, List.of(Run.COMPILED), "all", "--threads", "" + threads)) {
      run.expectStatus(0, LIMIT);
      List<String> verified =
          run.out().all().stream()
              .map(line -> line.replaceFirst("^\\[0] ", ""))
              .filter(line -> line.endsWith(": verified"))
              .map(line -> line.replaceFirst(" on " + nodes + " x " + threads + " threads: .*", ""))
              .toList();
      assertEquals(EXPECTED, verified, run::dump);
    }
  }

  /** The short form of a run of ten minutes; the last of the nodes does nothing. */
  @Test
  void locksWithoutBarriersDoNotMakeAnyNodeGrow() throws IOException, InterruptedException {
    String[] arguments = {"soak", "--seconds", "10"};
    try (Run run = Run.sample("programs", 3, List.of(), arguments)) {
      run.expectStatus(0, LIMIT);
      assertTrue(
          run.out().all().stream().anyMatch(line -> line.endsWith("on all nodes: verified")),
          run::dump);
    }
  }

  @Test
  void refuseBadInputWithOneLineAndStatusTwo() throws IOException, InterruptedException {
    try (Run run = Run.sample("programs", 2, List.of(), "sort", "--size", "many")) {
      run.expectStatus(2, LIMIT);
      List<String> err = run.err().all();
      assertEquals(1, err.size(), run::dump);
      assertTrue(err.get(0).contains("programs: --size many is not a number"), run::dump);
    }
  }
}
