package org.dsm4j.samples.litmus;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.ProcessBuilder.Redirect;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * One run of {@link Member} on some nodes.
 *
 * @param nodes how many
 * @param delayed whether messages between them are delayed at random
 */
record ClusterRun(int nodes, boolean delayed) {
  /** What a line of node 0 about something forbidden begins with. */
  static final String FORBIDDEN = "forbidden ";

  /** The last line of node 0, when it came to its end. */
  static final String END = "end";

  /** In place of names: all there are. */
  static final String ALL = "all";

  /** Read by libdsm; see docs/litmus.md. */
  private static final String DELAYS = "DSM_TEST_DELAYS";

  private static final int DELAY_MICROS = 400;
  private static final int STATUS_TIMEOUT = 124;

  /** What the nodes may take beyond their time: to start, and to end a row that is slow. */
  private static final Duration MARGIN = Duration.ofSeconds(120);

  /**
   * Starts the nodes and waits for their end.
   *
   * @param share of the rows
   * @param tallies of the rows, by their names; what is seen is added
   * @return what went wrong, each in a line; empty if nothing did
   */
  List<String> run(Options options, Director.Share share, Map<String, Tally> tallies)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command(options, share))
            .redirectInput(Redirect.from(new File("/dev/null")))
            .redirectError(Redirect.INHERIT);
    builder.environment().remove(DELAYS);
    if (delayed) {
      builder.environment().put(DELAYS, options.seed() + ":" + DELAY_MICROS);
    }
    Process process = builder.start();
    Thread hook = new Thread(() -> process.toHandle().destroy(), "litmus-end");
    Runtime.getRuntime().addShutdownHook(hook);
    List<String> wrong = new ArrayList<>();
    boolean ended = read(process, tallies, wrong);
    int status = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(hook);
    if (status != 0 || !ended) {
      wrong.add(
          "the nodes ended with status "
              + status
              + (status == STATUS_TIMEOUT ? ", not being through in time" : "")
              + (ended ? "" : ", before they had told their results"));
    }
    return wrong;
  }

  private List<String> command(Options options, Director.Share share) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-jar",
        options.requireAgent().toString(),
        "run",
        "-n",
        "" + nodes,
        "--no-prefix",
        "--timeout",
        "" + Duration.ofNanos(share.nanos()).plus(MARGIN).toSeconds(),
        "-J",
        "-Xmx128m",
        "-cp",
        ownJar().toString(),
        "org.dsm4j.samples.litmus.Member",
        "" + options.seed(),
        "" + share.nanos(),
        "" + share.first(),
        "" + share.least(),
        list(options.shapes()),
        list(options.variants().stream().map(Variant::word).toList()),
        "" + options.stop());
  }

  private static String list(List<String> names) {
    return names.isEmpty() ? ALL : String.join(",", names);
  }

  private static Path ownJar() {
    try {
      return Path.of(ClusterRun.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("this program does not know its own jar", e);
    }
  }

  /** Whether the last line came. */
  private static boolean read(Process process, Map<String, Tally> tallies, List<String> wrong)
      throws IOException {
    boolean ended = false;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.startsWith(Tally.LINE)) {
          String[] words = line.split(" ");
          tallies.get(words[1]).add(words);
        } else if (line.startsWith(FORBIDDEN)) {
          wrong.add(line.substring(FORBIDDEN.length()));
        } else if (line.equals(END)) {
          ended = true;
        } else {
          System.err.println(line);
        }
      }
    }
    return ended;
  }

  @Override
  public String toString() {
    return nodes + (nodes == 1 ? " node" : " nodes") + (delayed ? " with delayed messages" : "");
  }
}
