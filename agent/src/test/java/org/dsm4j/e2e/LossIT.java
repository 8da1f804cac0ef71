package org.dsm4j.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dsm4j.e2e.programs.Endless;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rule 14: a node that dies ends the rest at once, with one line that names it, status 75, and no
 * process left.
 */
class LossIT {
  private static final int STATUS_LOST = 75;
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration BOUND = Duration.ofSeconds(15);

  @ParameterizedTest
  @ValueSource(ints = {0, 2})
  void killedInTheMiddleOfLife(int node) throws IOException, InterruptedException {
    try (Run run = Run.life(4, List.of(), "--grid", "64x64", "--iterations", "2000000000")) {
      assertNotNull(
          run.err().await(1, line -> line.contains("life: generation"), START), run::dump);
      signal("KILL", run.pidOf(node));
      expectLoss(run, node, BOUND);
    }
  }

  @Test
  void stoppedForLongerThanTheBoundWhileOthersCollectGarbage()
      throws IOException, InterruptedException {
    try (Run run = Run.program(3, List.of("-Ddsm.silence=2s"), Endless.class)) {
      assertNotNull(run.out().await(3, line -> line.contains("going"), START), run::dump);
      signal("STOP", run.pidOf(1));
      expectLoss(run, 1, BOUND);
    }
  }

  private static void expectLoss(Run run, int node, Duration limit) throws InterruptedException {
    run.expectStatus(STATUS_LOST, limit);
    List<String> lines =
        run.err().all().stream()
            .filter(line -> line.contains("dsm: ") && line.contains(" is lost"))
            .toList();
    assertTrue(!lines.isEmpty(), run::dump);
    assertTrue(
        lines.stream().allMatch(line -> line.contains("node " + node + " is lost")), run::dump);
  }

  private static void signal(String name, long pid) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, "" + pid).inheritIO().start();
    assertTrue(kill.waitFor(5, TimeUnit.SECONDS));
    assertEquals(0, kill.exitValue());
  }
}
