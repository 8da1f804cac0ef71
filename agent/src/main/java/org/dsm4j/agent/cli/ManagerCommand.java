package org.dsm4j.agent.cli;

import java.util.concurrent.Callable;
import org.dsm4j.agent.settings.NodeConfigs;
import org.dsm4j.agent.settings.Secrets;
import org.dsm4j.agent.settings.SettingTable;
import org.dsm4j.agent.settings.Settings;
import org.dsm4j.agent.settings.SettingsException;
import org.dsm4j.agent.settings.SettingsReader;
import org.dsm4j.node.control.ManagerConfig;
import org.dsm4j.node.control.ManagerServer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs the control plane of a cluster in a process of its own. */
@Command(
    name = "manager",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the manager of a cluster in a process of its own, until all nodes have ended.",
      "Its nodes are started with manager=HOST:PORT,embedded-manager=false; the status is the",
      "cluster's. Its name, its secret and its certificate are read as a node's are: the settings",
      "cluster, secret-file, tls-certificate, tls-key and tls-trust, and the variable DSM_SECRET."
    })
final class ManagerCommand implements Callable<Integer> {
  private static final int NO_NODE = -1;
  private static final int MAX_PORT = 65_535;

  @Spec private CommandSpec spec;

  @Option(
      names = {"-p", "--port"},
      required = true,
      description = "Port to listen on; 0 for a free one.")
  private int port;

  @Option(
      names = {"-b", "--bind"},
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description =
          "Address or name to listen on; ${DEFAULT-VALUE} by default. Any other needs a secret.")
  private String bind;

  @Option(
      names = {"-n", "--nodes"},
      required = true,
      description = "How many nodes the cluster has.")
  private int nodes;

  @Override
  public Integer call() throws InterruptedException {
    try (ManagerServer manager = ManagerServer.start(config())) {
      System.out.println(
          "dsm: manager of "
              + nodes
              + " nodes listens on "
              + (bind.contains(":") ? "[" + bind + "]" : bind)
              + ":"
              + manager.port());
      return manager.awaitEnd();
    }
  }

  private ManagerConfig config() {
    if (port < 0 || port > MAX_PORT) {
      throw ClusterOptions.misuse(spec, "--port is " + port + "; allowed: 0 to " + MAX_PORT);
    }
    if (nodes < 1) {
      throw ClusterOptions.misuse(spec, "--nodes is " + nodes + "; allowed: 1 or more");
    }
    try {
      Settings settings = SettingsReader.read("");
      return new ManagerConfig(
          bind,
          port,
          nodes,
          NO_NODE,
          settings.get(SettingTable.CLUSTER),
          Secrets.of(settings),
          NodeConfigs.tls(settings),
          null,
          settings.get(SettingTable.JOIN_TIMEOUT),
          settings.get(SettingTable.INIT_TIMEOUT),
          settings.get(SettingTable.LOG));
    } catch (SettingsException | IllegalArgumentException e) {
      throw ClusterOptions.misuse(spec, e.getMessage());
    }
  }
}
