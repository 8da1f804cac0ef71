package org.dsm4j.node.control;

import org.dsm4j.core.message.Protocol;
import org.dsm4j.core.naming.Names;
import org.dsm4j.node.auth.ClusterSecret;
import org.dsm4j.node.auth.ClusterTls;
import org.dsm4j.node.auth.Plane;
import org.dsm4j.node.auth.Proofs;

/**
 * Who connects with a manager, or is one, and what it knows.
 *
 * @param node its number, or {@link Proofs#MANAGER}
 * @param cluster the cluster's name
 * @param secret the cluster's, or null
 * @param tls what it shows and believes, or null: in the clear
 */
public record NodeIdentity(int node, String cluster, ClusterSecret secret, ClusterTls tls) {
  /** In the clear. */
  public NodeIdentity(int node, String cluster, ClusterSecret secret) {
    this(node, cluster, secret, null);
  }

  /** What the two ends show each other. */
  Proofs proofs() {
    return Proofs.of(secret, Plane.CONTROL, cluster, Protocol.VERSION);
  }

  /** The cluster's mark on every message. */
  long mark() {
    return Names.hash(cluster);
  }
}
