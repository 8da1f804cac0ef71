package org.dsm4j.node.control;

import java.util.concurrent.CompletableFuture;

/**
 * The manager of a cluster: who is in it, its names and allocations, and its end. One per cluster, inside node 0 or in a process of
 * its own. Thread-safe.
 */
public final class ManagerServer implements AutoCloseable {
  private final int port;
  private final CompletableFuture<Integer> end = new CompletableFuture<>();

  private ManagerServer(int port) {
    this.port = port;
  }

  /**
   * Starts to listen.
   *
   * @throws org.dsm4j.DsmException if the port cannot be listened on
   */
  public static ManagerServer start(ManagerConfig config) {
    throw new UnsupportedOperationException("the control plane is not part of this build");
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  /**
   * Waits until every node has left, or the cluster could not form.
   *
   * @return the cluster's status: the first that was not 0 in time, or 0
   */
  public int awaitEnd() throws InterruptedException {
    try {
      return end.get();
    } catch (java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    end.complete(0);
  }
}
