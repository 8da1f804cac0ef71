package org.dsm4j.node.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.dsm4j.DsmException;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.core.message.ToNode;
import org.dsm4j.core.naming.Names;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The manager behind a real socket, against peers of all kinds. */
@Timeout(60)
class ManagerServerTest {
  static ToManager.Join join(int node, int nodes) {
    ToManager.Join join = MessagesTest.JOIN;
    return new ToManager.Join(
        join.protocol(),
        join.cluster(),
        node,
        nodes,
        join.spaceBytes(),
        join.arenaFirstByte(),
        join.pageBytes(),
        join.settings(),
        join.application(),
        "127.0.0.1:" + (1 + node));
  }

  private static ManagerServer server(int nodes) {
    return ManagerServer.start(ManagerConfig.of(0, nodes, "dsm"));
  }

  private static void makeReady(Peer zero, Peer one) throws Exception {
    assertTrue(zero.receive() instanceof ToNode.Addresses);
    assertTrue(one.receive() instanceof ToNode.Addresses);
    zero.send(new ToManager.Connected());
    one.send(new ToManager.Connected());
    assertEquals(new ToNode.Ready(), zero.receive());
    assertEquals(new ToNode.Ready(), one.receive());
  }

  @Test
  void aClusterFormsWorksAndEnds() throws Exception {
    try (ManagerServer server = server(2);
        Peer zero = Peer.of(server, 0).send(join(0, 2));
        Peer one = Peer.of(server, 1).send(join(1, 2))) {
      makeReady(zero, one);
      one.send(new ToManager.Await(1, "k"));
      zero.send(new ToManager.Publish(1, "k", "v"));
      assertEquals(new ToNode.Done(1), zero.receive());
      assertEquals(new ToNode.Value(1, "v"), one.receive());
      zero.send(new ToManager.Ended());
      one.send(new ToManager.Ended());
      assertEquals(new ToNode.AllEnded(0), zero.receive());
      assertEquals(new ToNode.AllEnded(0), one.receive());
      zero.send(new ToManager.Leaving());
      one.send(new ToManager.Leaving());
      assertEquals(new ToNode.Leave(), zero.receive());
      assertEquals(new ToNode.Leave(), one.receive());
      zero.close();
      one.close();
      assertEquals(0, server.awaitEnd());
      assertTrue(server.awaitAllGone(TimeUnit.SECONDS.toNanos(10)));
    }
  }

  @Test
  void hostileBytesAreRefusedAndTheClusterStillForms() throws Exception {
    byte[] noise = new byte[5_000];
    new Random(3).nextBytes(noise);
    byte[][] attacks = {
      {0, 0, 0, 0},
      {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0},
      {0x7f, 0, 0, 0, 1, 2, 3},
      {0, 0, 0, 1, (byte) 0xee},
      {0, 0, 0, 11, 0, 0, 0, 0, 0, 0, 0, 0, 0, '{', '}'},
      "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII),
      noise
    };
    try (ManagerServer server = server(1)) {
      for (byte[] attack : attacks) {
        try (Peer peer = Peer.of(server, 0).send(attack)) {
          peer.expectEnd();
        }
      }
      try (Peer early = Peer.of(server, 0).send(new ToManager.Ended())) {
        early.expectEnd();
      }
      try (Peer other = Peer.of(server, 0).send(join(0, 1), "another")) {
        other.expectEnd();
      }
      try (Peer liar = Peer.of(server, 1).send(join(0, 1))) {
        liar.expectEnd();
      }
      try (Peer silent = new Peer(server);
          Peer half = new Peer(server).send(new byte[] {0, 0});
          Peer good = Peer.of(server, 0).send(join(0, 1))) {
        assertTrue(good.receive() instanceof ToNode.Addresses);
      }
    }
  }

  @Test
  void aMessageInPiecesIsOneMessage() throws Exception {
    try (ManagerServer server = server(1);
        Peer peer = Peer.of(server, 0)) {
      byte[] frame = Messages.TO_MANAGER.encode(join(0, 1));
      byte[] head = new byte[Integer.BYTES + Long.BYTES];
      ByteBuffer.wrap(head).putInt(Long.BYTES + frame.length).putLong(Names.hash("dsm"));
      for (byte b : head) {
        peer.send(new byte[] {b});
      }
      peer.send(Arrays.copyOf(frame, 10));
      peer.send(Arrays.copyOfRange(frame, 10, frame.length));
      assertTrue(peer.receive() instanceof ToNode.Addresses);
    }
  }

  @Test
  void aMemberThatSendsNonsenseIsALostMember() throws Exception {
    try (ManagerServer server = server(2);
        Peer zero = Peer.of(server, 0).send(join(0, 2));
        Peer one = Peer.of(server, 1).send(join(1, 2))) {
      makeReady(zero, one);
      byte[] nonsense = new byte[Integer.BYTES + Long.BYTES + 1];
      ByteBuffer.wrap(nonsense).putInt(Long.BYTES + 1).putLong(Names.hash("dsm")).put((byte) 0x99);
      one.send(nonsense);
      one.expectEnd();
      ToNode.NodeLost lost = (ToNode.NodeLost) zero.receive();
      assertEquals(1, lost.peer());
      assertTrue(lost.reason().contains("type 153"), lost.reason());
      zero.close();
      assertEquals(75, server.awaitEnd());
    }
  }

  @Test
  void aRefusedNodeIsToldWhy() throws Exception {
    try (ManagerServer server = server(2);
        Peer peer = Peer.of(server, 5).send(join(5, 2))) {
      assertTrue(((ToNode.Refused) peer.receive()).reason().contains("node 5"));
      peer.expectEnd();
    }
  }

  @Test
  void aClusterThatDoesNotFormIsOver() throws Exception {
    ManagerConfig config = ManagerConfig.of(0, 2, "dsm").withJoinTimeout(Duration.ofSeconds(6));
    try (ManagerServer server = ManagerServer.start(config);
        Peer peer = Peer.of(server, 1).send(join(1, 2))) {
      assertTrue(((ToNode.Refused) peer.receive()).reason().contains("node 0 did not join"));
      assertEquals(1, server.awaitEnd());
    }
  }

  @Test
  void thePortFileHasTheWholeNumber(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("port");
    try (ManagerServer server =
        ManagerServer.start(ManagerConfig.of(0, 1, "dsm").withPortFile(file))) {
      assertEquals(Integer.toString(server.port()), Files.readString(file));
      try (var files = Files.list(folder)) {
        assertEquals(1, files.count());
      }
    }
  }

  @Test
  void whatCannotBeListenedOnIsSaid(@TempDir Path folder) {
    try (ManagerServer server = server(1)) {
      ManagerConfig samePort = ManagerConfig.of(server.port(), 1, "dsm");
      String taken =
          assertThrows(DsmException.class, () -> ManagerServer.start(samePort)).getMessage();
      assertTrue(taken.contains(":" + server.port()), taken);
    }
    ManagerConfig everywhere =
        new ManagerConfig(
            "0.0.0.0",
            0,
            1,
            -1,
            "dsm",
            null,
            null,
            null,
            Duration.ofSeconds(1),
            Duration.ofSeconds(1),
            "WARN");
    String message =
        assertThrows(DsmException.class, () -> ManagerServer.start(everywhere)).getMessage();
    assertTrue(message.contains("dsm secret new"), message);
    ManagerConfig noFolder =
        ManagerConfig.of(0, 1, "dsm").withPortFile(folder.resolve("none").resolve("port"));
    assertThrows(DsmException.class, () -> ManagerServer.start(noFolder));
  }
}
