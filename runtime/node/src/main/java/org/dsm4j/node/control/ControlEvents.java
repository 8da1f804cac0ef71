package org.dsm4j.node.control;

import java.util.List;
import org.dsm4j.core.message.Subject;

/**
 * What the manager tells a node without being asked. Called on the control plane's thread: must
 * neither block nor touch shared memory.
 */
public interface ControlEvents {
  /**
   * From now on a use of the block that starts there, or of the region of that number, is an error.
   *
   * @return of a region: what this node has set aside for it, offset and bytes in turn
   */
  List<Long> markFreed(long offset, long bytes);

  /**
   * From now on a use of anything in these whole pages is an error.
   *
   * @param spans offset and bytes in turn
   * @param wereMarked everything in them was freed one by one, and marked then
   */
  void markFreedPages(List<Long> spans, boolean wereMarked);

  /** Nobody uses it any more: give its memory back. */
  void discard(long offset, long bytes);

  /** What this node answers to a question asked of all. */
  byte[] answer(Subject subject, long offset, long pages);

  /** Another node is dead. */
  void nodeLost(int peer, String reason);

  /** The cluster ends with a status that is not 0, because of that node. */
  void end(int status, int node, String reason);

  /** All nodes have ended: from now on no end of a peer may be a failure. */
  void allEnded(int status);

  /** All nodes know that: this one may go. */
  void leave();

  /** The manager is gone, while the cluster was running. */
  void managerLost(String reason);
}
