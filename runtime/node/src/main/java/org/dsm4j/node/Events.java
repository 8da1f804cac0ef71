package org.dsm4j.node;

import java.util.ArrayList;
import java.util.List;
import org.dsm4j.core.allocation.Geometry;
import org.dsm4j.core.message.Subject;
import org.dsm4j.internal.Instances;
import org.dsm4j.internal.Regions;
import org.dsm4j.internal.SharedArrays;
import org.dsm4j.node.control.ControlEvents;
import org.dsm4j.node.engine.Counters;
import org.dsm4j.node.engine.Engine;
import org.dsm4j.node.engine.LossListener;
import org.dsm4j.node.lifecycle.Lifecycle;
import org.dsm4j.node.logging.Logs;
import org.dsm4j.node.memory.Blocks;
import org.slf4j.Logger;

/**
 * What the manager and the engine tell a node, on its way to whom it concerns. Never touches shared
 * memory.
 */
final class Events implements ControlEvents, LossListener {
  private static final Logger LOG = Logs.of(Events.class);

  private volatile Engine engine;
  private volatile Geometry geometry;
  private volatile Blocks blocks;
  private volatile Lifecycle lifecycle;
  private volatile int node;

  /** The node in whose process the manager is; -1 = none. */
  volatile int managerNode = -1;

  /** From here on events have a meaning; before, the caller of the start is told. */
  void start(
      Engine theEngine,
      Geometry theGeometry,
      Blocks theBlocks,
      Lifecycle theLifecycle,
      int theNode) {
    geometry = theGeometry;
    node = theNode;
    blocks = theBlocks;
    lifecycle = theLifecycle;
    engine = theEngine;
  }

  @Override
  public List<Long> markFreed(long offset, long bytes) {
    if (bytes == 0) {
      return offsets(Regions.markFreed(offset));
    }
    blocks.markFreed(offset);
    SharedArrays.markFreed(engine.base() + offset, bytes);
    Instances.markFreed(engine.base() + offset);
    long inArena = offset - geometry.arenaStart(node);
    if (inArena >= 0 && inArena < geometry.arenaBytes()) {
      Regions.freedHere(engine.base() + offset, bytes);
    }
    return List.of();
  }

  private List<Long> offsets(long[] spans) {
    List<Long> offsets = new ArrayList<>(spans.length);
    for (int i = 0; i < spans.length; i += 2) {
      offsets.add(spans[i] - engine.base());
      offsets.add(spans[i + 1]);
    }
    return offsets;
  }

  @Override
  public void markFreedPages(List<Long> spans, boolean wereMarked) {
    for (int i = 0; i < spans.size(); i += 2) {
      long address = engine.base() + spans.get(i);
      if (wereMarked) {
        Regions.retirePages(address, spans.get(i + 1));
      } else {
        Regions.markFreedPages(address, spans.get(i + 1));
      }
    }
  }

  @Override
  public void discard(long offset, long bytes) {
    engine.discard(offset, bytes);
  }

  @Override
  public byte[] answer(Subject subject, long offset, long pages) {
    return switch (subject) {
      case COUNTERS -> Counters.toBytes(engine.counters());
      case OWNED_PAGES -> engine.ownedPages(offset, pages);
    };
  }

  @Override
  public void nodeLost(int peer, String reason) {
    LOG.info("the manager says that node {} is lost: {}", peer, reason);
    if (lifecycle != null) {
      engine.peerLost(peer, reason);
      lifecycle.peerLost(peer);
    }
  }

  @Override
  public void lost(int peer) {
    if (lifecycle != null) {
      lifecycle.peerLost(peer);
    }
  }

  @Override
  public void end(int status, int because, String reason) {
    if (lifecycle != null) {
      lifecycle.clusterEnds(status, because, reason);
    }
  }

  @Override
  public void allEnded(int status) {
    if (lifecycle != null) {
      lifecycle.allEnded(status);
    }
  }

  @Override
  public void leave() {
    if (lifecycle != null) {
      lifecycle.leave();
    }
  }

  @Override
  public void managerLost(String reason) {
    if (lifecycle == null) {
      return;
    }
    if (managerNode >= 0 && managerNode != node) {
      nodeLost(managerNode, "its connection to the control plane broke");
    } else {
      lifecycle.managerLost(reason);
    }
  }
}
