package org.dsm4j.e2e;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.dsm4j.e2e.programs.Concurrent;
import org.dsm4j.e2e.programs.Counters;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rule 8: synchronized on what is shared excludes threads of all nodes, and makes their writes
 * visible.
 */
class MonitorIT {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void countersUnderMonitorsAreExact(int nodes) throws IOException, InterruptedException {
    try (Run run = Run.program(nodes, List.of(), Counters.class)) {
      run.expectStatus(0, Duration.ofSeconds(90));
      String out = String.join("\n", run.out().all());
      int expected = nodes * Counters.THREADS * Counters.INCREMENTS;
      for (String kind : List.of("class", "object", "array", "method", "lock", "volatile")) {
        assertTrue(out.contains(kind + " " + expected), () -> kind + " " + expected + run.dump());
      }
    }
  }

  @Test
  void concurrentObjectsAndWaitAndNotify() throws IOException, InterruptedException {
    int nodes = 3;
    try (Run run = Run.program(nodes, List.of(), Concurrent.class)) {
      run.expectStatus(0, Duration.ofSeconds(90));
      String out = String.join("\n", run.out().all());
      int all = nodes * Concurrent.ROUNDS;
      for (String line :
          List.of(
              "count " + all + " longest xxxxxxxxx rounds " + Concurrent.ROUNDS,
              "guarded " + all + " written " + all + " turns " + all,
              "monitored " + all)) {
        assertTrue(out.contains(line), () -> line + run.dump());
      }
    }
  }
}
