package org.dsm4j.node.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.dsm4j.DsmException;
import org.dsm4j.core.message.Protocol;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.core.message.ToNode;
import org.dsm4j.node.auth.ClusterSecret;
import org.dsm4j.node.auth.Plane;
import org.dsm4j.node.auth.Proofs;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who does not know the secret, at the manager's port. */
@Timeout(60)
class HandshakeTest {
  private static final ClusterSecret SECRET =
      ClusterSecret.of("known to all nodes of the test", "the test");
  private static final ClusterSecret OTHER =
      ClusterSecret.of("known to somebody else's nodes", "the test");
  private static final int CROWD = 5_000;

  private static ManagerServer server(int nodes) {
    return ManagerServer.start(ManagerConfig.of(0, nodes, "dsm").withSecret(SECRET));
  }

  private static NodeIdentity node(int node, ClusterSecret secret) {
    return new NodeIdentity(node, "dsm", secret);
  }

  private static ToManager.Join join(int node, int nodes) {
    return ManagerServerTest.join(node, nodes);
  }

  /** A real node's side, to the end of its handshake. */
  private static void connect(int port, NodeIdentity self) {
    ControlClient client =
        ControlClient.connect(
            "127.0.0.1", port, self, new NoEvents(), 1_000_000_000L, 5_000_000_000L, false);
    client.close();
  }

  private static String refusal(int port, NodeIdentity self) {
    return assertThrows(DsmException.class, () -> connect(port, self)).getMessage();
  }

  @Test
  void whoKnowsTheSecretGetsInAndNobodyElse() {
    try (ManagerServer server = server(1)) {
      connect(server.port(), node(0, SECRET));
      assertTrue(refusal(server.port(), node(0, OTHER)).contains("the same secret"));
      assertTrue(
          refusal(server.port(), new NodeIdentity(0, "other", SECRET)).contains("\"other\""));
      assertTrue(refusal(server.port(), node(0, null)).contains("it has a secret"));
    }
    try (ManagerServer open = ManagerServer.start(ManagerConfig.of(0, 1, "dsm"))) {
      assertTrue(refusal(open.port(), node(0, SECRET)).contains("it has no secret"));
    }
  }

  @Test
  void anOldVersionIsRefusedByBothSides() throws Exception {
    Proofs old = Proofs.of(SECRET, Plane.CONTROL, "dsm", Protocol.VERSION - 1);
    try (ManagerServer server = server(1);
        Peer peer = new Peer(server)) {
      byte[] challenge = peer.receive(Proofs.CHALLENGE_BYTES);
      assertTrue(old.refuseChallenge(challenge).contains("run the same dsm-agent.jar"));
      peer.send(old.prove(challenge, 0, Proofs.MANAGER, AcceptorHandshake.nonce())).expectEnd();
    }
    try (FalseManager manager = new FalseManager(old.challenge(AcceptorHandshake.nonce()))) {
      assertTrue(refusal(manager.port(), node(0, SECRET)).contains("speaks version"));
    }
  }

  @Test
  void aHeardHandshakeIsWorthNothing() throws Exception {
    try (ManagerServer server = server(1)) {
      byte[] heardProof;
      byte[] heardChallenge;
      byte[] heardAnswer;
      try (Peer peer = new Peer(server)) {
        heardChallenge = peer.receive(Proofs.CHALLENGE_BYTES);
        Proofs proofs = node(0, SECRET).proofs();
        heardProof = proofs.prove(heardChallenge, 0, Proofs.MANAGER, AcceptorHandshake.nonce());
        heardAnswer = peer.send(heardProof).receive(Proofs.ANSWER_BYTES);
        assertTrue(proofs.confirms(heardChallenge, heardProof, heardAnswer));
      }
      try (Peer peer = new Peer(server)) {
        assertFalse(Arrays.equals(heardChallenge, peer.receive(Proofs.CHALLENGE_BYTES)));
        peer.send(heardProof).expectEnd();
      }
      try (FalseManager manager = new FalseManager(heardChallenge, heardAnswer)) {
        assertTrue(refusal(manager.port(), node(0, SECRET)).contains("does not know the secret"));
      }
      connect(server.port(), node(0, SECRET));
    }
  }

  /** What either side says is sent back to it. */
  @Test
  void aMirrorDoesNotGetIn() throws Exception {
    try (ManagerServer server = server(1);
        Peer peer = new Peer(server)) {
      byte[] challenge = peer.receive(Proofs.CHALLENGE_BYTES);
      peer.send(Arrays.copyOf(challenge, Proofs.PROOF_BYTES)).expectEnd();
    }
    Proofs proofs = node(0, SECRET).proofs();
    try (FalseManager manager = new FalseManager(proofs.challenge(AcceptorHandshake.nonce()))) {
      manager.answerWithItsOwnCode();
      assertTrue(refusal(manager.port(), node(0, SECRET)).contains("does not know the secret"));
    }
  }

  @Test
  void aTruncatedProofEndsAndNothingBehindItIsRead() throws Exception {
    try (ManagerServer server = server(1)) {
      for (int length = 0; length < Proofs.PROOF_BYTES; length += 11) {
        try (Peer peer = new Peer(server)) {
          byte[] challenge = peer.receive(Proofs.CHALLENGE_BYTES);
          byte[] proof =
              node(0, SECRET)
                  .proofs()
                  .prove(challenge, 0, Proofs.MANAGER, AcceptorHandshake.nonce());
          peer.send(Arrays.copyOf(proof, length)).endOutput().expectEnd();
        }
      }
      byte[] noise = new byte[64 << 10];
      new Random(5).nextBytes(noise);
      try (Peer peer = new Peer(server)) {
        try {
          peer.send(noise);
        } catch (IOException e) {
          // It may be dropped before all is sent.
        }
        peer.expectEnd();
      }
      connect(server.port(), node(0, SECRET));
    }
  }

  @Test
  void aCrowdThatSaysNothingKeepsNobodyOutAndIsOneLine() throws Exception {
    List<Socket> crowd = new ArrayList<>();
    try (HeardLog log = new HeardLog();
        ManagerServer server = server(1)) {
      for (int i = 0; i < CROWD; i++) {
        crowd.add(new Socket(InetAddress.getLoopbackAddress(), server.port()));
      }
      try (Peer peer = new Peer(server).prove(node(0, SECRET)).send(join(0, 1))) {
        assertTrue(peer.receive() instanceof ToNode.Addresses);
        peer.send(new ToManager.Connected());
        assertEquals(new ToNode.Ready(), peer.receive());
        // The cluster is complete: nobody else has business there.
        assertNobodyListens(server.port());
        byte[] told = crowd.get(CROWD - 1).getInputStream().readAllBytes();
        assertTrue(told.length <= Proofs.CHALLENGE_BYTES);
      }
      assertTrue(log.await().contains("too many have not said who they are"));
      assertEquals(List.of(), log.rest());
    } finally {
      for (Socket socket : crowd) {
        socket.close();
      }
    }
  }

  private static void assertNobodyListens(int port) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (true) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertTrue(System.nanoTime() - deadline < 0, "somebody listens still");
        socket.getInputStream().readAllBytes();
      } catch (ConnectException e) {
        return;
      } catch (IOException e) {
        // Reset: it was waiting to be accepted when the listener closed.
      }
    }
  }

  /** Something that listens where a node looks for its manager, and says what it was given. */
  private static final class FalseManager implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
    private final byte[][] says;
    private volatile boolean mirrors;

    FalseManager(byte[]... says) throws IOException {
      this.says = says;
      CompletableFuture.runAsync(this::serve);
    }

    int port() {
      return listener.getLocalPort();
    }

    void answerWithItsOwnCode() {
      mirrors = true;
    }

    private void serve() {
      try (Socket socket = listener.accept()) {
        socket.getOutputStream().write(says[0]);
        byte[] proof = socket.getInputStream().readNBytes(Proofs.PROOF_BYTES);
        if (mirrors && proof.length == Proofs.PROOF_BYTES) {
          socket.getOutputStream().write(Arrays.copyOfRange(proof, 56, 88));
        } else if (says.length > 1) {
          socket.getOutputStream().write(says[1]);
        }
        socket.getInputStream().readAllBytes();
      } catch (IOException e) {
        // The test is over.
      }
    }

    @Override
    public void close() throws IOException {
      listener.close();
    }
  }
}
