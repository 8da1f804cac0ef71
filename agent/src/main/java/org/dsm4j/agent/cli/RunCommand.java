package org.dsm4j.agent.cli;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.dsm4j.agent.hosts.HostPlan;
import org.dsm4j.agent.hosts.HostsLauncher;
import org.dsm4j.agent.run.Launcher;
import org.dsm4j.agent.run.RunPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Starts a program on several nodes, of this machine or of others. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    customSynopsis = {
      "dsm run -n N [OPTION]... -jar app.jar [ARGUMENT]...",
      "dsm run -n N [OPTION]... -cp PATH MAINCLASS [ARGUMENT]...",
      "dsm run -n N [OPTION]... -p PATH -m MODULE[/MAINCLASS] [ARGUMENT]...",
      "dsm run -n N [OPTION]... [-cp PATH] Main.java [ARGUMENT]...",
      "dsm run --hosts A,B,C:2 [OPTION]... -jar app.jar [ARGUMENT]..."
    },
    description = {
      "Starts a program on N nodes, one JVM each, on this machine or on others.",
      "Standard input goes to node 0. The status is that of the first node that failed: 75 if a",
      "node was lost, 130 after Ctrl-C, 124 after --timeout; else 0."
    })
final class RunCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-n", "--nodes"},
      paramLabel = "N",
      description = "How many nodes; 1 by default, with --hosts as many as they take.")
  private Integer nodes;

  @Option(names = "--no-prefix", description = "Lines are not prefixed by their node's number.")
  private boolean noPrefix;

  @Mixin private ClusterOptions cluster;

  @Mixin private HostOptions hosts;

  @Mixin private ProgramOptions program;

  @Override
  public Integer call() throws Exception {
    if (hosts.given()) {
      return onHosts();
    }
    int count = nodes == null ? 1 : nodes;
    return Launcher.run(cluster.plan(spec, count, program.application(spec), !noPrefix, Map.of()));
  }

  private int onHosts() throws Exception {
    List<String> places = hosts.places(spec);
    int count = nodes == null ? places.size() : nodes;
    if (count > places.size()) {
      throw ClusterOptions.misuse(
          spec,
          "--nodes is "
              + count
              + " and the hosts take "
              + places.size()
              + "; name more, or HOST:2");
    }
    RunPlan plan = cluster.plan(spec, count, program.application(spec), !noPrefix, Map.of());
    HostPlan there = hosts.plan(places, count, cluster.settings(plan));
    return HostsLauncher.run(HostOptions.sent(plan), there);
  }
}
