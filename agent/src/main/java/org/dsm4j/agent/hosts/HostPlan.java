package org.dsm4j.agent.hosts;

import java.util.List;

/**
 * Where the nodes run and how they are started there.
 *
 * @param hosts the host of each node, as ssh knows it
 * @param ssh the ssh command and its options
 * @param java the java command on the hosts
 * @param stage folder on the hosts into which the jars are copied, or null: they are there already,
 *     under the same paths as here
 * @param build of this jar
 * @param secret the cluster's, as text
 */
public record HostPlan(
    List<String> hosts, List<String> ssh, String java, String stage, String build, String secret) {

  /** Copies the list. */
  public HostPlan {
    hosts = List.copyOf(hosts);
    ssh = List.copyOf(ssh);
  }

  /** Not the secret. */
  @Override
  public String toString() {
    return String.join(",", hosts);
  }
}
