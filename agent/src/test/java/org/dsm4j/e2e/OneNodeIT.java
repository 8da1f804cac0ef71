package org.dsm4j.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.dsm4j.e2e.programs.Quiet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A program on one node costs nothing that one node does not need. */
class OneNodeIT {
  /** Whatever a fault, a twin, a diff or a message would leave in the engine's counters. */
  private static final Pattern TRACE =
      Pattern.compile("faults|fetch|pages-(fetched|served)|bytes|twins|diffs|noticed|in-|out-");

  @ParameterizedTest
  @ValueSource(strings = {"life", "sor"})
  void hasNoFaultsNoTwinsAndNoMessages(String program) throws IOException, InterruptedException {
    String path = classPath(Quiet.class, org.dsm4j.samples.life.Life.class);
    path += File.pathSeparator + classPath(org.dsm4j.samples.sor.Sor.class);
    try (Run run = Run.start(1, List.of(), "-cp", path, Quiet.class.getName(), program)) {
      run.expectStatus(0, Duration.ofSeconds(90));
      List<String> out = run.out().all();
      String last = out.get(out.size() - 1);
      assertTrue(last.contains("counted {"), run::dump);
      List<String> traces =
          Arrays.stream(last.substring(last.indexOf('{') + 1, last.indexOf('}')).split(", "))
              .filter(counter -> TRACE.matcher(counter).find())
              .toList();
      assertEquals(List.of(), traces, run::dump);
      assertTrue(last.contains("barriers="), run::dump);
      String service = out.get(out.size() - 2);
      assertTrue(service.matches(".*service [0-4]"), () -> "it does not sleep" + run.dump());
    }
  }

  private static String classPath(Class<?>... classes) {
    return String.join(
        File.pathSeparator,
        Arrays.stream(classes)
            .map(c -> c.getProtectionDomain().getCodeSource().getLocation().getPath())
            .map(location -> Path.of(location).toString())
            .toList());
  }
}
