package org.dsm4j.core.manager;

import java.util.Map;
import java.util.TreeSet;
import org.dsm4j.core.message.Protocol;
import org.dsm4j.core.message.ToManager.Join;

/** Whether a node fits a cluster; every refusal names both values. */
final class JoinCheck {
  private JoinCheck() {}

  static String against(String cluster, int nodes, Join join) {
    if (join.protocol() != Protocol.VERSION) {
      return "it speaks version "
          + join.protocol()
          + " of the control protocol and the manager version "
          + Protocol.VERSION
          + "; run the same dsm-agent.jar everywhere";
    }
    if (!cluster.equals(join.cluster())) {
      return "it belongs to cluster \""
          + join.cluster()
          + "\" and this is the manager of \""
          + cluster
          + "\"";
    }
    if (join.nodes() != nodes) {
      return "it counts "
          + join.nodes()
          + " nodes and the manager "
          + nodes
          + "; set nodes to the same number everywhere";
    }
    if (join.node() < 0 || join.node() >= nodes) {
      return "there is no node "
          + join.node()
          + " in a cluster of "
          + nodes
          + " (0 to "
          + (nodes - 1)
          + ")";
    }
    if (join.address().indexOf(',') >= 0 || join.address().lastIndexOf(':') <= 0) {
      return "its address \"" + join.address() + "\" is not host:port";
    }
    return null;
  }

  static String against(Join first, Join join) {
    String other = " on node " + first.node();
    String reason = numbers("page size", first.pageBytes(), join.pageBytes(), other);
    if (reason == null) {
      reason = numbers("setting space", first.spaceBytes(), join.spaceBytes(), other);
    }
    if (reason == null) {
      reason = numbers("start of the arenas", first.arenaFirstByte(), join.arenaFirstByte(), other);
    }
    if (reason == null) {
      reason =
          maps(
              "setting ",
              first.settings(),
              join.settings(),
              other,
              "set it to the same everywhere");
    }
    if (reason == null) {
      reason =
          maps(
              "program: ",
              first.application(),
              join.application(),
              other,
              "run the same version of the program everywhere");
    }
    return reason;
  }

  private static String numbers(String what, long first, long here, String other) {
    return first == here
        ? null
        : what + " is " + here + " on it and " + first + other + "; they must be the same";
  }

  private static String maps(
      String what,
      Map<String, String> first,
      Map<String, String> here,
      String other,
      String remedy) {
    TreeSet<String> keys = new TreeSet<>(first.keySet());
    keys.addAll(here.keySet());
    for (String key : keys) {
      String a = first.getOrDefault(key, "not there");
      String b = here.getOrDefault(key, "not there");
      if (!a.equals(b)) {
        return what + key + " is " + b + " on it and " + a + other + "; " + remedy;
      }
    }
    return null;
  }
}
