package org.dsm4j.agent.run;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The launcher's end of the lifelines: every node keeps a connection to it and ends when that
 * breaks, which the kernel sees to when the launcher dies, however it dies. On it a node tells the
 * status of a deliberate end. Thread-safe.
 */
final class LifelineServer implements AutoCloseable {
  private static final int TOKEN_BYTES = 16;

  /** Connections that have not shown their token; the oldest makes room, and each has its time. */
  private static final int MAX_STRANGERS = 64;

  private static final int TOKEN_WITHIN_MILLIS = 5_000;
  private static final int MAX_LINE = 80;

  private final ServerSocket listener;
  private final String secret;
  private final Map<Integer, Integer> told = new ConcurrentHashMap<>();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final Set<Socket> strangers = Collections.synchronizedSet(new LinkedHashSet<>());
  private volatile boolean failed;

  LifelineServer(int nodes) throws IOException {
    byte[] token = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(token);
    secret = HexFormat.of().formatHex(token);
    listener = new ServerSocket(0, nodes + 16, InetAddress.getLoopbackAddress());
    daemon("dsm-lifelines", this::accept);
  }

  /** What the node's setting lifeline is. */
  String addressFor(int node) {
    return listener.getLocalPort() + ":" + secret + "-" + node;
  }

  /** Whether the node has told that it ends with this status. */
  boolean hasTold(int node, int status) {
    return Integer.valueOf(status).equals(told.get(node));
  }

  /** Tells all nodes that one has failed: those that have not joined the cluster yet end. */
  void tellFailure() {
    failed = true;
    connections.forEach(LifelineServer::tellFailure);
  }

  private static void tellFailure(Socket node) {
    try {
      node.getOutputStream().write('!');
    } catch (IOException e) {
      // That node has ended already.
    }
  }

  /** Breaks all lifelines: nodes that are still there end at once. */
  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket each : connections) {
      each.close();
    }
    for (Socket each : strangers.toArray(Socket[]::new)) {
      each.close();
    }
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        makeRoom();
        strangers.add(socket);
        daemon("dsm-lifeline", () -> serve(socket));
      } catch (IOException e) {
        // Closed, or one connection could not be made: its node ends by itself.
      }
    }
  }

  private void makeRoom() throws IOException {
    Socket oldest = null;
    synchronized (strangers) {
      if (strangers.size() >= MAX_STRANGERS) {
        oldest = strangers.iterator().next();
        strangers.remove(oldest);
      }
    }
    if (oldest != null) {
      oldest.close();
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      socket.setSoTimeout(TOKEN_WITHIN_MILLIS);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      String token = readLine(in);
      if (token == null || !isOurs(token)) {
        return;
      }
      int node = Integer.parseInt(token.substring(secret.length() + 1));
      socket.setSoTimeout(0);
      connections.add(socket);
      strangers.remove(socket);
      if (failed) {
        tellFailure(socket);
      }
      for (String line = readLine(in); line != null; line = readLine(in)) {
        told.put(node, Integer.valueOf(line));
      }
    } catch (IOException | NumberFormatException e) {
      // The node has ended; its process tells the rest.
    } finally {
      strangers.remove(socket);
      connections.remove(socket);
    }
  }

  private boolean isOurs(String token) {
    byte[] start = (secret + "-").getBytes(StandardCharsets.US_ASCII);
    byte[] given = token.getBytes(StandardCharsets.US_ASCII);
    return given.length > start.length
        && MessageDigest.isEqual(start, Arrays.copyOf(given, start.length));
  }

  /** A short line, or null at the end, or if it is longer than any of ours. */
  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0 || line.length() == MAX_LINE) {
        return null;
      }
      line.append((char) c);
    }
    return line.toString();
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(null, task, name, 0, false);
    thread.setDaemon(true);
    thread.start();
  }
}
