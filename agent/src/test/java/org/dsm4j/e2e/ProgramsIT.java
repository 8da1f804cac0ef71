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
 * The samples, on one node and on several, with one thread each and with several. Each knows its
 * right result and says {@code verified} in a line that is the same everywhere, or ends with
 * another status.
 */
class ProgramsIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final List<String> EXPECTED =
      List.of(
          "bank: 800 transfers, 10 audits, a total of 32000: verified",
          "bank: 800 transfers, 10 audits, a total of 32000: verified",
          "buffer: 800 items, a sum of 970349200: verified",
          "buffer: 800 items, a sum of 970349200: verified",
          "sort: 262144 numbers in order: verified",
          "sor: 256 x 256, 50 iterations, sum 509347.7955972331: verified",
          "tsp: the shortest way round 9 cities is 2176: verified",
          "kmeans: 2000 points in 8 clusters after 26 rounds, the first around"
              + " (4498.417582417583, 5662.139194139194): verified",
          "wordcount: 20243 words, 2943 different, most often the 835, and 718, of 689, to 664,"
              + " a 380: verified",
          "lru: 600 requests, 10669 letters, 100 entries: verified",
          "mandelbrot: 400 x 600, 61972 points stay, crc32 653FF530: verified");

  @ParameterizedTest
  @CsvSource({"1, 4", "2, 1", "3, 2", "4, 4"})
  void sayTheSame(int nodes, int threads) throws IOException, InterruptedException {
    String[] arguments = {"all", "--short", "--threads", "" + threads};
    try (Run run = Run.sample("programs", nodes, List.of(Run.COMPILED), arguments)) {
      run.expectStatus(0, LIMIT);
      List<String> said =
          run.out().all().stream()
              .map(line -> line.replaceFirst("^\\[0] ", ""))
              .filter(line -> !line.contains(" on " + nodes + " x " + threads + " threads: "))
              .toList();
      assertEquals(EXPECTED, said, run::dump);
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
