package org.dsm4j.node.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import org.dsm4j.core.message.ToManager;
import org.dsm4j.core.message.ToNode;
import org.dsm4j.core.naming.Names;
import org.dsm4j.node.auth.Proofs;

/** Something that is connected with a manager and sends what a test wants. */
final class Peer implements AutoCloseable {
  private static final int ANSWER_MILLIS = 20_000;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  /** A stranger: it is connected and has said nothing. */
  Peer(ManagerServer server) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(ANSWER_MILLIS);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
  }

  /** A node of cluster "dsm", which has no secret, that has proved to be that one. */
  static Peer of(ManagerServer server, int node) throws IOException {
    return new Peer(server).prove(new NodeIdentity(node, "dsm", null));
  }

  /** Proves to be somebody. */
  Peer prove(NodeIdentity self) throws IOException {
    byte[] challenge = receive(Proofs.CHALLENGE_BYTES);
    byte[] proof =
        self.proofs().prove(challenge, self.node(), Proofs.MANAGER, AcceptorHandshake.nonce());
    send(proof);
    assertTrue(self.proofs().confirms(challenge, proof, receive(Proofs.ANSWER_BYTES)));
    return this;
  }

  byte[] receive(int bytes) throws IOException {
    byte[] received = new byte[bytes];
    in.readFully(received);
    return received;
  }

  Peer send(ToManager message) throws IOException {
    return send(message, "dsm");
  }

  Peer send(ToManager message, String cluster) throws IOException {
    byte[] frame = Messages.TO_MANAGER.encode(message);
    out.writeInt(Long.BYTES + frame.length);
    out.writeLong(Names.hash(cluster));
    out.write(frame);
    out.flush();
    return this;
  }

  Peer send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
    return this;
  }

  /** Says that it will say no more. */
  Peer endOutput() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  /** What the manager says next, but that it lives, which it says whenever it is idle for long. */
  ToNode receive() throws Exception {
    ToNode message;
    do {
      byte[] frame = new byte[in.readInt() - Long.BYTES];
      assertEquals(Names.hash("dsm"), in.readLong());
      in.readFully(frame);
      message = Messages.TO_NODE.decode(frame);
    } while (message instanceof ToNode.Alive);
    return message;
  }

  /** The manager ends the connection and says nothing more, but a challenge not yet read. */
  void expectEnd() {
    try {
      assertTrue(in.readAllBytes().length <= Proofs.CHALLENGE_BYTES);
    } catch (IOException e) {
      assertTrue(e.getMessage().contains("reset"), e.toString());
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
