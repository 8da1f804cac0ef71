package org.dsm4j.agent.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.dsm4j.agent.run.Launcher;
import org.dsm4j.agent.run.PrivateFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures this machine with the benchmarks that lie in dsm-agent.jar. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures this machine: faults, locks, barriers and more, beside the raw network exchange of",
      "the same run; once with nodes that poll and once with nodes that block."
    })
final class BenchCommand implements Callable<Integer> {
  private static final List<String> REGIMES = List.of("polling", "blocking");

  /** What makes a node poll, or block, whatever the machine. */
  private static final Map<String, Map<String, String>> SETTINGS =
      Map.of(
          "polling", Map.of("spin", "60min", "cores", "1"),
          "blocking", Map.of("spin", "never", "cores", "0"));

  @Spec private CommandSpec spec;

  @Option(
      names = {"-n", "--nodes"},
      paramLabel = "N",
      defaultValue = "2",
      description = "How many nodes; ${DEFAULT-VALUE} by default.")
  private int nodes;

  @Option(names = "--json", description = "One JSON object a line instead of a table.")
  private boolean json;

  @Option(
      names = "--transport",
      defaultValue = "tcp",
      description = "How nodes are connected; tcp is the only one.")
  private String transport;

  @Option(
      names = "--regime",
      paramLabel = "polling|blocking",
      description = "Only this regime; both by default.")
  private String regime;

  @Mixin private ClusterOptions cluster;

  @Parameters(paramLabel = "NAME", description = "Which benchmarks; all by default.")
  private List<String> names = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    check();
    try (PrivateFolder folder = new PrivateFolder()) {
      Path jar = folder.path().resolve("bench.jar");
      try (InputStream in = OwnJar.resource("bench/bench.jar")) {
        Files.copy(in, jar);
      }
      int status = 0;
      for (String each : REGIMES) {
        if (status == 0 && (regime == null || regime.equals(each))) {
          status = run(jar, each);
        }
      }
      return status;
    }
  }

  private int run(Path jar, String each) throws IOException, InterruptedException {
    List<String> application = new ArrayList<>(List.of("-jar", jar.toString()));
    application.addAll(names);
    application.add("--regime");
    application.add(each);
    if (json) {
      application.add("--json");
    }
    return Launcher.run(cluster.plan(spec, nodes, application, false, SETTINGS.get(each)));
  }

  private void check() {
    if (!transport.equals("tcp")) {
      throw ClusterOptions.misuse(spec, "--transport is " + transport + "; allowed: tcp");
    }
    if (regime != null && !REGIMES.contains(regime)) {
      throw ClusterOptions.misuse(spec, "--regime is " + regime + "; allowed: polling, blocking");
    }
    if (nodes < 2) {
      throw ClusterOptions.misuse(spec, "--nodes is " + nodes + "; allowed: 2 or more");
    }
  }
}
