package org.dsm4j.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.dsm4j.e2e.programs.RegionsTour;
import org.dsm4j.e2e.programs.SharedObjects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rule 6 between real nodes. */
class SharedObjectsIT {
  @ParameterizedTest
  @CsvSource({
    "1,list:200 passing:20 free:0",
    "2,list:2000 passing:300 free:0",
    "4,list:300 passing:60"
  })
  void objectsAreOneForAllNodes(int nodes, String parts) throws IOException, InterruptedException {
    run(nodes, List.of(), parts.split(" "));
  }

  /** The handles of a list are forgotten again: the heap holds but a part of them. */
  @Test
  void aListOfAMillionIsWalkedInASmallHeap() throws IOException, InterruptedException {
    run(2, List.of("-Xmx32m"), "walk:1000000");
  }

  @ParameterizedTest
  @CsvSource({
    "1,once:1 scopes:1 racing:3 random:30 singly:100000 many:5000",
    "3,once:1 scopes:1 racing:3 random:20 singly:60000 many:100 passed:60"
  })
  void whatIsFreedIsGivenBackAndNeverUsed(int nodes, String parts)
      throws IOException, InterruptedException {
    run(nodes, List.of(), RegionsTour.class, parts.split(" "));
  }

  private static void run(int nodes, List<String> options, String... parts)
      throws IOException, InterruptedException {
    run(nodes, options, SharedObjects.class, parts);
  }

  private static void run(int nodes, List<String> options, Class<?> program, String... parts)
      throws IOException, InterruptedException {
    try (Run run = Run.program(nodes, options, program, parts)) {
      run.expectStatus(0, Duration.ofSeconds(90));
      assertEquals(
          nodes, run.out().all().stream().filter(line -> line.contains("ok ")).count(), run::dump);
    }
  }
}
