package org.dsm4j.agent.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dsm4j.agent.settings.AgentArguments;
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
  private static final int STATUS_INTERRUPTED = 130;
  private static final int STATUS_TERMINATED = 143;

  /** What the nodes may take beyond their own bound. */
  private static final Duration MARGIN = Duration.ofSeconds(3);

  /** The JDK handles a signal in a thread of that name. */
  private static final Pattern SIGNAL = Pattern.compile("SIG([A-Z]+) handler");

  /** What is left to say may take so long. */
  private static final long LAST_SECONDS = 2;

  private final CountDownLatch told = new CountDownLatch(1);

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

  @Option(
      names = {"-c", "--cluster"},
      paramLabel = "NAME",
      description = "The cluster's name, as the setting cluster of its nodes; dsm by default.")
  private String cluster;

  @Option(
      names = {"-s", "--set"},
      paramLabel = "KEY=VALUE",
      description = "A setting: secret-file, tls-certificate, join-timeout ... May be repeated.")
  private List<String> settings = new ArrayList<>();

  @Override
  public Integer call() throws InterruptedException {
    Settings all = settings();
    try (ManagerServer manager = ManagerServer.start(config(all))) {
      long grace = all.get(SettingTable.END_TIMEOUT).plus(MARGIN).toNanos();
      Thread hook = new Thread(null, () -> end(manager, grace), "dsm-end", 0, false);
      Runtime.getRuntime().addShutdownHook(hook);
      System.out.println(
          "dsm: manager of cluster \""
              + all.get(SettingTable.CLUSTER)
              + "\", "
              + nodes
              + (nodes == 1 ? " node" : " nodes")
              + ", listens on "
              + (bind.contains(":") ? "[" + bind + "]" : bind)
              + ":"
              + manager.port());
      int status = manager.awaitEnd();
      if (status != 0) {
        System.err.println("dsm: " + manager.because() + "; the cluster has ended");
      }
      told.countDown();
      return status;
    }
  }

  /** The shutdown hook: a signal ends the cluster, in good order; nothing if it has ended. */
  private void end(ManagerServer manager, long graceNanos) {
    String signal =
        Thread.getAllStackTraces().keySet().stream()
            .map(thread -> SIGNAL.matcher(thread.getName()))
            .filter(Matcher::matches)
            .map(name -> name.group(1))
            .findFirst()
            .orElse("TERM");
    boolean interrupted = signal.equals("INT");
    boolean runs =
        manager.end(
            interrupted ? STATUS_INTERRUPTED : STATUS_TERMINATED,
            interrupted ? "Ctrl-C" : "SIG" + signal);
    try {
      if (runs && manager.awaitAllGone(graceNanos)) {
        // When this thread ends, so does the JVM.
        told.await(LAST_SECONDS, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Settings settings() {
    Map<String, String> pairs = new LinkedHashMap<>(ClusterOptions.pairs(spec, settings));
    if (cluster != null) {
      pairs.put(SettingTable.CLUSTER.key(), cluster);
    }
    try {
      return SettingsReader.read(AgentArguments.format(pairs));
    } catch (SettingsException e) {
      throw ClusterOptions.misuse(spec, e.getMessage().replace("agent arguments", "-s"));
    }
  }

  private ManagerConfig config(Settings settings) {
    if (port < 0 || port > MAX_PORT) {
      throw ClusterOptions.misuse(spec, "--port is " + port + "; allowed: 0 to " + MAX_PORT);
    }
    if (nodes < 1) {
      throw ClusterOptions.misuse(spec, "--nodes is " + nodes + "; allowed: 1 or more");
    }
    try {
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
    } catch (IllegalArgumentException e) {
      throw ClusterOptions.misuse(spec, e.getMessage());
    }
  }
}
