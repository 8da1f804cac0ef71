package org.dsm4j.node;

import java.time.Duration;
import org.dsm4j.node.auth.ClusterSecret;
import org.dsm4j.node.auth.ClusterTls;

/**
 * How a node can be reached, and by whom. Immutable.
 *
 * @param bind address or name of the interface to listen on; null = loopback where the manager is
 *     on loopback, else the address by which this machine reaches the manager
 * @param port TCP port of the data plane; 0 = a free one
 * @param advertise address or name by which other nodes reach this one; null = what is listened on
 * @param secret the cluster's, or null; needed unless all listens on loopback
 * @param tls what this process shows and believes on the control plane, or null: in the clear
 * @param nameWait how long the manager's name may take to become known: names of pods come and go
 *     with them
 */
public record Network(
    String bind,
    int port,
    String advertise,
    ClusterSecret secret,
    ClusterTls tls,
    Duration nameWait) {
  /** Loopback, a free port, no secret. */
  public static final Network LOOPBACK = new Network(null, 0, null, null, null, Duration.ZERO);

  /** Checks ranges. */
  public Network {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("setting port is " + port + "; allowed: 0 to 65535");
    }
  }
}
