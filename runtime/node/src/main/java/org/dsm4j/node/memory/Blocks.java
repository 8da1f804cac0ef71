package org.dsm4j.node.memory;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.dsm4j.Consistency;
import org.dsm4j.DsmException;
import org.dsm4j.SharedMemory;
import org.dsm4j.core.allocation.Region;
import org.dsm4j.node.control.ControlClient;
import org.dsm4j.node.engine.Engine;

/** The named blocks that this node uses: one object per block. Thread-safe. */
public final class Blocks {
  private final Engine engine;
  private final ControlClient control;
  // Guarded by this.
  private final Map<String, SharedBlock> byName = new HashMap<>();
  private final Map<Long, SharedBlock> byOffset = new HashMap<>();
  private final Set<Long> freed = new HashSet<>();

  /** No blocks yet. */
  public Blocks(Engine engine, ControlClient control) {
    this.engine = engine;
    this.control = control;
  }

  /** The block of a name; allocated by the first node that asks. */
  public SharedMemory allocate(String name, long bytes, Consistency mode) {
    if (bytes <= 0) {
      throw new IllegalArgumentException(
          "SharedMemory \"" + name + "\" of " + bytes + " bytes; 1 or more are allowed");
    }
    SharedBlock known = known(name);
    if (known != null && known.size() == bytes && known.mode() == mode) {
      return known;
    }
    long offset = control.allocate(Region.Kind.MEMORY, name, bytes, mode, "");
    return register(name, offset, bytes, mode);
  }

  private synchronized SharedBlock known(String name) {
    return byName.get(name);
  }

  private synchronized SharedBlock register(
      String name, long offset, long bytes, Consistency mode) {
    SharedBlock block = byOffset.get(offset);
    if (block == null) {
      block = new SharedBlock(engine, name, engine.base() + offset, bytes, mode);
      if (freed.contains(offset)) {
        // Another node's free was faster than this thread.
        block.markFreed();
      } else {
        byOffset.put(offset, block);
        byName.put(name, block);
      }
    }
    return block;
  }

  /** Frees a block on all nodes. */
  public void free(SharedMemory memory) {
    if (!(memory instanceof SharedBlock block)) {
      throw new IllegalArgumentException(memory + " was not allocated by Dsm.allocate");
    }
    block.requireLive();
    try {
      control.free(block.toString(), block.address() - engine.base(), block.size());
    } catch (DsmException e) {
      // Two nodes freed it at once: the later one is told what any later use is told.
      block.requireLive();
      throw e;
    }
  }

  /** On the control plane's thread: a block has been freed by some node. */
  public void markFreed(long offset) {
    SharedBlock block;
    synchronized (this) {
      freed.add(offset);
      block = byOffset.remove(offset);
      if (block != null) {
        byName.remove(block.name(), block);
      }
    }
    if (block != null) {
      block.markFreed();
    }
  }
}
