package org.dsm4j.core.manager;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.core.message.ToNode;

/**
 * Frees under way: all nodes mark the block first, so that every later use is an error; only then
 * its memory is given back. A region is freed in two such rounds: in the first nobody takes memory
 * of it any more and every node tells what it has taken, in the second all of that is marked. Not
 * thread-safe.
 */
final class Freeings {
  /** Nobody waits for the end. */
  private static final long NOBODY = -1;

  /**
   * A round.
   *
   * @param pages what is given back when all have marked it
   * @param unmarked nodes that have not
   * @param found what is to be marked in the next round, offset and bytes in turn
   */
  private record Freeing(
      long connection, long request, ToNode pages, Set<Integer> unmarked, List<Long> found) {}

  private final Membership members;
  private final Outbound out;
  private final Map<Long, Freeing> underWay = new HashMap<>();
  private long nextOperation = 1;

  Freeings(Membership members, Outbound out) {
    this.members = members;
    this.out = out;
  }

  /** Frees a block; of a region {@code bytes} is 0, for at its offset is nothing. */
  void start(long connection, long request, long offset, long bytes) {
    long operation = nextOperation++;
    start(
        operation,
        connection,
        request,
        new ToNode.MarkFreed(operation, offset, bytes),
        bytes == 0 ? null : new ToNode.Discard(offset, bytes));
  }

  /** Frees whole pages, of which everything was freed before. */
  void startPages(long connection, ToManager.GiveBack back) {
    startPages(back.request() == 0 ? NOBODY : connection, back.request(), back.spans(), true);
  }

  private void startPages(long connection, long request, List<Long> spans, boolean wereMarked) {
    long operation = nextOperation++;
    start(
        operation,
        connection,
        request,
        new ToNode.MarkSpans(operation, spans, wereMarked),
        new ToNode.DiscardSpans(spans));
  }

  private void start(long operation, long connection, long request, ToNode mark, ToNode pages) {
    Set<Integer> unmarked = new HashSet<>();
    for (Member member : members.present()) {
      unmarked.add(member.node());
      out.send(member.connection, mark);
    }
    underWay.put(operation, new Freeing(connection, request, pages, unmarked, new ArrayList<>()));
  }

  /** Whether that node was to mark it. */
  boolean marked(int node, ToManager.FreeMarked message) {
    Freeing freeing = underWay.get(message.operation());
    if (freeing == null || !freeing.unmarked.remove(node)) {
      return false;
    }
    freeing.found.addAll(message.spans());
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
    if (freeing.pages != null) {
      for (Member member : members.present()) {
        out.send(member.connection, freeing.pages);
      }
    }
    if (!freeing.found.isEmpty()) {
      startPages(freeing.connection, freeing.request, List.copyOf(freeing.found), false);
    } else if (freeing.connection != NOBODY) {
      out.send(freeing.connection, new ToNode.Done(freeing.request));
    }
  }
}
