package org.dsm4j.agent.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
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

  private final ServerSocket listener;
  private final String secret;
  private final Map<Integer, Integer> told = new ConcurrentHashMap<>();
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
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
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        connections.add(socket);
        if (failed) {
          tellFailure(socket);
        }
        daemon("dsm-lifeline", () -> serve(socket));
      } catch (IOException e) {
        // Closed, or one connection could not be made: its node ends by itself.
      }
    }
  }

  private void serve(Socket socket) {
    try (socket;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      String token = in.readLine();
      if (token == null || !token.startsWith(secret + "-")) {
        return;
      }
      int node = Integer.parseInt(token.substring(secret.length() + 1));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        told.put(node, Integer.valueOf(line));
      }
    } catch (IOException | NumberFormatException e) {
      // The node has ended; its process tells the rest.
    } finally {
      connections.remove(socket);
    }
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(null, task, name, 0, false);
    thread.setDaemon(true);
    thread.start();
  }
}
