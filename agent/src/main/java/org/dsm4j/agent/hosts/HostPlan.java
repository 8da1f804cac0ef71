package org.dsm4j.agent.hosts;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dsm4j.agent.settings.SettingTable;

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
 * @param files what the settings of TLS name here, by setting
 */
public record HostPlan(
    List<String> hosts,
    List<String> ssh,
    String java,
    String stage,
    String build,
    String secret,
    Map<String, byte[]> files) {

  /** Copies the list. */
  public HostPlan {
    hosts = List.copyOf(hosts);
    ssh = List.copyOf(ssh);
    files = Map.copyOf(files);
  }

  /** Without TLS. */
  public HostPlan(
      List<String> hosts,
      List<String> ssh,
      String java,
      String stage,
      String build,
      String secret) {
    this(hosts, ssh, java, stage, build, secret, Map.of());
  }

  /** What a node gets of the files: the key of the manager only who needs it. */
  Map<String, byte[]> filesFor(int node) {
    String certificate = SettingTable.TLS_CERTIFICATE.key();
    boolean mutual = files.containsKey(SettingTable.TLS_TRUST.key());
    if (node == 0 || mutual || !files.containsKey(certificate)) {
      return new TreeMap<>(files);
    }
    return new TreeMap<>(Map.of(SettingTable.TLS_TRUST.key(), files.get(certificate)));
  }

  /** Not the secret. */
  @Override
  public String toString() {
    return String.join(",", hosts);
  }
}
