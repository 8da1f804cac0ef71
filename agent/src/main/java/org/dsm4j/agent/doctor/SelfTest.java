package org.dsm4j.agent.doctor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.dsm4j.agent.run.Launcher;
import org.dsm4j.agent.run.RunPlan;

/**
 * Two real nodes that fault pages from each other, in processes of their own: a crash there is a
 * finding, not the doctor's end.
 */
final class SelfTest {
  private static final int NODES = 2;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration GRACE = Duration.ofSeconds(8);
  private static final String NAME = "self-test";

  private final Path java;
  private final Path agent;

  SelfTest(Path java, Path agent) {
    this.java = java;
    this.agent = agent;
  }

  /** Runs it. */
  Finding run() throws InterruptedException {
    RunPlan plan =
        new RunPlan(
            NODES,
            java,
            agent,
            List.of("-Xmx64m"),
            Map.of(),
            List.of("-cp", agent.toString(), "org.dsm4j.agent.launch.SelfTestProgram"),
            true,
            LIMIT,
            GRACE);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status;
    try {
      status = Launcher.run(plan, out, err);
    } catch (IOException e) {
      return Finding.fail(
          NAME, "no JVM could be started: " + e.getMessage(), "run " + java + " -version");
    }
    return status == 0
        ? Finding.ok(NAME, first(out, "pages"))
        : Finding.fail(
            NAME,
            "status " + status + ": " + first(err, "dsm: "),
            "see docs/troubleshooting.md for this message");
  }

  /** The first line with that word, else the first line. */
  private static String first(ByteArrayOutputStream stream, String word) {
    List<String> lines = stream.toString(StandardCharsets.UTF_8).lines().toList();
    return lines.stream()
        .filter(line -> line.contains(word))
        .findFirst()
        .or(() -> lines.stream().findFirst())
        .orElse("no output");
  }
}
