package org.dsm4j.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.dsm4j.e2e.programs.GcInFault;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Garbage collections requested while threads stand in faults on both nodes: the run that deadlocks
 * if a page is ever served by Java. Sums must be exact, and the JVM's own uses of the same signals
 * right, meanwhile.
 */
class GcInFaultIT {
  @ParameterizedTest
  @ValueSource(strings = {"G1", "Parallel", "Z"})
  void sumsAreExactUnderEveryCollector(String collector) throws IOException, InterruptedException {
    try (Run run =
        Run.program(
            2, List.of("-XX:+Use" + collector + "GC", "-Xmx512m", Run.COMPILED), GcInFault.class)) {
      run.expectStatus(0, Duration.ofSeconds(90));
      assertEquals(
          2, run.out().all().stream().filter(line -> line.contains("exact")).count(), run::dump);
    }
  }
}
