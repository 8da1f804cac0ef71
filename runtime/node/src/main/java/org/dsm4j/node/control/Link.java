package org.dsm4j.node.control;

import org.dsm4j.core.message.ToManager;

/** The way from a node to its manager. Thread-safe. */
interface Link {
  /** Sends; nothing if the link is gone. */
  void send(ToManager message);

  /** Ends the link; what was sent before still goes out. Returns within a few seconds. */
  void close();
}
