package org.dsm4j.agent.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dsm4j.agent.run.RunPlan;
import org.dsm4j.agent.settings.AgentArguments;
import org.dsm4j.agent.settings.SettingTable;
import org.dsm4j.agent.settings.Settings;
import org.dsm4j.agent.settings.SettingsException;
import org.dsm4j.agent.settings.SettingsReader;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Options of every command that starts nodes on this machine. */
final class ClusterOptions {
  /** Settings that the launcher gives itself. */
  private static final Set<String> OWN =
      Set.of("node", "nodes", "manager", "embedded-manager", "portfile", "lifeline");

  /** Options by which a JVM writes an archive of the classes that it has used. */
  private static final List<String> ARCHIVING =
      List.of("-XX:AOTCacheOutput=", "-XX:AOTMode=record", "-XX:AOTMode=create");

  private static final int MAX_NODES = 4096;
  private static final double MAX_TIMEOUT_SECONDS = 1e9;

  /** What the rest may take beyond the bound that the nodes keep themselves. */
  private static final Duration MARGIN = Duration.ofSeconds(3);

  @Option(
      names = "-J",
      paramLabel = "OPTION",
      description = "An option of every JVM: -J -Xmx1g. May be repeated.")
  private List<String> jvmOptions = new ArrayList<>();

  @Option(
      names = {"-s", "--set"},
      paramLabel = "KEY=VALUE",
      description = "A setting of every node (see: dsm settings). May be repeated.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--java",
      paramLabel = "PATH",
      description = "The java command of the nodes; by default the one that runs this.")
  private Path java;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "Ends all nodes, with status 124, when they have run this long.")
  private Double timeout;

  /**
   * What to start.
   *
   * @param defaults settings that the user's replace
   * @throws ParameterException if an option is wrong, in one line
   */
  RunPlan plan(
      CommandSpec spec,
      int nodes,
      List<String> application,
      boolean prefix,
      Map<String, String> defaults) {
    if (nodes < 1 || nodes > MAX_NODES) {
      throw misuse(spec, "--nodes is " + nodes + "; allowed: 1 to " + MAX_NODES);
    }
    if (timeout != null && !(timeout > 0 && timeout < MAX_TIMEOUT_SECONDS)) {
      throw misuse(spec, "--timeout is " + timeout + "; allowed: a number of seconds, more than 0");
    }
    for (String each : jvmOptions) {
      if (nodes > 1 && ARCHIVING.stream().anyMatch(each::startsWith)) {
        throw misuse(
            spec,
            each
                + " has one JVM write a file: start it with -n 1; what it writes serves any number");
      }
    }
    Map<String, String> pairs = new LinkedHashMap<>(defaults);
    pairs.putAll(pairs(spec, settings));
    Settings all = check(spec, pairs);
    Duration grace = all.get(SettingTable.END_TIMEOUT).plus(MARGIN);
    return new RunPlan(
        nodes,
        java(spec),
        OwnJar.path(),
        jvmOptions,
        pairs,
        application,
        prefix,
        timeout == null ? null : Duration.ofMillis(Math.max(1, (long) (timeout * 1000))),
        grace);
  }

  /** All settings that a plan's nodes start from here. */
  Settings settings(RunPlan plan) {
    return SettingsReader.read(AgentArguments.format(plan.settings()));
  }

  /** The pairs that stand behind options -s. */
  static Map<String, String> pairs(CommandSpec spec, List<String> settings) {
    Map<String, String> pairs = new LinkedHashMap<>();
    for (String each : settings) {
      int equals = each.indexOf('=');
      if (equals <= 0) {
        throw misuse(spec, "-s " + each + " is not KEY=VALUE");
      }
      String key = each.substring(0, equals);
      if (OWN.contains(key)) {
        throw misuse(spec, "-s " + each + ": this command sets " + key + " itself");
      }
      pairs.put(key, each.substring(equals + 1));
    }
    return pairs;
  }

  /** Finds here, once, what every node would find. */
  private static Settings check(CommandSpec spec, Map<String, String> pairs) {
    try {
      return SettingsReader.read(AgentArguments.format(pairs));
    } catch (SettingsException e) {
      throw misuse(spec, e.getMessage().replace("agent arguments", "-s"));
    }
  }

  private Path java(CommandSpec spec) {
    if (java == null) {
      return Path.of(System.getProperty("java.home"), "bin", "java");
    }
    if (Files.isDirectory(java) || !Files.isExecutable(java)) {
      throw misuse(spec, "--java " + java + " is no program that can be run");
    }
    return java.toAbsolutePath();
  }

  static ParameterException misuse(CommandSpec spec, String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
