package org.dsm4j.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dsm4j.e2e.programs.Endings;
import org.dsm4j.e2e.programs.Endless;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rule 13: how a cluster ends. */
class ExitIT {
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration BOUND = Duration.ofSeconds(30);

  @ParameterizedTest
  @CsvSource({"exit3, 3, 1", "throw, 1, 1", "halt5, 5, 1"})
  void aFailureOnOneNodeEndsAllAndSaysWhichNode(String how, int status, int node)
      throws IOException, InterruptedException {
    try (Run run = Run.program(3, List.of(), Endings.class, how)) {
      run.expectStatus(status, BOUND);
      assertTrue(
          run.err().all().stream()
              .anyMatch(line -> line.contains("dsm: ") && line.contains("node " + node)),
          run::dump);
    }
  }

  @Test
  void pagesAreServedAfterMainHasEnded() throws IOException, InterruptedException {
    try (Run run = Run.program(3, List.of(), Endings.class, "early")) {
      run.expectStatus(0, BOUND);
      assertNotNull(
          run.out().await(1, line -> line.contains("sum 6000"), Duration.ofSeconds(1)), run::dump);
    }
  }

  @Test
  void standardInputGoesToNodeZero() throws IOException, InterruptedException {
    try (Run run = Run.program(2, List.of(), Endings.class, "echo")) {
      run.launcher().getOutputStream().write("hello\n".getBytes(StandardCharsets.UTF_8));
      run.launcher().getOutputStream().close();
      run.expectStatus(0, BOUND);
      assertEquals(
          1,
          run.out().all().stream().filter(line -> line.contains("0 got hello")).count(),
          run::dump);
      assertEquals(
          1,
          run.out().all().stream().filter(line -> line.contains("1 got null")).count(),
          run::dump);
    }
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "KILL, 137"})
  void noProcessIsLeftWhateverHappensToTheLauncher(String signal, int status)
      throws IOException, InterruptedException {
    try (Run run = Run.program(3, List.of(), Endless.class)) {
      assertNotNull(run.out().await(3, line -> line.contains("going"), START), run::dump);
      Process kill =
          new ProcessBuilder("kill", "-" + signal, "" + run.launcher().pid()).inheritIO().start();
      assertTrue(kill.waitFor(5, TimeUnit.SECONDS));
      run.expectStatus(status, BOUND);
    }
  }
}
