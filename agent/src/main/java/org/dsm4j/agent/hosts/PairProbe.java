package org.dsm4j.agent.hosts;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * Measures the network between two hosts: round trips of a small message, and bandwidth both ways,
 * over a TCP connection as nodes have it.
 *
 * <p>The side that listens does so for {@value #LISTEN_SECONDS} s at most and for one connection,
 * which begins with a token that both sides were told over ssh; others are dropped, and after
 * {@value #MAX_STRANGERS} of them it gives up. Nothing but meaningless bytes pass, in messages:
 * kind u8, length u32, as many bytes.
 */
final class PairProbe {
  /** Of the token, in characters. */
  static final int TOKEN_LENGTH = 32;

  private static final int LISTEN_SECONDS = 15;
  private static final int MAX_STRANGERS = 16;
  private static final int TOKEN_WITHIN_MILLIS = 2_000;
  private static final int CONNECT_MILLIS = 5_000;
  private static final int SILENCE_MILLIS = 5_000;

  private static final int ECHO = 'E';
  private static final int UPLOAD = 'U';
  private static final int RECEIVED = 'R';
  private static final int DOWNLOAD = 'D';

  private static final int SMALL_BYTES = 64;
  private static final int CHUNK_BYTES = 64 << 10;
  private static final int WARM_UP = 50;
  private static final int ROUND_TRIPS = 200;
  private static final long ROUND_TRIPS_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long STREAM_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

  /**
   * What was measured.
   *
   * @param roundTripMicros median
   * @param upBytesPerSecond from who measures
   * @param downBytesPerSecond to who measures
   */
  record Result(double roundTripMicros, double upBytesPerSecond, double downBytesPerSecond) {}

  private PairProbe() {}

  // ---- the side that listens -------------------------------------------------------------------

  /** Serves the one connection that shows the token, then closes the listener. */
  static void serve(ServerSocket listener, String token) throws IOException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LISTEN_SECONDS);
    try (listener) {
      for (int stranger = 0; stranger < MAX_STRANGERS; stranger++) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          return;
        }
        listener.setSoTimeout((int) left);
        try (Socket socket = listener.accept()) {
          if (shows(socket, token)) {
            listener.close();
            answer(socket, deadline);
            return;
          }
        }
      }
    }
  }

  private static boolean shows(Socket socket, String token) {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TOKEN_WITHIN_MILLIS);
    byte[] shown = new byte[TOKEN_LENGTH];
    try {
      for (int have = 0; have < TOKEN_LENGTH; ) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        if (left <= 0) {
          return false;
        }
        socket.setSoTimeout((int) left);
        int came = socket.getInputStream().read(shown, have, TOKEN_LENGTH - have);
        if (came < 0) {
          return false;
        }
        have += came;
      }
      return MessageDigest.isEqual(shown, token.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      return false;
    }
  }

  private static void answer(Socket socket, long deadline) throws IOException {
    prepare(socket);
    DataInputStream in = input(socket);
    DataOutputStream out = output(socket);
    byte[] bytes = new byte[CHUNK_BYTES];
    long received = 0;
    for (int kind = in.read(); kind >= 0 && System.nanoTime() - deadline < 0; kind = in.read()) {
      int length = in.readInt();
      if (length < 0 || length > CHUNK_BYTES) {
        return;
      }
      in.readFully(bytes, 0, length);
      if (kind == ECHO) {
        write(out, ECHO, bytes, length);
        out.flush();
      } else if (kind == UPLOAD) {
        received += length;
      } else if (kind == RECEIVED) {
        out.writeLong(received);
        out.flush();
      } else if (kind == DOWNLOAD) {
        stream(out, DOWNLOAD, bytes);
        write(out, DOWNLOAD, bytes, 0);
        out.flush();
      } else {
        return;
      }
    }
  }

  // ---- the side that measures ------------------------------------------------------------------

  /**
   * Measures.
   *
   * @throws IOException if the other side cannot be reached or is too slow
   */
  static Result measure(String host, int port, String token) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
      prepare(socket);
      DataInputStream in = input(socket);
      DataOutputStream out = output(socket);
      out.write(token.getBytes(StandardCharsets.US_ASCII));
      double micros = roundTrip(in, out);
      byte[] bytes = new byte[CHUNK_BYTES];

      long start = System.nanoTime();
      stream(out, UPLOAD, bytes);
      write(out, RECEIVED, bytes, 0);
      out.flush();
      double up = perSecond(in.readLong(), start);

      start = System.nanoTime();
      write(out, DOWNLOAD, bytes, 0);
      out.flush();
      long down = 0;
      int length;
      do {
        in.readByte();
        length = in.readInt();
        if (length < 0 || length > CHUNK_BYTES) {
          throw new IOException("the other side does not measure");
        }
        in.readFully(bytes, 0, length);
        down += length;
      } while (length > 0);
      return new Result(micros, up, perSecond(down, start));
    }
  }

  private static double roundTrip(DataInputStream in, DataOutputStream out) throws IOException {
    byte[] small = new byte[SMALL_BYTES];
    long[] nanos = new long[ROUND_TRIPS];
    long deadline = System.nanoTime() + ROUND_TRIPS_NANOS;
    int done = 0;
    for (int i = -WARM_UP; i < ROUND_TRIPS; i++) {
      long start = System.nanoTime();
      write(out, ECHO, small, SMALL_BYTES);
      out.flush();
      in.readByte();
      in.readInt();
      in.readFully(small);
      long now = System.nanoTime();
      boolean late = now - deadline > 0;
      if (i >= 0 || late) {
        nanos[done++] = now - start;
      }
      if (late) {
        break;
      }
    }
    Arrays.sort(nanos, 0, done);
    return nanos[done / 2] / 1e3;
  }

  private static double perSecond(long bytes, long start) {
    return bytes * 1e9 / Math.max(1, System.nanoTime() - start);
  }

  // ---- both
  // ----------------------------------------------------------------------------------------

  private static void prepare(Socket socket) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(SILENCE_MILLIS);
  }

  private static DataInputStream input(Socket socket) throws IOException {
    return new DataInputStream(new BufferedInputStream(socket.getInputStream(), CHUNK_BYTES));
  }

  private static DataOutputStream output(Socket socket) throws IOException {
    return new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), CHUNK_BYTES));
  }

  private static void write(DataOutputStream out, int kind, byte[] bytes, int length)
      throws IOException {
    out.writeByte(kind);
    out.writeInt(length);
    out.write(bytes, 0, length);
  }

  private static void stream(DataOutputStream out, int kind, byte[] bytes) throws IOException {
    for (long start = System.nanoTime(); System.nanoTime() - start < STREAM_NANOS; ) {
      write(out, kind, bytes, bytes.length);
    }
  }
}
