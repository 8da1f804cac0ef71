package org.dsm4j.node;

import org.dsm4j.internal.DsmRuntime;

/** One node of a cluster. */
public abstract class Node implements DsmRuntime, AutoCloseable {
  Node() {}

  /**
   * Joins the cluster; returns when all nodes have joined and are connected with each other. The caller installs the result in {@link
   * org.dsm4j.internal.Runtimes}.
   *
   * @throws org.dsm4j.DsmException in one line: why the cluster could not be joined, and what to do
   */
  public static Node start(NodeConfig config) {
    throw new UnsupportedOperationException("the engine is not part of this build");
  }

  /** Leaves the cluster and gives everything back; for nodes that do not own their process. */
  @Override
  public abstract void close();
}
