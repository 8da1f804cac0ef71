package org.dsm4j.node;

import org.dsm4j.core.allocation.Geometry;
import org.dsm4j.node.control.ControlClient;
import org.dsm4j.node.control.ManagerServer;
import org.dsm4j.node.engine.Engine;
import org.dsm4j.node.lifecycle.Lifecycle;
import org.dsm4j.node.memory.Blocks;

/**
 * What a node has when it has joined.
 *
 * @param manager the manager in this process, or null
 * @param lifecycle null in a cluster of one, which ends as any Java program
 */
record Joined(
    Geometry geometry,
    Engine engine,
    ControlClient control,
    Blocks blocks,
    ManagerServer manager,
    Lifecycle lifecycle)
    implements AutoCloseable {

  /** Leaves at once, in the opposite order of joining. */
  @Override
  public void close() {
    if (lifecycle != null) {
      control.ended();
      engine.leave();
    }
    control.close();
    if (manager != null) {
      manager.close();
    }
    engine.close();
  }
}
