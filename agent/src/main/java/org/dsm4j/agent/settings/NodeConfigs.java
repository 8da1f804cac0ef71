package org.dsm4j.agent.settings;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import org.dsm4j.node.Network;
import org.dsm4j.node.NodeConfig;
import org.dsm4j.node.auth.ClusterTls;
import org.dsm4j.node.engine.Pager;

/** From settings to the configuration of a node. */
public final class NodeConfigs {
  private static final String LOOPBACK = InetAddress.getLoopbackAddress().getHostAddress();

  private NodeConfigs() {}

  /**
   * The node these settings describe. Waits, up to the join timeout, for the port file if there is
   * one.
   *
   * @throws SettingsException if they contradict each other
   */
  public static NodeConfig of(Settings settings) {
    int node = settings.get(SettingTable.NODE);
    int nodes = settings.get(SettingTable.NODES);
    if (node >= nodes) {
      throw new SettingsException(
          "setting node is %d (%s), in a cluster of %d (%s); allowed: 0 to %d"
              .formatted(
                  node,
                  settings.origin(SettingTable.NODE),
                  nodes,
                  settings.origin(SettingTable.NODES),
                  nodes - 1));
    }
    NodeConfig.Builder builder =
        NodeConfig.builder()
            .node(node)
            .nodes(nodes)
            .cluster(settings.get(SettingTable.CLUSTER))
            .base(settings.get(SettingTable.BASE))
            .spaceBytes(settings.get(SettingTable.SPACE))
            .silence(settings.get(SettingTable.SILENCE))
            .joinTimeout(settings.get(SettingTable.JOIN_TIMEOUT))
            .requestTimeout(settings.get(SettingTable.REQUEST_TIMEOUT))
            .initTimeout(settings.get(SettingTable.INIT_TIMEOUT))
            .endTimeout(settings.get(SettingTable.END_TIMEOUT))
            .spinNanos(settings.get(SettingTable.SPIN))
            .coresFree(settings.get(SettingTable.CORES))
            .hold(settings.get(SettingTable.HOLD))
            .maxMappings(settings.get(SettingTable.MAX_MAPPINGS))
            .nativeWaitNanos(settings.get(SettingTable.NATIVE_WAIT))
            .pager(Pager.valueOf(settings.get(SettingTable.PAGER)))
            .twins(settings.get(SettingTable.TWINS))
            .migrateAfter(settings.get(SettingTable.MIGRATE_AFTER))
            .logLevel(settings.get(SettingTable.LOG));
    if (nodes > 1) {
      builder.network(network(settings));
    }
    manager(builder, settings);
    return builder.build();
  }

  private static Network network(Settings settings) {
    return new Network(
        settings.get(SettingTable.BIND),
        settings.get(SettingTable.PORT),
        settings.get(SettingTable.ADVERTISE),
        Secrets.of(settings),
        tls(settings),
        settings.get(SettingTable.SERVICE) == null
            ? Duration.ZERO
            : settings.get(SettingTable.JOIN_TIMEOUT));
  }

  /**
   * What this process shows and believes on the control plane, or null.
   *
   * @throws org.dsm4j.DsmException if the files cannot be used
   */
  public static ClusterTls tls(Settings settings) {
    return ClusterTls.read(
        settings.get(SettingTable.TLS_CERTIFICATE),
        settings.get(SettingTable.TLS_KEY),
        settings.get(SettingTable.TLS_TRUST));
  }

  private static void manager(NodeConfig.Builder builder, Settings settings) {
    boolean first = settings.get(SettingTable.NODE) == 0;
    Endpoint manager = settings.get(SettingTable.MANAGER);
    Path portFile = settings.get(SettingTable.PORT_FILE);
    if (portFile != null && first) {
      // A launcher's: where its nodes are on several hosts, the setting manager names this one.
      builder
          .manager(manager == null ? LOOPBACK : manager.host(), 0)
          .managerHere(true)
          .managerPortFile(portFile);
    } else if (portFile != null) {
      builder.manager(LOOPBACK, PortFile.await(portFile, settings.get(SettingTable.JOIN_TIMEOUT)));
    } else if (manager != null) {
      builder
          .manager(manager.host(), manager.port())
          .managerHere(first && settings.get(SettingTable.EMBEDDED_MANAGER));
    } else if (settings.get(SettingTable.NODES) > 1) {
      throw new SettingsException(
          "setting manager is missing, needed for %d nodes (%s); give every node the same manager=host:port, or start them with: java -jar dsm-agent.jar run -n %d"
              .formatted(
                  settings.get(SettingTable.NODES),
                  settings.origin(SettingTable.NODES),
                  settings.get(SettingTable.NODES)));
    }
  }
}
