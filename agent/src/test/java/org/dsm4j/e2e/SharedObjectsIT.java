package org.dsm4j.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.dsm4j.e2e.programs.SharedObjects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rule 6 between real nodes. */
class SharedObjectsIT {
  @ParameterizedTest
  @CsvSource({
    "1,list,2000",
    "2,list,2000",
    "4,list,500",
    "2,passing,300",
    "4,passing,60",
    "2,free,0"
  })
  void objectsAreOneForAllNodes(int nodes, String part, String size)
      throws IOException, InterruptedException {
    run(nodes, List.of(), part, size);
  }

  /** The handles of a list are forgotten again: the heap holds but a part of them. */
  @ParameterizedTest
  @CsvSource({"1", "2"})
  void aListOfAMillionIsWalkedInASmallHeap(int nodes) throws IOException, InterruptedException {
    run(nodes, List.of("-Xmx64m"), "list", "1000000");
  }

  private static void run(int nodes, List<String> options, String part, String size)
      throws IOException, InterruptedException {
    try (Run run = Run.program(nodes, options, SharedObjects.class, part, size)) {
      run.expectStatus(0, Duration.ofSeconds(90));
      assertEquals(
          nodes, run.out().all().stream().filter(line -> line.contains("ok ")).count(), run::dump);
    }
  }
}
