package org.dsm4j.agent.hosts;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.dsm4j.agent.hosts.Frames.Frame;
import org.dsm4j.agent.run.RemoteEnd;

/** The launcher's end of one ssh connection. Two threads of its own read what comes. */
final class RemoteNode {
  private static final int STATUS_NODE_LOST = 75;
  private static final int STATUS_FAILED = 1;
  private static final int STATUS_MISUSE = 2;
  private static final long SSH_ENDS_SECONDS = 2;

  private final int node;
  private final String host;
  private final Process ssh;
  private final Frames frames;
  private final RemoteEnd printed;
  private final CompletableFuture<Integer> managerPort = new CompletableFuture<>();
  private final CompletableFuture<Integer> status = new CompletableFuture<>();

  private volatile boolean spoke;
  private volatile boolean cut;

  private RemoteNode(int node, String host, Process ssh, RemoteEnd printed) {
    this.node = node;
    this.host = host;
    this.ssh = ssh;
    this.printed = printed;
    this.frames = new Frames(ssh.getInputStream(), ssh.getOutputStream());
  }

  /** Starts the node of that number. */
  static RemoteNode start(
      Ssh ssh, int node, String host, String command, RemoteStart what, RemoteEnd printed)
      throws IOException {
    RemoteNode started = new RemoteNode(node, host, ssh.start(host, command), printed);
    started.daemon("dsm-ssh-" + node, started::read);
    started.daemon("dsm-ssh-err-" + node, started::readErrors);
    byte[] start = what.encode();
    try {
      started.frames.write(Frames.START, start);
    } catch (IOException e) {
      // ssh has ended already; its own line says why.
    } finally {
      Frames.wipe(start);
    }
    return started;
  }

  String host() {
    return host;
  }

  /** The manager's port, if this is node 0; exceptionally if it ends before. */
  CompletableFuture<Integer> managerPort() {
    return managerPort;
  }

  /** What its end means for the cluster. */
  CompletableFuture<Integer> status() {
    return status;
  }

  /** Bytes for its standard input; none: their end. */
  void input(byte[] bytes) throws IOException {
    frames.write(Frames.INPUT, bytes);
  }

  /** Asks the helper to end it. */
  void end() {
    tell(Frames.END);
  }

  /** Another node has failed: if this one has not joined yet, it ends. */
  void tellFailure() {
    tell(Frames.FAILURE);
  }

  /** Beside, since a connection that is broken may hold a writer up. */
  private void tell(char kind) {
    daemon(
        "dsm-tell-" + node,
        () -> {
          try {
            frames.write(kind, new byte[0]);
          } catch (IOException e) {
            // It has ended.
          }
        });
  }

  /** Ends the connection: the helper there, if it can be reached, ends the node. */
  void cut() {
    cut = true;
    ssh.destroyForcibly();
  }

  private void read() {
    try {
      for (Frame frame = frames.read(); frame != null; frame = frames.read()) {
        received(frame);
      }
    } catch (IOException e) {
      // A broken connection is an end like any other.
    }
    ended();
  }

  private void received(Frame frame) {
    spoke = true;
    switch (frame.kind()) {
      case Frames.OUT -> printed.out(node, frame.payload());
      case Frames.ERR -> printed.err(node, frame.payload());
      case Frames.PORT ->
          managerPort.complete(
              Integer.parseInt(new String(frame.payload(), StandardCharsets.US_ASCII).trim()));
      case Frames.STATUS -> {
        ByteBuffer told = ByteBuffer.wrap(frame.payload());
        status.complete(RemoteEnd.clusterStatus(node, told.getInt(), told.get() != 0));
      }
      default -> printed.say("host " + host + " says what this version does not know");
    }
  }

  /** ssh is through, and the node's status was told or never will be. */
  private void ended() {
    if (!status.isDone()) {
      int code = waitForSsh();
      if (!cut) {
        printed.say(
            "node "
                + node
                + " on host "
                + host
                + (spoke ? " is out of reach" : " could not be started")
                + ": ssh ended with status "
                + code);
      }
      status.complete(spoke ? STATUS_NODE_LOST : code == STATUS_MISUSE ? code : STATUS_FAILED);
    }
    managerPort.completeExceptionally(new IOException("node " + node + " has ended"));
  }

  private int waitForSsh() {
    try {
      return ssh.waitFor(SSH_ENDS_SECONDS, TimeUnit.SECONDS) ? ssh.exitValue() : STATUS_NODE_LOST;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return STATUS_FAILED;
    }
  }

  private void readErrors() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(ssh.getErrorStream(), StandardCharsets.UTF_8))) {
      Consumer<String> print =
          line -> printed.err(node, (line + "\n").getBytes(StandardCharsets.UTF_8));
      lines.lines().forEach(print);
    } catch (IOException | java.io.UncheckedIOException e) {
      // ssh has ended.
    }
  }

  private void daemon(String name, Runnable task) {
    Thread thread = new Thread(null, task, name, 0, false);
    thread.setDaemon(true);
    thread.start();
  }
}
