package org.dsm4j.node.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.dsm4j.Consistency;
import org.dsm4j.core.allocation.Region;
import org.dsm4j.core.initialization.Outcome;
import org.dsm4j.core.message.Protocol;
import org.dsm4j.core.message.Subject;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.core.message.ToNode;
import org.dsm4j.node.control.Messages.MalformedException;
import org.junit.jupiter.api.Test;

class MessagesTest {
  static final ToManager.Join JOIN =
      new ToManager.Join(
          Protocol.VERSION,
          "dsm",
          0,
          2,
          1L << 40,
          1L << 39,
          4096,
          Map.of("home-block", "16"),
          Map.of("app.jar", "99"),
          "127.0.0.1:1");

  private static final List<ToManager> TO_MANAGER =
      List.of(
          JOIN,
          new ToManager.Connected(),
          new ToManager.Alive(),
          new ToManager.Allocate(
              1, Region.Kind.STATICS, "a.B", 16, Consistency.RELEASE, "a.B{J x@0}"),
          new ToManager.Free(2, 4096, 100),
          new ToManager.FreeMarked(3, List.of(4096L, 8192L)),
          new ToManager.GiveBack(5, List.of(1L << 45, 4096L)),
          new ToManager.Initialize(4, "a.B", 1, "ma\"in\n"),
          new ToManager.Initialized(5, "a.B", 1, null),
          new ToManager.Initialized(5, "a.B", 1, "boom \u20ac"),
          new ToManager.Publish(6, "k", "v"),
          new ToManager.Await(7, "k"),
          new ToManager.Gather(8, Subject.OWNED_PAGES, 4096, 9),
          new ToManager.Failed(3, "System.exit"),
          new ToManager.Lost(1, "silent"),
          new ToManager.Ended(),
          new ToManager.Leaving());

  private static final List<ToNode> TO_NODE =
      List.of(
          new ToNode.Refused("why"),
          new ToNode.Addresses(List.of("a:1", "b:2"), -1),
          new ToNode.Ready(),
          new ToNode.Alive(),
          new ToNode.Allocated(1, Long.MAX_VALUE),
          new ToNode.Done(2),
          new ToNode.Failure(3, "no"),
          new ToNode.Initialization(4, Outcome.TIMED_OUT, "late"),
          new ToNode.Value(5, "v"),
          new ToNode.MarkFreed(6, 4096, 8192),
          new ToNode.Discard(4096, 8192),
          new ToNode.MarkSpans(6, List.of(4096L, 8192L, 1L << 45, 4096L), true),
          new ToNode.DiscardSpans(List.of(4096L, 8192L)),
          new ToNode.Ask(7, Subject.COUNTERS, 0, 0),
          new ToNode.NodeLost(1, "gone"),
          new ToNode.End(3, 2, "System.exit"),
          new ToNode.AllEnded(0),
          new ToNode.Leave());

  @Test
  void everyMessageSurvivesTheWire() throws MalformedException {
    for (ToManager message : TO_MANAGER) {
      assertEquals(message, Messages.TO_MANAGER.decode(Messages.TO_MANAGER.encode(message)));
    }
    for (ToNode message : TO_NODE) {
      assertEquals(message, Messages.TO_NODE.decode(Messages.TO_NODE.encode(message)));
    }
    byte[] bytes = new byte[32_768];
    new Random(1).nextBytes(bytes);
    ToManager gathered =
        Messages.TO_MANAGER.decode(Messages.TO_MANAGER.encode(new ToManager.Gathered(1, bytes)));
    assertArrayEquals(bytes, ((ToManager.Gathered) gathered).bytes());
    ToNode collected =
        Messages.TO_NODE.decode(
            Messages.TO_NODE.encode(new ToNode.Collected(1, List.of(bytes, new byte[0]))));
    assertArrayEquals(bytes, ((ToNode.Collected) collected).parts().get(0));
  }

  @Test
  void everyTypeIsTested() {
    assertEquals(
        ToManager.class.getPermittedSubclasses().length,
        TO_MANAGER.stream().map(Object::getClass).distinct().count() + 1);
    assertEquals(
        ToNode.class.getPermittedSubclasses().length,
        TO_NODE.stream().map(Object::getClass).distinct().count() + 1);
  }

  private static String refusal(int type, String json) {
    byte[] fields = json.getBytes(StandardCharsets.UTF_8);
    byte[] frame = new byte[fields.length + 1];
    frame[0] = (byte) type;
    System.arraycopy(fields, 0, frame, 1, fields.length);
    String message =
        assertThrows(MalformedException.class, () -> Messages.TO_MANAGER.decode(frame), json)
            .getMessage();
    assertFalse(message.contains("\n"), message);
    return message;
  }

  @Test
  void whatIsNoMessageIsRefusedInOneLine() {
    int join = 0;
    int allocate = 3;
    int await = 9;
    assertThrows(MalformedException.class, () -> Messages.TO_MANAGER.decode(new byte[0]));
    assertTrue(refusal(200, "{}").contains("type 200"));
    refusal(join, "");
    refusal(join, "null");
    refusal(join, "[]");
    refusal(join, "{}");
    refusal(await, "{\"request\":1}");
    refusal(await, "{\"request\":1,\"key\":null}");
    refusal(await, "{\"request\":null,\"key\":\"a\"}");
    refusal(await, "{\"request\":1.5,\"key\":\"a\"}");
    refusal(await, "{\"request\":\"1\",\"key\":\"a\"}");
    refusal(await, "{\"request\":1,\"key\":\"a\",\"more\":1}");
    refusal(await, "{\"request\":1,\"key\":\"a\",\"key\":\"b\"}");
    refusal(await, "{\"request\":1,\"key\":\"a\"} {}");
    refusal(await, "{\"request\":99999999999999999999999999,\"key\":\"a\"}");
    refusal(await, "{\"request\":1,\"key\":\"" + "x".repeat(20_000) + "\"}");
    refusal(await, "{\"request\":1,\"key\":" + "[".repeat(50_000));
    refusal(
        allocate, "{\"request\":1,\"kind\":\"NONE\",\"name\":\"a\",\"bytes\":1,\"traits\":\"\"}");
    refusal(allocate, "{\"request\":1,\"kind\":0,\"name\":\"a\",\"bytes\":1,\"traits\":\"\"}");
    refusal(allocate, "{\"request\":1,\"kind\":null,\"name\":\"a\",\"bytes\":1,\"traits\":\"\"}");
  }

  @Test
  void damagedMessagesAreRefusedOrStillMessages() {
    Random random = new Random(7);
    int refused = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] frame = Messages.TO_MANAGER.encode(TO_MANAGER.get(random.nextInt(TO_MANAGER.size())));
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        frame[random.nextInt(frame.length)] = (byte) random.nextInt(256);
      }
      int length = random.nextInt(4) == 0 ? random.nextInt(frame.length) : frame.length;
      try {
        Messages.TO_MANAGER.decode(Arrays.copyOf(frame, length));
      } catch (MalformedException e) {
        refused++;
      }
    }
    assertTrue(refused > 10_000, "" + refused);
  }
}
