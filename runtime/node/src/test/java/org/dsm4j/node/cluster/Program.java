package org.dsm4j.node.cluster;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.dsm4j.node.Node;
import org.dsm4j.node.NodeConfig;
import org.dsm4j.node.engine.Pager;

/**
 * The main class of a node that a test starts as a process of its own: joins, runs one of {@link
 * Scenarios}, and ends as a program does. Without the agent nobody notices an exit, so the
 * scenarios say what the agent would.
 */
final class Program {
  private Program() {}

  public static void main(String[] args) {
    Map<String, String> settings = new TreeMap<>();
    Arrays.stream(args[1].split(","))
        .map(s -> s.split("=", 2))
        .forEach(s -> settings.put(s[0], s[1]));
    Node node;
    try {
      node = Node.start(config(settings));
    } catch (RuntimeException e) {
      System.err.println("refused: " + e.getMessage());
      System.exit(2);
      return;
    }
    try {
      Scenarios.run(args[0], node, settings);
    } catch (Throwable e) {
      e.printStackTrace();
      node.mainFailed(e);
      System.exit(1);
    }
  }

  private static NodeConfig config(Map<String, String> settings) {
    NodeConfig.Builder builder =
        NodeConfig.builder()
            .node(Integer.parseInt(settings.get("node")))
            .nodes(Integer.parseInt(settings.get("nodes")))
            .manager("127.0.0.1", Integer.parseInt(settings.get("port")))
            .managerHere(Boolean.parseBoolean(settings.getOrDefault("manager-here", "false")))
            .silence(
                java.time.Duration.ofMillis(
                    Long.parseLong(settings.getOrDefault("silence", "8000"))))
            .logLevel(settings.getOrDefault("log", "WARN"));
    if (settings.containsKey("port-file")) {
      builder.managerPortFile(java.nio.file.Path.of(settings.get("port-file")));
    }
    if (settings.containsKey("cluster")) {
      builder.cluster(settings.get("cluster"));
    }
    if (settings.containsKey("app")) {
      builder.application("app.jar", settings.get("app"));
    }
    if (settings.containsKey("join-timeout")) {
      builder.joinTimeout(
          java.time.Duration.ofMillis(Long.parseLong(settings.get("join-timeout"))));
    }
    if (settings.containsKey("pager")) {
      builder.pager(Pager.valueOf(settings.get("pager")));
    }
    if (settings.containsKey("twins")) {
      builder.twins(Long.parseLong(settings.get("twins")));
    }
    if (settings.containsKey("migrate-after")) {
      builder.migrateAfter(Long.parseLong(settings.get("migrate-after")));
    }
    return builder.build();
  }
}
