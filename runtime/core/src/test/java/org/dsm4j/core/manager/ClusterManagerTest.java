package org.dsm4j.core.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.dsm4j.Consistency;
import org.dsm4j.core.allocation.Geometry;
import org.dsm4j.core.allocation.Region;
import org.dsm4j.core.initialization.Outcome;
import org.dsm4j.core.message.Protocol;
import org.dsm4j.core.message.Subject;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.core.message.ToNode;
import org.junit.jupiter.api.Test;

class ClusterManagerTest {
  private static final long SECOND = 1_000_000_000L;
  private static final long SPACE = 1L << 30;

  private final Map<Long, List<ToNode>> sent = new HashMap<>();
  private final Set<Long> closed = new HashSet<>();
  private Integer over;
  private final Outbound out =
      new Outbound() {
        @Override
        public void send(long connection, ToNode message) {
          sent.computeIfAbsent(connection, c -> new ArrayList<>()).add(message);
        }

        @Override
        public void close(long connection) {
          closed.add(connection);
        }

        @Override
        public void over(int status) {
          assertNull(over, "once");
          over = status;
        }
      };

  private ClusterManager manager(int nodes) {
    return new ClusterManager("dsm", nodes, -1, 60 * SECOND, 120 * SECOND, 0, out);
  }

  private static ToManager.Join join(int node, int nodes) {
    return new ToManager.Join(
        Protocol.VERSION,
        "dsm",
        node,
        nodes,
        SPACE,
        SPACE / 2,
        4096,
        Map.of("home-block", "16"),
        Map.of("app.jar", "1234"),
        "127.0.0.1:" + (5000 + node));
  }

  private List<ToNode> take(long connection) {
    List<ToNode> messages = sent.remove(connection);
    return messages == null ? List.of() : messages;
  }

  /** Connection numbers are 100 + node. */
  private ClusterManager ready(int nodes) {
    ClusterManager manager = manager(nodes);
    for (int node = 0; node < nodes; node++) {
      assertNull(manager.receive(100 + node, join(node, nodes), 0));
    }
    for (int node = 0; node < nodes; node++) {
      assertNull(manager.receive(100 + node, new ToManager.Connected(), 0));
    }
    assertTrue(manager.ready());
    sent.clear();
    return manager;
  }

  private String refusal(ClusterManager manager, ToManager.Join join) {
    assertNull(manager.receive(999, join, 0));
    List<ToNode> messages = take(999);
    assertEquals(1, messages.size());
    assertTrue(closed.contains(999L));
    return ((ToNode.Refused) messages.get(0)).reason();
  }

  @Test
  void allJoinThenConnectThenAreReady() {
    ClusterManager manager = manager(2);
    manager.receive(100, join(0, 2), 0);
    assertEquals(List.of(), take(100));
    manager.receive(101, join(1, 2), 0);
    ToNode addresses = new ToNode.Addresses(List.of("127.0.0.1:5000", "127.0.0.1:5001"), -1);
    assertEquals(List.of(addresses), take(100));
    assertEquals(List.of(addresses), take(101));
    manager.receive(101, new ToManager.Connected(), 0);
    assertFalse(manager.ready());
    manager.receive(100, new ToManager.Connected(), 0);
    assertEquals(List.of(new ToNode.Ready()), take(100));
    assertEquals(List.of(new ToNode.Ready()), take(101));
  }

  @Test
  void aManagerThatEndsEndsItsClusterAndTheFirstReasonCounts() {
    ClusterManager manager = ready(2);
    assertEquals("", manager.because());
    manager.end(130, "Ctrl-C");
    List<ToNode> told = List.of(new ToNode.End(130, -1, "Ctrl-C"));
    assertEquals(told, take(100));
    assertEquals(told, take(101));
    manager.receive(100, new ToManager.Failed(3, "too late"), 0);
    manager.end(143, "too late");
    manager.disconnected(100, "it ended");
    assertNull(over, "while one is there");
    manager.disconnected(101, "it ended");
    assertEquals(130, over);
    assertEquals("the manager ended with status 130 (Ctrl-C)", manager.because());
  }

  @Test
  void aManagerThatEndsBeforeAllAreThereRefusesTheRest() {
    ClusterManager manager = manager(2);
    manager.receive(100, join(0, 2), 0);
    manager.end(143, "SIGTERM");
    assertEquals(
        List.of(new ToNode.Refused("the manager ended with status 143 (SIGTERM)")), take(100));
    assertEquals(143, over);
    assertNames(refusal(manager, join(1, 2)), "the cluster is over", "SIGTERM");
  }

  private static final int OURS = Protocol.VERSION;

  @Test
  void refusalsNameBothValues() {
    ClusterManager manager = manager(3);
    manager.receive(100, join(0, 3), 0);
    ToManager.Join good = join(1, 3);
    assertNames(
        refusal(manager, with(good, 7, "dsm", 1, 3, SPACE, 4096, "16", "1234")), "7", "" + OURS);
    assertNames(
        refusal(manager, with(good, OURS, "other", 1, 3, SPACE, 4096, "16", "1234")),
        "other",
        "dsm");
    assertNames(
        refusal(manager, with(good, OURS, "dsm", 1, 4, SPACE, 4096, "16", "1234")), "4", "3");
    assertNames(
        refusal(manager, with(good, OURS, "dsm", 3, 3, SPACE, 4096, "16", "1234")), "node 3");
    assertNames(
        refusal(manager, with(good, OURS, "dsm", -1, 3, SPACE, 4096, "16", "1234")), "node -1");
    assertNames(
        refusal(manager, with(good, OURS, "dsm", 0, 3, SPACE, 4096, "16", "1234")),
        "node 0",
        "127.0.0.1:5000");
    assertNames(
        refusal(manager, with(good, OURS, "dsm", 1, 3, SPACE, 16384, "16", "1234")),
        "16384",
        "4096");
    assertNames(
        refusal(manager, with(good, OURS, "dsm", 1, 3, SPACE * 2, 4096, "16", "1234")),
        "" + SPACE,
        "" + 2 * SPACE);
    assertNames(
        refusal(manager, with(good, OURS, "dsm", 1, 3, SPACE, 4096, "8", "1234")),
        "home-block",
        "8",
        "16");
    assertNames(
        refusal(manager, with(good, OURS, "dsm", 1, 3, SPACE, 4096, "16", "99")),
        "app.jar",
        "99",
        "1234");
    assertNames(refusal(manager, with(good, OURS, "dsm", 1, 3, 12345, 4096, "16", "1")), "12345");
    assertNull(manager.receive(101, good, 0), "a refused stranger does no harm");
    assertNull(manager.receive(102, join(2, 3), 0));
    assertNames(refusal(manager, join(1, 3)), "all 3 nodes");
  }

  private static void assertNames(String reason, String... values) {
    for (String value : values) {
      assertTrue(reason.contains(value), reason);
    }
    assertFalse(reason.contains("\n"), "one line");
  }

  private static ToManager.Join with(
      ToManager.Join join,
      int protocol,
      String cluster,
      int node,
      int nodes,
      long space,
      long page,
      String setting,
      String application) {
    return new ToManager.Join(
        protocol,
        cluster,
        node,
        nodes,
        space,
        join.arenaFirstByte(),
        page,
        Map.of("home-block", setting),
        Map.of("app.jar", application),
        join.address());
  }

  @Test
  void aClusterThatDoesNotFormEndsInTime() {
    ClusterManager manager = manager(3);
    manager.receive(101, join(1, 3), 0);
    manager.tick(60 * SECOND - 1);
    assertNull(over);
    manager.tick(60 * SECOND);
    assertEquals(1, over);
    String reason = ((ToNode.Refused) take(101).get(0)).reason();
    assertNames(reason, "nodes 0, 2", "join-timeout");
  }

  @Test
  void aClusterThatDoesNotConnectEndsInTime() {
    ClusterManager manager = manager(2);
    manager.receive(100, join(0, 2), 0);
    manager.receive(101, join(1, 2), 0);
    manager.receive(101, new ToManager.Connected(), 0);
    sent.clear();
    manager.tick(60 * SECOND);
    assertNames(((ToNode.Refused) take(100).get(0)).reason(), "node 0 did not connect");
    assertEquals(1, over);
  }

  @Test
  void oneThatGoesAwayWhileFormingIsTold() {
    ClusterManager manager = manager(2);
    manager.receive(100, join(0, 2), 0);
    manager.receive(101, join(1, 2), 0);
    sent.clear();
    manager.disconnected(101, "its connection broke");
    assertNames(((ToNode.Refused) take(100).get(0)).reason(), "node 1 went away");
    assertEquals(1, over);
    assertNames(refusal(manager, join(1, 2)), "over", "node 1 went away");
  }

  @Test
  void messagesOutOfTurnAreWrong() {
    ClusterManager manager = manager(2);
    assertNotNull(manager.receive(7, new ToManager.Ended(), 0), "before its join");
    manager.receive(100, join(0, 2), 0);
    assertNotNull(manager.receive(100, join(0, 2), 0), "twice");
    assertNotNull(manager.receive(100, new ToManager.Connected(), 0), "before all have joined");
    assertNotNull(manager.receive(100, new ToManager.Await(1, "x"), 0), "before ready");
    ClusterManager ready = ready(2);
    assertNotNull(ready.receive(100, new ToManager.Connected(), 0), "again");
    assertNotNull(ready.receive(100, new ToManager.FreeMarked(5, List.of()), 0), "no such free");
    assertNotNull(ready.receive(100, new ToManager.Initialized(1, "A", 1, null), 0), "not running");
    assertNotNull(ready.receive(100, new ToManager.Failed(0, "x"), 0), "0 is no failure");
    assertNotNull(ready.receive(100, new ToManager.Failed(256, "x"), 0));
    assertNotNull(ready.receive(100, new ToManager.Lost(2, "x"), 0), "no node 2");
    assertNotNull(ready.receive(100, new ToManager.Free(1, -4096, 4096), 0), "outside");
    assertNotNull(ready.receive(100, new ToManager.Free(1, 4096, Long.MAX_VALUE), 0), "outside");
  }

  private static ToManager allocate(long request, long bytes) {
    return new ToManager.Allocate(
        request, Region.Kind.MEMORY, "m", bytes, Consistency.SEQUENTIAL, "");
  }

  @Test
  void aNameIsTheSameForAll() {
    ClusterManager manager = ready(2);
    ToManager ask = allocate(5, 5000);
    manager.receive(100, ask, 0);
    manager.receive(101, ask, 0);
    assertEquals(List.of(new ToNode.Allocated(5, 4096)), take(100));
    assertEquals(List.of(new ToNode.Allocated(5, 4096)), take(101));
    manager.receive(101, allocate(6, 6000), 0);
    assertNames(((ToNode.Failure) take(101).get(0)).message(), "5000", "6000");
  }

  @Test
  void aFreeIsMarkedEverywhereBeforeMemoryIsGivenBack() {
    ClusterManager manager = ready(2);
    manager.receive(100, allocate(1, 5000), 0);
    sent.clear();
    manager.receive(101, new ToManager.Free(2, 4096, 5000), 0);
    ToNode mark = new ToNode.MarkFreed(1, 4096, 8192);
    assertEquals(List.of(mark), take(100));
    assertEquals(List.of(mark), take(101));
    manager.receive(100, new ToManager.Free(9, 4096, 5000), 0);
    assertNames(((ToNode.Failure) take(100).get(0)).message(), "freed already");
    manager.receive(100, new ToManager.FreeMarked(1, List.of()), 0);
    assertEquals(List.of(), take(101));
    assertNotNull(manager.receive(100, new ToManager.FreeMarked(1, List.of()), 0), "twice");
    manager.receive(101, new ToManager.FreeMarked(1, List.of()), 0);
    assertEquals(List.of(new ToNode.Discard(4096, 8192)), take(100));
    assertEquals(List.of(new ToNode.Discard(4096, 8192), new ToNode.Done(2)), take(101));
    manager.receive(101, allocate(3, 5000), 0);
    assertEquals(List.of(new ToNode.Allocated(3, 12288)), take(101), "fresh memory");
  }

  /** First nobody takes memory of it any more, then what was taken is marked, then given back. */
  @Test
  void aRegionIsFreedInTwoRounds() {
    ClusterManager manager = ready(2);
    manager.receive(100, region(1), 0);
    long number = ((ToNode.Allocated) take(100).get(0)).offset();
    manager.receive(100, heap(2, 5000), 0);
    long large = ((ToNode.Allocated) take(100).get(0)).offset();
    long arena = arenaStart(1);
    sent.clear();
    manager.receive(101, new ToManager.Free(2, number, 1), 0);
    ToNode mark = new ToNode.MarkFreed(1, number, 0);
    assertEquals(List.of(mark), take(100));
    assertEquals(List.of(mark), take(101));
    manager.receive(100, new ToManager.FreeMarked(1, List.of(large, 8192L)), 0);
    assertEquals(List.of(), take(100));
    manager.receive(101, new ToManager.FreeMarked(1, List.of(arena, 4096L)), 0);
    List<Long> spans = List.of(large, 8192L, arena, 4096L);
    assertEquals(List.of(new ToNode.MarkSpans(2, spans, false)), take(100));
    assertEquals(List.of(new ToNode.MarkSpans(2, spans, false)), take(101));
    manager.receive(100, new ToManager.FreeMarked(2, List.of()), 0);
    assertEquals(List.of(), take(100), "not before all have marked");
    manager.receive(101, new ToManager.FreeMarked(2, List.of()), 0);
    assertEquals(List.of(new ToNode.DiscardSpans(spans)), take(100));
    assertEquals(List.of(new ToNode.DiscardSpans(spans), new ToNode.Done(2)), take(101));
    manager.receive(100, new ToManager.Free(3, number, 1), 0);
    assertNames(((ToNode.Failure) take(100).get(0)).message(), "freed already");
    manager.receive(101, region(4), 0);
    assertNotEquals(number, ((ToNode.Allocated) take(101).get(0)).offset(), "a fresh one");
  }

  @Test
  void anEmptyRegionIsFreedInOneRound() {
    ClusterManager manager = ready(1);
    manager.receive(100, region(1), 0);
    long number = ((ToNode.Allocated) take(100).get(0)).offset();
    manager.receive(100, new ToManager.Free(2, number, 1), 0);
    take(100);
    manager.receive(100, new ToManager.FreeMarked(1, List.of()), 0);
    assertEquals(List.of(new ToNode.Done(2)), take(100));
  }

  @Test
  void aNodeGivesBackPagesOfItsOwnOnly() {
    ClusterManager manager = ready(2);
    List<Long> own = List.of(arenaStart(1), 4096L);
    assertNull(manager.receive(101, new ToManager.GiveBack(0, own), 0));
    assertEquals(List.of(new ToNode.MarkSpans(1, own, true)), take(100));
    manager.receive(100, new ToManager.FreeMarked(1, List.of()), 0);
    manager.disconnected(101, "gone");
    assertTrue(take(100).contains(new ToNode.DiscardSpans(own)), "nobody waits for the dead");
    assertNotNull(manager.receive(100, new ToManager.GiveBack(0, own), 0), "another's");
    assertNotNull(
        manager.receive(100, new ToManager.GiveBack(0, List.of(arenaStart(0) + 1, 4096L)), 0));
    assertNotNull(manager.receive(100, new ToManager.GiveBack(0, List.of(4096L, 4096L)), 0));
    assertThrows(IllegalArgumentException.class, () -> new ToManager.GiveBack(0, List.of(1L)));
    assertThrows(IllegalArgumentException.class, () -> new ToManager.GiveBack(0, List.of(1L, -1L)));
  }

  private static long arenaStart(int node) {
    return new Geometry(SPACE, SPACE / 2, 4096, 2).arenaStart(node);
  }

  private static ToManager region(long request) {
    return new ToManager.Allocate(request, Region.Kind.REGION, "frame", 1, Consistency.RELEASE, "");
  }

  private static ToManager heap(long request, long bytes) {
    return new ToManager.Allocate(request, Region.Kind.HEAP, "", bytes, Consistency.RELEASE, "");
  }

  @Test
  void valuesAreAwaited() {
    ClusterManager manager = ready(2);
    manager.receive(101, new ToManager.Await(1, "port"), 0);
    assertEquals(List.of(), take(101));
    manager.receive(100, new ToManager.Publish(2, "port", "99"), 0);
    assertEquals(List.of(new ToNode.Value(1, "99")), take(101));
    assertEquals(List.of(new ToNode.Done(2)), take(100));
    manager.receive(101, new ToManager.Await(3, "port"), 0);
    assertEquals(List.of(new ToNode.Value(3, "99")), take(101));
  }

  @Test
  void allAreAskedAndAllAnswersComeBackInOrder() {
    ClusterManager manager = ready(2);
    manager.receive(101, new ToManager.Gather(4, Subject.OWNED_PAGES, 4096, 8), 0);
    assertEquals(List.of(new ToNode.Ask(1, Subject.OWNED_PAGES, 4096, 8)), take(100));
    take(101);
    manager.receive(101, new ToManager.Gathered(1, new byte[] {1}), 0);
    manager.receive(100, new ToManager.Gathered(1, new byte[] {2}), 0);
    ToNode.Collected collected = (ToNode.Collected) take(101).get(0);
    assertEquals(4, collected.request());
    assertEquals(2, collected.parts().get(0)[0]);
    assertEquals(1, collected.parts().get(1)[0]);
    manager.receive(
        101, new ToManager.Gather(5, Subject.OWNED_PAGES, 0, Protocol.MAX_PAGES_ASKED + 1), 0);
    assertTrue(take(101).get(0) instanceof ToNode.Failure);
  }

  @Test
  void initializersRunOnceInTheCluster() {
    ClusterManager manager = ready(2);
    manager.receive(101, new ToManager.Initialize(1, "A", 1, "main"), 0);
    manager.receive(100, new ToManager.Initialize(1, "A", 1, "main"), 0);
    assertEquals(List.of(new ToNode.Initialization(1, Outcome.RUN, null)), take(101));
    assertEquals(List.of(), take(100));
    manager.receive(101, new ToManager.Initialized(2, "A", 1, null), 0);
    assertEquals(List.of(new ToNode.Done(2)), take(101));
    assertEquals(List.of(new ToNode.Initialization(1, Outcome.DONE, null)), take(100));
    manager.receive(100, new ToManager.Initialize(3, "B", 1, "main"), 0);
    manager.receive(101, new ToManager.Initialize(3, "B", 1, "main"), 0);
    sent.clear();
    manager.tick(120 * SECOND);
    assertEquals(
        Outcome.TIMED_OUT, ((ToNode.Initialization) take(101).get(0)).outcome(), "bounded");
  }

  @Test
  void nodesServeUntilAllHaveEnded() {
    ClusterManager manager = ready(2);
    manager.receive(100, new ToManager.Ended(), 0);
    assertEquals(List.of(), take(100));
    manager.receive(101, new ToManager.Publish(1, "still", "served"), 0);
    assertNotNull(manager.receive(101, new ToManager.Leaving(), 0), "before it ended");
    manager.receive(101, new ToManager.Ended(), 0);
    assertEquals(List.of(new ToNode.AllEnded(0)), take(100));
    manager.receive(100, new ToManager.Leaving(), 0);
    assertEquals(List.of(), take(100), "node 1 may not know yet that nobody is lost from now on");
    manager.receive(101, new ToManager.Leaving(), 0);
    assertEquals(List.of(new ToNode.Leave()), take(100));
    manager.disconnected(100, "end of stream");
    assertNull(over);
    manager.disconnected(101, "end of stream");
    assertEquals(0, over);
  }

  @Test
  void theFirstFailureDecides() {
    ClusterManager manager = ready(3);
    manager.receive(102, new ToManager.Failed(3, "System.exit"), 0);
    manager.receive(101, new ToManager.Failed(4, "System.exit"), 0);
    ToNode end = new ToNode.End(3, 2, "System.exit");
    for (int node = 0; node < 3; node++) {
      assertEquals(List.of(end), take(100 + node), "once");
    }
    manager.disconnected(102, "end of stream");
    assertEquals(List.of(), take(100), "no loss once the end is decided");
    manager.receive(100, new ToManager.Ended(), 0);
    manager.receive(101, new ToManager.Ended(), 0);
    assertEquals(List.of(new ToNode.AllEnded(3)), take(100));
    manager.disconnected(100, "");
    manager.disconnected(101, "");
    assertEquals(3, over);
  }

  @Test
  void aLostNodeIsToldToTheRest() {
    ClusterManager manager = ready(3);
    manager.receive(102, new ToManager.Gather(1, Subject.COUNTERS, 0, 0), 0);
    sent.clear();
    manager.disconnected(101, "its connection broke");
    assertEquals(List.of(new ToNode.NodeLost(1, "its connection broke")), take(100));
    assertEquals(List.of(new ToNode.NodeLost(1, "its connection broke")), take(102));
    manager.receive(100, new ToManager.Failed(9, "late"), 0);
    assertEquals(List.of(), take(102), "75 was first");
    manager.disconnected(100, "");
    manager.disconnected(102, "");
    assertEquals(75, over);
  }

  @Test
  void aNodeThatEndedButDiedBeforeTheOthersIsALoss() {
    ClusterManager manager = ready(2);
    manager.receive(100, new ToManager.Ended(), 0);
    manager.disconnected(100, "its connection broke");
    assertEquals(List.of(new ToNode.NodeLost(0, "its connection broke")), take(101));
  }

  @Test
  void aLossSeenByAnEngineIsToldToAllOthers() {
    ClusterManager manager = ready(3);
    manager.receive(100, new ToManager.Lost(2, "silent for 8 s"), 0);
    manager.receive(101, new ToManager.Lost(2, "silent for 8 s"), 0);
    assertEquals(1, take(101).size());
    assertEquals(1, take(100).size());
    assertEquals(List.of(), take(102));
  }
}
