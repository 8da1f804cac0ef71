package org.dsm4j.node.control;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import org.dsm4j.node.auth.ClusterSecret;
import org.dsm4j.node.auth.ClusterTls;

/**
 * Settings of a manager.
 *
 * @param host address or name to listen on; loopback, unless there is a secret
 * @param port port to listen on; 0 = a free one
 * @param nodes how many nodes the cluster has
 * @param node the node in whose process it is; -1 = none, it stands alone
 * @param cluster the cluster's name
 * @param secret the cluster's, or null
 * @param tls what it shows and believes, or null: in the clear
 * @param portFile file into which the port is written, atomically, once the manager listens; or
 *     null
 * @param joinTimeout how long all nodes may take to join and connect
 * @param initTimeout how long a static initializer may be waited for
 * @param logLevel ERROR, WARN, INFO, DEBUG or TRACE
 */
public record ManagerConfig(
    String host,
    int port,
    int nodes,
    int node,
    String cluster,
    ClusterSecret secret,
    ClusterTls tls,
    Path portFile,
    Duration joinTimeout,
    Duration initTimeout,
    String logLevel) {

  /** Checks ranges. */
  public ManagerConfig {
    Objects.requireNonNull(host, "host");
    Objects.requireNonNull(cluster, "cluster");
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("setting port is " + port + "; allowed: 0 to 65535");
    }
    if (nodes < 1 || nodes > 4096) {
      throw new IllegalArgumentException("setting nodes is " + nodes + "; allowed: 1 to 4096");
    }
    if (joinTimeout.isNegative() || joinTimeout.isZero()) {
      throw new IllegalArgumentException(
          "setting join timeout is " + joinTimeout + "; allowed: more than 0");
    }
  }

  /** A manager that stands alone on 127.0.0.1, with default times. */
  public static ManagerConfig of(int port, int nodes, String cluster) {
    return new ManagerConfig(
        "127.0.0.1",
        port,
        nodes,
        -1,
        cluster,
        null,
        null,
        null,
        Duration.ofSeconds(60),
        Duration.ofSeconds(120),
        "WARN");
  }

  /** The same with a port file. */
  public ManagerConfig withPortFile(Path file) {
    return new ManagerConfig(
        host, port, nodes, node, cluster, secret, tls, file, joinTimeout, initTimeout, logLevel);
  }

  /** The same with another bound on joining. */
  public ManagerConfig withJoinTimeout(Duration timeout) {
    return new ManagerConfig(
        host, port, nodes, node, cluster, secret, tls, portFile, timeout, initTimeout, logLevel);
  }

  /** The same with a secret. */
  public ManagerConfig withSecret(ClusterSecret value) {
    return new ManagerConfig(
        host, port, nodes, node, cluster, value, tls, portFile, joinTimeout, initTimeout, logLevel);
  }

  /** The same with TLS. */
  public ManagerConfig withTls(ClusterTls value) {
    return new ManagerConfig(
        host,
        port,
        nodes,
        node,
        cluster,
        secret,
        value,
        portFile,
        joinTimeout,
        initTimeout,
        logLevel);
  }
}
