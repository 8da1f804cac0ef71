package org.dsm4j.core.manager;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.dsm4j.core.message.ToManager;

/** Who is in the cluster. Not thread-safe. */
final class Membership {
  private final String cluster;
  private final Member[] byNode;
  private final Map<Long, Member> byConnection = new HashMap<>();

  Membership(String cluster, int nodes) {
    this.cluster = cluster;
    this.byNode = new Member[nodes];
  }

  /** Why this node may not join, or null; then it has joined. */
  String join(long connection, ToManager.Join join) {
    String reason = JoinCheck.against(cluster, byNode.length, join);
    if (reason == null && byNode[join.node()] != null) {
      reason =
          "node "
              + join.node()
              + " has joined already, from "
              + byNode[join.node()].join.address()
              + "; give every process its own node number";
    }
    Member first = first();
    if (reason == null && first != null) {
      reason = JoinCheck.against(first.join, join);
    }
    if (reason == null) {
      Member member = new Member(connection, join);
      byNode[join.node()] = member;
      byConnection.put(connection, member);
    }
    return reason;
  }

  private Member first() {
    for (Member member : byNode) {
      if (member != null) {
        return member;
      }
    }
    return null;
  }

  int nodes() {
    return byNode.length;
  }

  Member of(long connection) {
    return byConnection.get(connection);
  }

  Member node(int node) {
    return byNode[node];
  }

  /** Those that have joined and whose connection stands. */
  List<Member> present() {
    List<Member> members = new ArrayList<>();
    for (Member member : byNode) {
      if (member != null && !member.gone) {
        members.add(member);
      }
    }
    return members;
  }

  /** Whether every node has joined and is so. */
  boolean all(Predicate<Member> is) {
    for (Member member : byNode) {
      if (member == null || !is.test(member)) {
        return false;
      }
    }
    return true;
  }

  /** The nodes that have not joined, for messages: {@code nodes 1, 3}. */
  String missing() {
    StringBuilder text = new StringBuilder();
    int count = 0;
    for (int node = 0; node < byNode.length; node++) {
      if (byNode[node] == null) {
        text.append(count++ == 0 ? "" : ", ").append(node);
      }
    }
    return (count == 1 ? "node " : "nodes ") + text;
  }

  /** The nodes that joined but are not so yet, for messages. */
  String without(Predicate<Member> is) {
    StringBuilder text = new StringBuilder();
    int count = 0;
    for (Member member : byNode) {
      if (member != null && !is.test(member)) {
        text.append(count++ == 0 ? "" : ", ").append(member.node());
      }
    }
    return (count == 1 ? "node " : "nodes ") + text;
  }
}
