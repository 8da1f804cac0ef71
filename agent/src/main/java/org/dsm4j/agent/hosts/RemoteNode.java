package org.dsm4j.agent.hosts;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.dsm4j.agent.hosts.Frames.Frame;
import org.dsm4j.agent.run.RemoteEnd;

/** The launcher's end of one ssh connection. Two threads of its own read what comes. */
final class RemoteNode {
  private static final int STATUS_NODE_LOST = 75;
  private static final int STATUS_FAILED = 1;
  private static final long SSH_ENDS_SECONDS = 2;
  private static final long BEGIN_SECONDS = 60;
  private static final int SAID_MAX = 200;

  private final int node;
  private final String host;
  private final String java;
  private final Process ssh;
  private final Frames frames;
  private final RemoteEnd printed;
  private final CompletableFuture<Integer> managerPort = new CompletableFuture<>();
  private final CompletableFuture<Integer> status = new CompletableFuture<>();
  private final CompletableFuture<Boolean> begun = new CompletableFuture<>();
  private final CountDownLatch told = new CountDownLatch(1);
  private final Semaphore window = new Semaphore(Frames.INPUT_WINDOW);
  private final List<String> said = new ArrayList<>();
  private final Thread errors;

  private volatile boolean cut;
  private volatile boolean late;

  private RemoteNode(int node, String host, String java, Process ssh, RemoteEnd printed) {
    this.node = node;
    this.host = host;
    this.java = java;
    this.ssh = ssh;
    this.printed = printed;
    this.errors = new Thread(null, this::readErrors, "dsm-ssh-err-" + node, 0, false);
    this.frames = new Frames(ssh.getInputStream(), ssh.getOutputStream());
  }

  /**
   * Starts the node of that number.
   *
   * @param ssh the connection, just begun
   * @param java the command that is run there, for messages
   */
  static RemoteNode start(
      Process ssh, int node, String host, String java, RemoteStart what, RemoteEnd printed) {
    RemoteNode started = new RemoteNode(node, host, java, ssh, printed);
    started.errors.setDaemon(true);
    started.errors.start();
    started.daemon("dsm-ssh-" + node, () -> started.read(what));
    started.daemon("dsm-ssh-bound-" + node, started::bound);
    return started;
  }

  /** Whether the helper there has begun; false when it never will. */
  CompletableFuture<Boolean> begun() {
    return begun;
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

  /** Bytes for its standard input; none: their end. Waits while it does not take what it has. */
  void input(byte[] bytes) throws IOException, InterruptedException {
    told.await();
    window.acquire();
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
    if (told.getCount() > 0) {
      // There is no node yet, and there shall be none.
      cut();
      return;
    }
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

  private void read(RemoteStart what) {
    try {
      if (frames.awaitHello()) {
        begin();
        // Only now, since now it is our helper that reads it.
        send(what);
      }
      for (Frame frame = frames.read(); frame != null; frame = frames.read()) {
        received(frame);
      }
    } catch (IOException e) {
      // A broken connection is an end like any other.
    }
    ended();
  }

  private void begin() {
    synchronized (said) {
      said.forEach(this::printError);
      said.clear();
      begun.complete(true);
    }
  }

  private void send(RemoteStart what) throws IOException {
    byte[] start = what.encode();
    try {
      frames.write(Frames.START, start);
      told.countDown();
    } finally {
      Frames.wipe(start);
    }
  }

  /** A host that takes connections and says nothing is not waited for for ever. */
  private void bound() {
    try {
      begun.get(BEGIN_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      late = true;
      ssh.destroyForcibly();
    } catch (ExecutionException e) {
      // It has ended, and that is told.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void received(Frame frame) {
    switch (frame.kind()) {
      case Frames.TAKEN -> window.release();
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
    begun.complete(false);
    if (!status.isDone()) {
      int code = waitForSsh();
      boolean spoke = begun.join();
      if (!cut) {
        printed.say(
            "node "
                + node
                + " on host "
                + host
                + (spoke ? " is out of reach: " : " could not be started: ")
                + why(code));
      }
      status.complete(spoke ? STATUS_NODE_LOST : STATUS_FAILED);
    }
    managerPort.completeExceptionally(new IOException("node " + node + " has ended"));
  }

  private String why(int code) {
    if (late) {
      return "it has said nothing within "
          + BEGIN_SECONDS
          + " s; does \"ssh "
          + host
          + " true\" end?";
    }
    synchronized (said) {
      return SshFailure.explain(host, code, said, java);
    }
  }

  /** Its status; what it has said is read then. */
  private int waitForSsh() {
    try {
      boolean ended = ssh.waitFor(SSH_ENDS_SECONDS, TimeUnit.SECONDS);
      if (!ended) {
        ssh.destroyForcibly();
      }
      errors.join(TimeUnit.SECONDS.toMillis(SSH_ENDS_SECONDS));
      return ended ? ssh.exitValue() : STATUS_NODE_LOST;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return STATUS_FAILED;
    }
  }

  private void readErrors() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(ssh.getErrorStream(), StandardCharsets.UTF_8))) {
      lines.lines().forEach(this::heard);
    } catch (IOException | java.io.UncheckedIOException e) {
      // ssh has ended.
    }
  }

  /** Before the helper has begun, a line may be why it does not: that is told in one line. */
  private void heard(String line) {
    synchronized (said) {
      if (begun.getNow(false)) {
        printError(line);
      } else if (said.size() < SAID_MAX) {
        said.add(line);
      }
    }
  }

  private void printError(String line) {
    printed.err(node, (line + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private void daemon(String name, Runnable task) {
    Thread thread = new Thread(null, task, name, 0, false);
    thread.setDaemon(true);
    thread.start();
  }
}
