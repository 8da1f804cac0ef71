package org.dsm4j.agent.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Starts a program on several nodes, of this machine or of others. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    customSynopsis = {
      "dsm run -n N [OPTION]... -jar app.jar [ARGUMENT]...",
      "dsm run -n N [OPTION]... -cp PATH MAINCLASS [ARGUMENT]...",
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

  @Option(
      names = {"-cp", "-classpath", "--class-path"},
      paramLabel = "PATH",
      description = "Class path of the program.")
  private String classPath;

  @Option(
      names = "-jar",
      paramLabel = "JAR",
      arity = "1",
      parameterConsumer = RestOfLine.class,
      description = "The program's jar; what follows is the program's.")
  private List<String> jar;

  @Parameters(
      paramLabel = "MAINCLASS ARGUMENT",
      description = "The program's main class, with -cp; what follows is the program's.")
  private List<String> mainAndArguments = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    if (hosts.given()) {
      return onHosts();
    }
    int count = nodes == null ? 1 : nodes;
    return Launcher.run(cluster.plan(spec, count, application(), !noPrefix, Map.of()));
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
    RunPlan plan = cluster.plan(spec, count, application(), !noPrefix, Map.of());
    HostPlan there = hosts.plan(places, count, cluster.settings(plan));
    return HostsLauncher.run(HostOptions.sent(plan), there);
  }

  private List<String> application() {
    return jar != null ? fromJar() : fromClassPath();
  }

  private List<String> fromJar() {
    if (classPath != null) {
      throw ClusterOptions.misuse(spec, "give either -jar or -cp, not both");
    }
    if (!Files.isRegularFile(Path.of(jar.get(0)))) {
      throw ClusterOptions.misuse(spec, "there is no file " + jar.get(0));
    }
    List<String> all = new ArrayList<>(List.of("-jar"));
    all.addAll(jar);
    return all;
  }

  private List<String> fromClassPath() {
    if (mainAndArguments.isEmpty()) {
      throw ClusterOptions.misuse(
          spec, "nothing to run; give -jar app.jar, or -cp PATH and the main class");
    }
    String main = mainAndArguments.get(0);
    if (main.startsWith("-")) {
      throw ClusterOptions.misuse(
          spec, "unknown option " + main + "; options of the JVM are given as: -J " + main);
    }
    if (classPath == null) {
      String hint = main.endsWith(".jar") ? "; a jar is run with -jar" : "";
      throw ClusterOptions.misuse(
          spec, "main class " + main + " needs its class path, -cp PATH" + hint);
    }
    List<String> all = new ArrayList<>(List.of("-cp", classPath));
    all.addAll(mainAndArguments);
    return all;
  }
}
