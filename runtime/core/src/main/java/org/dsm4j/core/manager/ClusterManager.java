package org.dsm4j.core.manager;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dsm4j.core.allocation.Geometry;
import org.dsm4j.core.allocation.Region;
import org.dsm4j.core.allocation.Regions;
import org.dsm4j.core.initialization.Initializations;
import org.dsm4j.core.initialization.Outcome;
import org.dsm4j.core.initialization.Runner;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.core.message.ToNode;

/**
 * Everything the manager decides. A connection is a number; its first message must be {@link
 * ToManager.Join}.
 *
 * <pre>
 *   FORMING    nodes join; the first sets what the others must agree with
 *      | all have joined: Addresses to all
 *   CONNECTING their engines connect with each other
 *      | all have said Connected: Ready to all
 *   READY      names, allocations, initializations, questions, frees
 *      | all have ended, or a status is not 0, or a node is lost
 *   OVER       once every connection is gone
 * </pre>
 *
 * <p>Not thread-safe. Times are monotonic nanoseconds, compared by subtraction.
 */
public final class ClusterManager {
  private enum Phase {
    FORMING,
    CONNECTING,
    READY,
    OVER
  }

  private record Asker(long connection, long request) {}

  private final Outbound out;
  private final Membership members;
  private final Ending ending;
  private final Values values;
  private final Gatherings gatherings;
  private final Freeings freeings;
  private final Initializations initializations;
  private final Map<Long, Asker> initializers = new HashMap<>();
  private final long started;
  private final long joinBoundNanos;
  private final int managerNode;
  private Phase phase = Phase.FORMING;
  private Geometry geometry;
  private Regions regions;
  private String overBecause = "";
  private long nextInitializer = 1;

  /**
   * A manager whose cluster is to form.
   *
   * @param managerNode the node in whose process this manager is; -1 = none
   * @param joinBoundNanos how long that may take from now on
   * @param initBoundNanos how long a static initializer may be waited for
   */
  public ClusterManager(
      String cluster,
      int nodes,
      int managerNode,
      long joinBoundNanos,
      long initBoundNanos,
      long now,
      Outbound out) {
    this.out = out;
    this.managerNode = managerNode;
    this.members = new Membership(cluster, nodes);
    this.ending = new Ending(members, out);
    this.values = new Values(out);
    this.gatherings = new Gatherings(members, out);
    this.freeings = new Freeings(members, out);
    this.initializations = new Initializations(initBoundNanos, new InitializationAnswers());
    this.started = now;
    this.joinBoundNanos = joinBoundNanos;
  }

  /**
   * A message has come.
   *
   * @return null, or what is wrong with it: then the caller ends the connection and calls {@link
   *     #disconnected}
   */
  public String receive(long connection, ToManager message, long now) {
    Member member = members.of(connection);
    if (member == null) {
      return message instanceof ToManager.Join join
          ? join(connection, join)
          : "its first message was not a join";
    }
    String wrong = step(member, message, now);
    ending.tellIfAllEnded();
    return wrong;
  }

  private String join(long connection, ToManager.Join join) {
    String reason;
    if (phase == Phase.OVER) {
      reason = "the cluster is over" + overBecause;
    } else if (phase != Phase.FORMING) {
      reason = "all " + members.nodes() + " nodes of the cluster have joined already";
    } else {
      reason = geometryOf(join);
      if (reason == null) {
        reason = members.join(connection, join);
      }
    }
    if (reason != null) {
      out.send(connection, new ToNode.Refused(reason));
      out.close(connection);
      return null;
    }
    if (members.all(member -> true)) {
      allJoined();
    }
    return null;
  }

  private static String geometryOf(ToManager.Join join) {
    try {
      new Geometry(
          join.spaceBytes(), join.arenaFirstByte(), join.pageBytes(), Math.max(1, join.nodes()));
      return null;
    } catch (IllegalArgumentException e) {
      return e.getMessage();
    }
  }

  private void allJoined() {
    phase = Phase.CONNECTING;
    ToManager.Join first = members.node(0).join;
    geometry =
        new Geometry(
            first.spaceBytes(), first.arenaFirstByte(), first.pageBytes(), members.nodes());
    regions = new Regions(geometry);
    List<String> addresses = new ArrayList<>();
    members.present().forEach(member -> addresses.add(member.join.address()));
    toAll(new ToNode.Addresses(addresses, managerNode));
  }

  private void toAll(ToNode message) {
    members.present().forEach(member -> out.send(member.connection, message));
  }

  private String step(Member member, ToManager message, long now) {
    if (message instanceof ToManager.Join) {
      return "it joined twice";
    } else if (message instanceof ToManager.Alive) {
      return null;
    } else if (message instanceof ToManager.Failed failed) {
      return failed(member, failed);
    } else if (message instanceof ToManager.Lost lost) {
      return lost(member, lost);
    } else if (message instanceof ToManager.Connected) {
      return connected(member);
    } else if (phase != Phase.READY) {
      return "it sent " + message.getClass().getSimpleName() + " before the cluster was ready";
    } else if (message instanceof ToManager.Ended) {
      member.ended = true;
      return null;
    } else if (message instanceof ToManager.Leaving) {
      return leaving(member);
    }
    return serve(member, message, now);
  }

  private String serve(Member member, ToManager message, long now) {
    if (message instanceof ToManager.Allocate allocate) {
      return allocate(member, allocate);
    } else if (message instanceof ToManager.Free free) {
      return free(member, free);
    } else if (message instanceof ToManager.FreeMarked marked) {
      return marked(member, marked);
    } else if (message instanceof ToManager.GiveBack back) {
      return giveBack(member, back);
    } else if (message instanceof ToManager.Initialize initialize) {
      return initialize(member, initialize, now);
    } else if (message instanceof ToManager.Initialized initialized) {
      return initialized(member, initialized, now);
    } else if (message instanceof ToManager.Publish publish) {
      values.publish(member.connection, publish);
    } else if (message instanceof ToManager.Await await) {
      values.await(member.connection, await);
    } else if (message instanceof ToManager.Gather gather) {
      gatherings.start(member.connection, gather);
    } else if (message instanceof ToManager.Gathered gathered) {
      // An answer that comes after its node was counted as gone is late, not wrong.
      gatherings.answered(member.node(), gathered);
    }
    return null;
  }

  private String connected(Member member) {
    if (phase != Phase.CONNECTING || member.connected) {
      return "it connected out of turn";
    }
    member.connected = true;
    if (members.all(each -> each.connected)) {
      phase = Phase.READY;
      toAll(new ToNode.Ready());
    }
    return null;
  }

  private String failed(Member member, ToManager.Failed failed) {
    if (failed.status() < 1 || failed.status() > 255) {
      return "it failed with status " + failed.status() + ", which is none";
    }
    ending.failed(member, failed.status(), failed.reason());
    return null;
  }

  private String lost(Member member, ToManager.Lost lost) {
    if (lost.peer() < 0 || lost.peer() >= members.nodes()) {
      return "it lost node " + lost.peer() + ", which is none";
    }
    ending.lost(lost.peer(), lost.reason() + ", says node " + member.node());
    return null;
  }

  private String leaving(Member member) {
    if (!member.ended || member.leaving) {
      return "it left out of turn";
    }
    member.leaving = true;
    return null;
  }

  private String allocate(Member member, ToManager.Allocate allocate) {
    try {
      Region region =
          regions.allocate(
              allocate.kind(),
              allocate.name(),
              allocate.bytes(),
              allocate.mode(),
              allocate.traits());
      out.send(member.connection, new ToNode.Allocated(allocate.request(), region.offset()));
    } catch (Regions.Refused e) {
      out.send(member.connection, new ToNode.Failure(allocate.request(), e.getMessage()));
    }
    return null;
  }

  private String free(Member member, ToManager.Free free) {
    boolean isRegion = free.offset() >= geometry.spaceBytes();
    if (free.offset() <= 0
        || free.bytes() <= 0
        || !isRegion && free.bytes() > geometry.spaceBytes() - free.offset()) {
      return "it freed ["
          + free.offset()
          + ", +"
          + free.bytes()
          + "), which is outside of the space";
    }
    long bytes = free.bytes();
    if (isRegion || free.offset() < geometry.arenaFirstByte()) {
      Region region = regions.free(free.offset());
      if (region == null) {
        out.send(
            member.connection,
            new ToNode.Failure(
                free.request(), "it has been freed already; free a block once, on one node"));
        return null;
      }
      bytes = geometry.roundToPages(region.bytes());
    }
    freeings.start(member.connection, free.request(), free.offset(), bytes);
    return null;
  }

  private String marked(Member member, ToManager.FreeMarked marked) {
    String wrong = ownPages(member, marked.spans());
    if (wrong != null) {
      return wrong;
    }
    return freeings.marked(member.node(), marked)
        ? null
        : "it marked a block that is not being freed";
  }

  private String giveBack(Member member, ToManager.GiveBack back) {
    String wrong = ownPages(member, back.spans());
    if (wrong == null) {
      freeings.startPages(member.connection, back);
    }
    return wrong;
  }

  /** What is wrong with pages that a node says were its own and are free; null if nothing is. */
  private String ownPages(Member member, List<Long> spans) {
    long arena = geometry.arenaStart(member.node());
    for (int i = 0; i < spans.size(); i += 2) {
      long offset = spans.get(i);
      long bytes = spans.get(i + 1);
      boolean isWhole = (offset | bytes) % geometry.pageBytes() == 0;
      boolean isInArena = offset >= arena && bytes <= arena + geometry.arenaBytes() - offset;
      if (!isWhole || !isInArena && !regions.freeHeap(offset, bytes)) {
        return "it freed [" + offset + ", +" + bytes + "), which are no pages of its own";
      }
    }
    return null;
  }

  private String initialize(Member member, ToManager.Initialize message, long now) {
    long number = nextInitializer++;
    initializers.put(number, new Asker(member.connection, message.request()));
    Runner runner = new Runner(member.node(), message.thread());
    initializations.begin(number, message.owner(), runner, message.threadName(), now);
    return null;
  }

  private String initialized(Member member, ToManager.Initialized message, long now) {
    long number = nextInitializer++;
    initializers.put(number, new Asker(member.connection, message.request()));
    Runner runner = new Runner(member.node(), message.thread());
    if (!initializations.done(number, message.owner(), runner, message.failure(), now)) {
      initializers.remove(number);
      return "it ended the initializer of "
          + message.owner()
          + ", which its thread was not running";
    }
    return null;
  }

  private final class InitializationAnswers implements Initializations.Answers {
    @Override
    public void begun(long request, Outcome outcome, String failure) {
      Asker asker = initializers.remove(request);
      out.send(asker.connection, new ToNode.Initialization(asker.request, outcome, failure));
    }

    @Override
    public void returned(long request) {
      Asker asker = initializers.remove(request);
      out.send(asker.connection, new ToNode.Done(asker.request));
    }
  }

  /** A connection has ended, by either side. */
  public void disconnected(long connection, String reason) {
    Member member = members.of(connection);
    if (member == null || member.gone) {
      return;
    }
    member.gone = true;
    if (phase == Phase.FORMING || phase == Phase.CONNECTING) {
      if (!ending.decided()) {
        refuseAll(
            "node "
                + member.node()
                + " went away before the cluster was complete ("
                + reason
                + ")");
      }
    } else {
      ending.lost(member.node(), reason);
      gatherings.gone(member.node());
      freeings.gone(member.node());
      ending.tellIfAllEnded();
    }
    overIfEmpty();
  }

  /** Time has passed; call a few times a second. */
  public void tick(long now) {
    if ((phase == Phase.FORMING || phase == Phase.CONNECTING) && now - started >= joinBoundNanos) {
      String late =
          phase == Phase.FORMING
              ? members.missing() + " did not join"
              : members.without(member -> member.connected) + " did not connect with the others";
      refuseAll(
          late
              + " within "
              + joinBoundNanos / 1_000_000
              + " ms; see why, or widen the setting join-timeout");
    }
    initializations.expire(now);
  }

  /** The manager, which stands alone, is told to end, and the cluster ends with it. */
  public void end(int status, String reason) {
    if (phase == Phase.FORMING || phase == Phase.CONNECTING) {
      refuseAll("the manager ended with status " + status + " (" + reason + ")", status);
    } else {
      ending.managerEnds(status, reason);
      overIfEmpty();
    }
  }

  /** Why the cluster's status is not 0, in words; empty if it is 0. */
  public String because() {
    return overBecause.isEmpty() ? ending.because() : overBecause.substring(2);
  }

  private void refuseAll(String reason) {
    refuseAll(reason, 1);
  }

  private void refuseAll(String reason, int status) {
    overBecause = ": " + reason;
    for (Member member : members.present()) {
      out.send(member.connection, new ToNode.Refused(reason));
      out.close(member.connection);
      member.gone = true;
    }
    over(status);
  }

  private void overIfEmpty() {
    boolean forming = phase == Phase.FORMING || phase == Phase.CONNECTING;
    if (phase != Phase.OVER && (!forming || ending.decided()) && members.present().isEmpty()) {
      over(ending.status());
    }
  }

  private void over(int status) {
    if (phase != Phase.OVER) {
      phase = Phase.OVER;
      out.over(status);
    }
  }

  /** Whether every node has joined and is connected. */
  public boolean ready() {
    return phase == Phase.READY;
  }
}
