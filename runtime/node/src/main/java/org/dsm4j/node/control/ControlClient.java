package org.dsm4j.node.control;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongFunction;
import org.dsm4j.Consistency;
import org.dsm4j.DsmException;
import org.dsm4j.core.allocation.Region;
import org.dsm4j.core.message.Protocol;
import org.dsm4j.core.message.Subject;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.core.message.ToNode;

/** A node's side of the control plane. Every request is bounded in time. Thread-safe. */
public final class ControlClient implements AutoCloseable {
  /**
   * How much longer than the manager this side waits, which knows better than a clock what was
   * late.
   */
  private static final long ANSWER_SLACK_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final ControlEvents events;
  private final long requestNanos;
  private final boolean ownsProcess;
  private final Requests requests = new Requests();
  private final CompletableFuture<ToNode.Addresses> joined = new CompletableFuture<>();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private volatile Link link;
  private volatile boolean over;

  private ControlClient(ControlEvents events, long requestNanos, boolean ownsProcess) {
    this.events = events;
    this.requestNanos = requestNanos;
    this.ownsProcess = ownsProcess;
  }

  /**
   * Connects with a manager.
   *
   * @param self who connects, and what it knows
   * @param ownsProcess whether the process ends with the cluster; then requests under way are not
   *     answered with an exception when the manager is lost, which would only add stack traces to
   *     the one line that says why
   * @throws DsmException if none can be reached within the time, or one of the sides does not know
   *     the cluster's secret
   */
  public static ControlClient connect(
      String host,
      int port,
      NodeIdentity self,
      ControlEvents events,
      long requestNanos,
      long joinNanos,
      boolean ownsProcess) {
    ControlClient client = new ControlClient(events, requestNanos, ownsProcess);
    client.link = NettyLink.connect(host, port, self, client, joinNanos);
    return client;
  }

  /** A cluster of one: its manager's decisions without a socket. */
  public static ControlClient alone(String cluster, ControlEvents events, long requestNanos) {
    ControlClient client = new ControlClient(events, requestNanos, false);
    client.link = new LocalLink(cluster, client);
    return client;
  }

  // ---- what comes ---------------------------------------------------------------------------

  /** On the control plane's thread: a message has come. */
  void received(ToNode message) {
    if (message instanceof ToNode.Addresses addresses) {
      joined.complete(addresses);
    } else if (message instanceof ToNode.Ready) {
      ready.complete(null);
    } else if (message instanceof ToNode.Refused refused) {
      refused(refused.reason());
    } else if (!(message instanceof ToNode.Alive) && !answered(message)) {
      told(message);
    }
  }

  private void refused(String reason) {
    over = true;
    DsmException exception = new DsmException("refused by the manager: " + reason);
    joined.completeExceptionally(exception);
    ready.completeExceptionally(exception);
    requests.fail(exception.getMessage());
  }

  private boolean answered(ToNode message) {
    long request;
    if (message instanceof ToNode.Allocated allocated) {
      request = allocated.request();
    } else if (message instanceof ToNode.Done done) {
      request = done.request();
    } else if (message instanceof ToNode.Failure failure) {
      request = failure.request();
    } else if (message instanceof ToNode.Initialization initialization) {
      request = initialization.request();
    } else if (message instanceof ToNode.Value value) {
      request = value.request();
    } else if (message instanceof ToNode.Collected collected) {
      request = collected.request();
    } else {
      return false;
    }
    requests.answer(request, message);
    return true;
  }

  private void told(ToNode message) {
    if (message instanceof ToNode.MarkFreed mark) {
      List<Long> spans = events.markFreed(mark.offset(), mark.bytes());
      link.send(new ToManager.FreeMarked(mark.operation(), spans));
    } else if (message instanceof ToNode.MarkSpans mark) {
      events.markFreedPages(mark.spans(), mark.wereMarked());
      link.send(new ToManager.FreeMarked(mark.operation(), List.of()));
    } else if (message instanceof ToNode.DiscardSpans discard) {
      List<Long> spans = discard.spans();
      for (int i = 0; i < spans.size(); i += 2) {
        events.discard(spans.get(i), spans.get(i + 1));
      }
    } else if (message instanceof ToNode.Discard discard) {
      events.discard(discard.offset(), discard.bytes());
    } else if (message instanceof ToNode.Ask ask) {
      byte[] answer = events.answer(ask.subject(), ask.offset(), ask.pages());
      link.send(new ToManager.Gathered(ask.operation(), answer));
    } else if (message instanceof ToNode.NodeLost lost) {
      events.nodeLost(lost.peer(), lost.reason());
    } else if (message instanceof ToNode.End end) {
      over = true;
      events.end(end.status(), end.node(), end.reason());
      failJoin(
          (end.node() < 0 ? "the manager" : "node " + end.node())
              + " ended with status "
              + end.status()
              + " ("
              + end.reason()
              + ")");
    } else if (message instanceof ToNode.AllEnded end) {
      over = true;
      events.allEnded(end.status());
      link.send(new ToManager.Leaving());
    } else if (message instanceof ToNode.Leave) {
      events.leave();
    }
  }

  private void failJoin(String reason) {
    DsmException exception = new DsmException("the cluster could not form: " + reason);
    joined.completeExceptionally(exception);
    ready.completeExceptionally(exception);
  }

  /** On the control plane's thread: the link has broken. */
  void disconnected(String reason) {
    boolean running = ready.isDone() && !ready.isCompletedExceptionally();
    failJoin("the manager is gone: " + reason);
    if (!running || !ownsProcess) {
      requests.fail("the manager is gone: " + reason);
    }
    if (running && !over) {
      over = true;
      events.managerLost(reason);
    }
  }

  // ---- joining ------------------------------------------------------------------------------

  /** Joins; returns when all have. */
  public ToNode.Addresses join(ToManager.Join join, long nanos) {
    link.send(join);
    return await(joined, nanos, "the other nodes did not join");
  }

  /** Says that this node's engine is connected to all; returns when all are. */
  public void connected(long nanos) {
    link.send(new ToManager.Connected());
    await(ready, nanos, "the other nodes did not connect");
  }

  private static <T> T await(CompletableFuture<T> future, long nanos, String late) {
    try {
      return future.get(nanos + ANSWER_SLACK_NANOS, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new DsmException(
          late
              + " within "
              + TimeUnit.NANOSECONDS.toMillis(nanos)
              + " ms; see why, or widen the setting join-timeout");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof DsmException cause
          ? cause
          : new DsmException(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new DsmException("interrupted while the cluster was forming", e);
    }
  }

  // ---- requests -----------------------------------------------------------------------------

  /** The offset of the region of a name. */
  public long allocate(Region.Kind kind, String name, long bytes, Consistency mode, String traits) {
    ToNode answer =
        request(
            "allocating " + kind.word() + " \"" + name + "\"",
            number -> new ToManager.Allocate(number, kind, name, bytes, mode, traits),
            requestNanos);
    return ((ToNode.Allocated) answer).offset();
  }

  /** Frees a block on all nodes; returns when every node refuses its use. */
  public void free(String what, long offset, long bytes) {
    request("freeing " + what, number -> new ToManager.Free(number, offset, bytes), requestNanos);
  }

  /**
   * Gives pages of this node's arena back, of which everything was freed.
   *
   * @param mayWait whether it returns when all nodes know it; else at once
   */
  public void giveBack(List<Long> spans, boolean mayWait) {
    if (mayWait) {
      request("giving pages back", number -> new ToManager.GiveBack(number, spans), requestNanos);
    } else {
      link.send(new ToManager.GiveBack(0, spans));
    }
  }

  /** What the calling thread shall do about a class's initializer. */
  public ToNode.Initialization initialize(
      String owner, long thread, String threadName, long boundNanos) {
    ToNode answer =
        request(
            "initializing class " + owner,
            number -> new ToManager.Initialize(number, owner, thread, threadName),
            boundNanos + ANSWER_SLACK_NANOS);
    return (ToNode.Initialization) answer;
  }

  /** The calling thread has run it. */
  public void initialized(String owner, long thread, String failure, long boundNanos) {
    request(
        "ending the initialization of class " + owner,
        number -> new ToManager.Initialized(number, owner, thread, shorten(failure)),
        boundNanos + ANSWER_SLACK_NANOS);
  }

  /** Tells the cluster a value. */
  public void publish(String key, String value) {
    request("publishing " + key, number -> new ToManager.Publish(number, key, value), requestNanos);
  }

  /**
   * A value that another node publishes.
   *
   * @throws DsmException if it does not within the time
   */
  public String awaitValue(String key, long nanos) {
    ToNode answer =
        request("waiting for " + key, number -> new ToManager.Await(number, key), nanos);
    return ((ToNode.Value) answer).value();
  }

  /** What all nodes answer, by node; empty for one that is gone. */
  public List<byte[]> gather(Subject subject, long offset, long pages) {
    ToNode answer =
        request(
            "asking all nodes",
            number -> new ToManager.Gather(number, subject, offset, pages),
            requestNanos);
    return ((ToNode.Collected) answer).parts();
  }

  private ToNode request(String what, LongFunction<ToManager> message, long nanos) {
    long number = requests.open();
    link.send(message.apply(number));
    return requests.await(number, what, nanos);
  }

  // ---- the end ------------------------------------------------------------------------------

  /** This node ends with a status that is not 0; so shall the cluster. */
  public void failed(int status, String reason) {
    link.send(new ToManager.Failed(status, shorten(reason)));
  }

  /** This node's engine has lost a peer. */
  public void lost(int peer, String reason) {
    link.send(new ToManager.Lost(peer, shorten(reason)));
  }

  /** This node's program and its shutdown hooks have ended. */
  public void ended() {
    link.send(new ToManager.Ended());
  }

  private static String shorten(String text) {
    int limit = Protocol.MAX_TEXT / 8;
    return text == null || text.length() <= limit ? text : text.substring(0, limit);
  }

  /** Whether the cluster is over: a broken link is no failure any more. */
  public boolean isOver() {
    return over;
  }

  @Override
  public void close() {
    over = true;
    link.close();
  }
}
