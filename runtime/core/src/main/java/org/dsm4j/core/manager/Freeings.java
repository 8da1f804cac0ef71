package org.dsm4j.core.manager;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.core.message.ToNode;

/**
 * Frees under way: all nodes mark the block first, so that every later use is an error; only then
 * its memory is given back. Not thread-safe.
 */
final class Freeings {
  private record Freeing(
      long connection, long request, long offset, long bytes, Set<Integer> unmarked) {}

  private final Membership members;
  private final Outbound out;
  private final Map<Long, Freeing> underWay = new HashMap<>();
  private long nextOperation = 1;

  Freeings(Membership members, Outbound out) {
    this.members = members;
    this.out = out;
  }

  void start(long connection, long request, long offset, long bytes) {
    long operation = nextOperation++;
    Set<Integer> unmarked = new HashSet<>();
    for (Member member : members.present()) {
      unmarked.add(member.node());
      out.send(member.connection, new ToNode.MarkFreed(operation, offset, bytes));
    }
    underWay.put(operation, new Freeing(connection, request, offset, bytes, unmarked));
  }

  /** Whether that node was to mark it. */
  boolean marked(int node, ToManager.FreeMarked message) {
    Freeing freeing = underWay.get(message.operation());
    if (freeing == null || !freeing.unmarked.remove(node)) {
      return false;
    }
    finishIfAllMarked(message.operation(), freeing);
    return true;
  }

  /** A node is gone: nobody waits for its marks. */
  void gone(int node) {
    for (Map.Entry<Long, Freeing> entry : new ArrayList<>(underWay.entrySet())) {
      entry.getValue().unmarked.remove(node);
      finishIfAllMarked(entry.getKey(), entry.getValue());
    }
  }

  private void finishIfAllMarked(long operation, Freeing freeing) {
    if (!freeing.unmarked.isEmpty()) {
      return;
    }
    underWay.remove(operation);
    for (Member member : members.present()) {
      out.send(member.connection, new ToNode.Discard(freeing.offset, freeing.bytes));
    }
    out.send(freeing.connection, new ToNode.Done(freeing.request));
  }
}
