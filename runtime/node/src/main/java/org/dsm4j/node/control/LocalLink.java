package org.dsm4j.node.control;

import java.util.ArrayDeque;
import org.dsm4j.core.manager.ClusterManager;
import org.dsm4j.core.manager.Outbound;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.core.message.ToNode;

/**
 * The manager of a cluster of one, in the same process, without thread or socket: whoever sends
 * also carries the answers, one at a time and in order.
 */
final class LocalLink implements Link {
  private static final long ONLY = 0;

  private final ControlClient client;
  private final ClusterManager manager;
  private final ArrayDeque<ToManager> inbox = new ArrayDeque<>();
  private final ArrayDeque<ToNode> outbox = new ArrayDeque<>();
  private boolean draining;

  LocalLink(String cluster, ControlClient client) {
    this.client = client;
    this.manager =
        new ClusterManager(
            cluster,
            1,
            0,
            Long.MAX_VALUE,
            Long.MAX_VALUE,
            System.nanoTime(),
            new Outbound() {
              @Override
              public void send(long connection, ToNode message) {
                outbox.add(message);
              }

              @Override
              public void close(long connection) {
                // The answer before it says why.
              }

              @Override
              public void over(int status) {
                // The process knows its own status.
              }
            });
  }

  @Override
  public void send(ToManager message) {
    synchronized (this) {
      inbox.add(message);
      if (draining) {
        return;
      }
      draining = true;
    }
    ToNode answer;
    while ((answer = next()) != null) {
      client.received(answer);
    }
  }

  private synchronized ToNode next() {
    while (outbox.isEmpty() && !inbox.isEmpty()) {
      String wrong = manager.receive(ONLY, inbox.remove(), System.nanoTime());
      if (wrong != null) {
        draining = false;
        throw new IllegalStateException("a cluster of one contradicts itself: " + wrong);
      }
    }
    draining = !outbox.isEmpty();
    return outbox.poll();
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}
