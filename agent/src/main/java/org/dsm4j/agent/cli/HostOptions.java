package org.dsm4j.agent.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dsm4j.agent.hosts.HostList;
import org.dsm4j.agent.hosts.HostPlan;
import org.dsm4j.agent.run.RunPlan;
import org.dsm4j.agent.settings.NodeConfigs;
import org.dsm4j.agent.settings.Secrets;
import org.dsm4j.agent.settings.Setting;
import org.dsm4j.agent.settings.SettingTable;
import org.dsm4j.agent.settings.Settings;
import org.dsm4j.node.auth.ClusterSecret;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Options of commands that start nodes on other hosts. */
final class HostOptions {
  /** Settings whose files are read here and sent to the hosts. */
  private static final List<Setting<Path>> FILES =
      List.of(SettingTable.TLS_CERTIFICATE, SettingTable.TLS_KEY, SettingTable.TLS_TRUST);

  @Option(
      names = "--hosts",
      paramLabel = "HOST[:NODES],...",
      description = "On these hosts, over ssh; HOST:2 takes two nodes.")
  private String hosts;

  @Option(
      names = "--hostfile",
      paramLabel = "FILE",
      description = "The same from a file in mpirun's format: HOST slots=2, one a line.")
  private Path hostfile;

  @Option(
      names = "--stage",
      paramLabel = "DIR",
      description =
          "Copies the jars into this folder of each host; else they are there, at the same paths.")
  private String stage;

  @Option(
      names = "--ssh",
      paramLabel = "COMMAND",
      defaultValue = "ssh",
      description = "The ssh command, with its options; ${DEFAULT-VALUE} by default.")
  private String ssh;

  @Option(
      names = "--remote-java",
      paramLabel = "PATH",
      defaultValue = "java",
      description = "The java command on the hosts; ${DEFAULT-VALUE} by default.")
  private String java;

  boolean given() {
    return hosts != null || hostfile != null;
  }

  /** The plan without what this side reads and hands on itself. */
  static RunPlan sent(RunPlan plan) {
    RunPlan sent = plan.without(SettingTable.SECRET_FILE.key());
    for (Setting<Path> each : FILES) {
      sent = sent.without(each.key());
    }
    return sent;
  }

  /** Of the jar: must be the same at both ends. */
  static String build() {
    return OwnJar.attribute("Implementation-Version") + " " + OwnJar.attribute("Build");
  }

  /** The host of each place for a node. */
  List<String> places(CommandSpec spec) {
    if (hosts != null && hostfile != null) {
      throw ClusterOptions.misuse(spec, "give either --hosts or --hostfile, not both");
    }
    try {
      return hosts != null ? HostList.parse(hosts) : HostList.read(hostfile);
    } catch (IllegalArgumentException e) {
      throw ClusterOptions.misuse(spec, e.getMessage());
    }
  }

  /** How to reach the hosts; nothing is started there that needs a secret. */
  HostPlan doctorPlan(CommandSpec spec) {
    return new HostPlan(places(spec), List.of(ssh.trim().split("\\s+")), java, stage, build(), "");
  }

  /** How to start {@code nodes} of them. A secret that nobody gave is made for this one run. */
  HostPlan plan(List<String> places, int nodes, Settings settings) throws IOException {
    ClusterSecret secret = Secrets.of(settings);
    return new HostPlan(
        places.subList(0, nodes),
        List.of(ssh.trim().split("\\s+")),
        java,
        stage,
        build(),
        secret == null ? ClusterSecret.newText() : secret.handOn(),
        files(settings));
  }

  /** What the settings of TLS name here; it goes to the hosts beside the secret. */
  private static Map<String, byte[]> files(Settings settings) throws IOException {
    NodeConfigs.tls(settings);
    Map<String, byte[]> files = new TreeMap<>();
    for (Setting<Path> each : FILES) {
      if (settings.get(each) != null) {
        files.put(each.key(), Files.readAllBytes(settings.get(each)));
      }
    }
    return files;
  }
}
