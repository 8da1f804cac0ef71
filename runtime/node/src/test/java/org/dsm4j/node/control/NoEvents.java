package org.dsm4j.node.control;

import java.util.List;
import org.dsm4j.core.message.Subject;

/** Somebody whom nothing that the manager tells concerns. */
final class NoEvents implements ControlEvents {
  @Override
  public List<Long> markFreed(long offset, long bytes) {
    return List.of();
  }

  @Override
  public void markFreedPages(List<Long> spans, boolean wereMarked) {}

  @Override
  public void discard(long offset, long bytes) {}

  @Override
  public byte[] answer(Subject subject, long offset, long pages) {
    return new byte[0];
  }

  @Override
  public void nodeLost(int peer, String reason) {}

  @Override
  public void end(int status, int node, String reason) {}

  @Override
  public void allEnded(int status) {}

  @Override
  public void leave() {}

  @Override
  public void managerLost(String reason) {}
}
