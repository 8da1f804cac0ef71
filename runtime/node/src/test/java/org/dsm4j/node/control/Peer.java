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

/** Something that is connected with a manager and sends what a test wants. */
final class Peer implements AutoCloseable {
  private static final int ANSWER_MILLIS = 20_000;

  private final Socket socket;
  private final DataInputStream in;
  private final DataOutputStream out;

  Peer(ManagerServer server) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
    socket.setSoTimeout(ANSWER_MILLIS);
    in = new DataInputStream(socket.getInputStream());
    out = new DataOutputStream(socket.getOutputStream());
  }

  Peer send(ToManager message) throws IOException {
    byte[] frame = Messages.TO_MANAGER.encode(message);
    out.writeInt(frame.length);
    out.write(frame);
    out.flush();
    return this;
  }

  Peer send(byte[] bytes) throws IOException {
    out.write(bytes);
    out.flush();
    return this;
  }

  ToNode receive() throws Exception {
    byte[] frame = new byte[in.readInt()];
    in.readFully(frame);
    return Messages.TO_NODE.decode(frame);
  }

  /** The manager ends the connection and says nothing more. */
  void expectEnd() {
    try {
      assertEquals(-1, in.read());
    } catch (IOException e) {
      assertTrue(e.getMessage().contains("reset"), e.toString());
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
