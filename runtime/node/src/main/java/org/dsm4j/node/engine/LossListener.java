package org.dsm4j.node.engine;

/**
 * Who is told by the engine that a peer is lost. Called on the completion thread; must not block.
 */
@FunctionalInterface
public interface LossListener {
  void lost(int peer);
}
