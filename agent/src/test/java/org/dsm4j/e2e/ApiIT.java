package org.dsm4j.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.dsm4j.e2e.programs.ApiTour;
import org.dsm4j.e2e.programs.ArraysTour;
import org.dsm4j.e2e.programs.VirtualThreads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The API from all nodes at once. */
class ApiIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void everyMethodKeepsItsPromise(int nodes) throws IOException, InterruptedException {
    try (Run run = Run.program(nodes, List.of(), ApiTour.class)) {
      run.expectStatus(0, LIMIT);
      assertEquals(
          nodes,
          run.out().all().stream().filter(line -> line.contains("toured")).count(),
          run::dump);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void arraysOfAnyTypeAreOneForAllNodes(int nodes) throws IOException, InterruptedException {
    try (Run run = Run.program(nodes, List.of(), ArraysTour.class)) {
      run.expectStatus(0, LIMIT);
      assertEquals(
          nodes,
          run.out().all().stream().filter(line -> line.contains("toured")).count(),
          run::dump);
    }
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void virtualThreadsWaitWithoutTheirCarriers() throws IOException, InterruptedException {
    try (Run run = Run.program(2, List.of(), VirtualThreads.class)) {
      run.expectStatus(0, LIMIT);
      int expected = 2 * VirtualThreads.THREADS * VirtualThreads.ROUNDS;
      assertTrue(
          run.out().all().stream().anyMatch(line -> line.endsWith("count " + expected)), run::dump);
    }
  }
}
