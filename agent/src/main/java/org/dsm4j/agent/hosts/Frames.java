package org.dsm4j.agent.hosts;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What the launcher and its helper on another host say to each other over ssh's standard streams:
 *
 * <pre>
 *   0      1        5
 *   +------+--------+- - - - -+
 *   | kind | length | payload |
 *   +------+--------+- - - - -+
 * </pre>
 *
 * <p>kind: a letter; length (u32, big-endian): of the payload, 2 MiB at most. Writing is
 * thread-safe, reading is done by one thread.
 */
final class Frames {
  /** To the helper: the node to start. */
  static final char START = 'S';

  /** To the helper: bytes for the node's standard input; none: its end. */
  static final char INPUT = 'I';

  /** To the helper: another node has failed, so who has not joined yet need not wait. */
  static final char FAILURE = 'F';

  /** To the helper: end the node, politely first. */
  static final char END = 'E';

  /** From the helper: the node has taken one INPUT, so another may come. */
  static final char TAKEN = 'T';

  /** From the helper: output of the node, and its error output. */
  static final char OUT = 'O';

  static final char ERR = 'R';

  /** From the helper: the port of the manager in node 0, as text. */
  static final char PORT = 'P';

  /** From the helper: the node has ended; status u32, deliberate u8. */
  static final char STATUS = 'X';

  static final int MAX_BYTES = 2 << 20;

  /** How many INPUT may be on their way: a node that does not read holds up nothing else. */
  static final int INPUT_WINDOW = 4;

  /**
   * What the helper says first: what comes before it is of the host's shell, whose start-up files
   * may print whatever they like. Its first byte occurs in it only there and at the end.
   */
  private static final byte[] HELLO = "\nDSM4J frames 2\n".getBytes(StandardCharsets.US_ASCII);

  private static final int MAX_CHATTER_BYTES = 1 << 20;

  /** One frame. */
  record Frame(char kind, byte[] payload) {}

  private final DataInputStream in;
  private final DataOutputStream out;

  Frames(InputStream in, OutputStream out) {
    this.in = new DataInputStream(new BufferedInputStream(in));
    this.out = new DataOutputStream(out);
  }

  /** At the helper: frames follow. */
  void hello() throws IOException {
    synchronized (out) {
      out.write(HELLO);
      out.flush();
    }
  }

  /**
   * At the launcher: reads over what comes before the frames.
   *
   * @return false if they do not come
   * @throws IOException if something else comes and does not end
   */
  boolean awaitHello() throws IOException {
    int matched = 0;
    for (int total = 0; matched < HELLO.length; total++) {
      int next = in.read();
      if (next < 0) {
        return false;
      }
      if (total > MAX_CHATTER_BYTES) {
        throw new IOException("what comes over ssh is not of our helper");
      }
      matched = next == HELLO[matched] ? matched + 1 : next == HELLO[0] ? 1 : 0;
    }
    return true;
  }

  void write(char kind, byte[] bytes, int offset, int length) throws IOException {
    synchronized (out) {
      out.writeByte(kind);
      out.writeInt(length);
      out.write(bytes, offset, length);
      out.flush();
    }
  }

  void write(char kind, byte[] payload) throws IOException {
    write(kind, payload, 0, payload.length);
  }

  /**
   * The next frame, or null at the end.
   *
   * @throws IOException if what comes is no frame
   */
  Frame read() throws IOException {
    int kind = in.read();
    if (kind < 0) {
      return null;
    }
    int length = in.readInt();
    if (length < 0 || length > MAX_BYTES) {
      throw new IOException("what comes over ssh is no frame");
    }
    byte[] payload = new byte[length];
    in.readFully(payload);
    return new Frame((char) kind, payload);
  }

  /** The stream whose writes are frames of that kind. */
  OutputStream stream(char kind) {
    return new OutputStream() {
      @Override
      public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        Frames.this.write(kind, bytes, offset, length);
      }
    };
  }

  /** A copy without what a reader could find in memory later. */
  static void wipe(byte[] bytes) {
    Arrays.fill(bytes, (byte) 0);
  }
}
