package org.dsm4j.core.manager;

import org.dsm4j.core.message.ToNode;

/**
 * How a cluster ends (rules 13 and 14): with the first status that is not 0 in time, or, when all
 * nodes have ended by themselves, with 0. Not thread-safe.
 */
final class Ending {
  /** Status of a cluster that lost a node. */
  static final int LOST = 75;

  /** In place of a node's number: the manager itself. */
  private static final int MANAGER = -1;

  private final Membership members;
  private final Outbound out;
  private int status;
  private String because = "";
  private boolean allEndedTold;
  private boolean leaveTold;

  Ending(Membership members, Outbound out) {
    this.members = members;
    this.out = out;
  }

  int status() {
    return status;
  }

  /** What made the status other than 0, in words; empty while it is 0. */
  String because() {
    return because;
  }

  /** Whether the end is decided: what breaks from now on is no loss. */
  boolean decided() {
    return status != 0 || allEndedTold;
  }

  /** A node ends with a status that is not 0: the first one decides for all. */
  void failed(Member member, int memberStatus, String reason) {
    if (decided()) {
      return;
    }
    because = "node " + member.node() + " ended with status " + memberStatus + " (" + reason + ")";
    tellEnd(memberStatus, member.node(), reason);
  }

  /** The manager, which stands alone, ends with a status that is not 0. */
  void managerEnds(int managerStatus, String reason) {
    if (decided()) {
      return;
    }
    because = "the manager ended with status " + managerStatus + " (" + reason + ")";
    tellEnd(managerStatus, MANAGER, reason);
  }

  private void tellEnd(int endStatus, int node, String reason) {
    status = endStatus;
    for (Member other : members.present()) {
      out.send(other.connection, new ToNode.End(endStatus, node, reason));
    }
  }

  /** A node is lost. */
  void lost(int node, String reason) {
    if (decided()) {
      return;
    }
    status = LOST;
    because = "node " + node + " is lost (" + reason + ")";
    for (Member other : members.present()) {
      if (other.node() != node) {
        out.send(other.connection, new ToNode.NodeLost(node, reason));
      }
    }
  }

  /**
   * After any step: tells all when all have ended, and, when all know that, that they may go. In
   * two steps, since a node that went at once would be a lost one to a node whose message is still
   * on its way.
   */
  void tellIfAllEnded() {
    if (!allEndedTold && members.all(member -> member.ended || member.gone)) {
      allEndedTold = true;
      for (Member member : members.present()) {
        out.send(member.connection, new ToNode.AllEnded(status));
      }
    }
    if (allEndedTold && !leaveTold && members.all(member -> member.leaving || member.gone)) {
      leaveTold = true;
      for (Member member : members.present()) {
        out.send(member.connection, new ToNode.Leave());
      }
    }
  }
}
