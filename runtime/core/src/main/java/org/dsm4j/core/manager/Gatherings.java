package org.dsm4j.core.manager;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dsm4j.core.message.Protocol;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.core.message.ToNode;

/** Questions to all nodes that are under way. Not thread-safe. */
final class Gatherings {
  private static final byte[] NOTHING = new byte[0];

  private static final class Gathering {
    final long connection;
    final long request;
    final byte[][] parts;
    int missing;

    Gathering(long connection, long request, int nodes) {
      this.connection = connection;
      this.request = request;
      this.parts = new byte[nodes][];
      this.missing = nodes;
    }
  }

  private final Membership members;
  private final Outbound out;
  private final Map<Long, Gathering> underWay = new HashMap<>();
  private long nextOperation = 1;

  Gatherings(Membership members, Outbound out) {
    this.members = members;
    this.out = out;
  }

  void start(long connection, ToManager.Gather gather) {
    if (gather.offset() < 0 || gather.pages() < 0 || gather.pages() > Protocol.MAX_PAGES_ASKED) {
      out.send(
          connection,
          new ToNode.Failure(
              gather.request(),
              "asked about "
                  + gather.pages()
                  + " pages; "
                  + Protocol.MAX_PAGES_ASKED
                  + " at once are allowed"));
      return;
    }
    long operation = nextOperation++;
    Gathering gathering = new Gathering(connection, gather.request(), members.nodes());
    underWay.put(operation, gathering);
    for (int node = 0; node < members.nodes(); node++) {
      Member member = members.node(node);
      if (member.gone) {
        part(operation, gathering, node, NOTHING);
      } else {
        out.send(
            member.connection,
            new ToNode.Ask(operation, gather.subject(), gather.offset(), gather.pages()));
      }
    }
  }

  /** Whether that node was asked and had not answered. */
  boolean answered(int node, ToManager.Gathered answer) {
    Gathering gathering = underWay.get(answer.operation());
    if (gathering == null) {
      return false;
    }
    return part(answer.operation(), gathering, node, answer.bytes());
  }

  private boolean part(long operation, Gathering gathering, int node, byte[] bytes) {
    if (gathering.parts[node] != null) {
      return false;
    }
    gathering.parts[node] = bytes;
    if (--gathering.missing == 0) {
      underWay.remove(operation);
      List<byte[]> parts = new ArrayList<>(List.of(gathering.parts));
      out.send(gathering.connection, new ToNode.Collected(gathering.request, parts));
    }
    return true;
  }

  /** A node is gone: nobody waits for its answers. */
  void gone(int node) {
    new ArrayList<>(underWay.entrySet())
        .forEach(entry -> part(entry.getKey(), entry.getValue(), node, NOTHING));
  }
}
