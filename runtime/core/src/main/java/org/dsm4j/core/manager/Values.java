package org.dsm4j.core.manager;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dsm4j.core.message.Protocol;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.core.message.ToNode;

/**
 * Values that one node publishes and others wait for. The asker bounds its wait. Not thread-safe.
 */
final class Values {
  private record Asker(long connection, long request) {}

  private final Outbound out;
  private final Map<String, String> values = new HashMap<>();
  private final Map<String, List<Asker>> askers = new HashMap<>();

  Values(Outbound out) {
    this.out = out;
  }

  void publish(long connection, ToManager.Publish publish) {
    if (!values.containsKey(publish.key()) && values.size() >= Protocol.MAX_VALUES) {
      out.send(
          connection,
          new ToNode.Failure(
              publish.request(), "more than " + Protocol.MAX_VALUES + " values are published"));
      return;
    }
    values.put(publish.key(), publish.value());
    List<Asker> waiting = askers.remove(publish.key());
    if (waiting != null) {
      waiting.forEach(a -> out.send(a.connection, new ToNode.Value(a.request, publish.value())));
    }
    out.send(connection, new ToNode.Done(publish.request()));
  }

  void await(long connection, ToManager.Await await) {
    String value = values.get(await.key());
    if (value != null) {
      out.send(connection, new ToNode.Value(await.request(), value));
    } else {
      askers
          .computeIfAbsent(await.key(), k -> new ArrayList<>())
          .add(new Asker(connection, await.request()));
    }
  }
}
