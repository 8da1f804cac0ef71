package org.dsm4j.core.manager;

import org.dsm4j.core.message.ToNode;

/** What the manager's decisions do to the world. Must not call back into the manager. */
public interface Outbound {
  /** Sends to a connection; nothing if it is gone. */
  void send(long connection, ToNode message);

  /** Ends a connection once what was sent to it is out. */
  void close(long connection);

  /** The cluster is over: every node has left, or it could not form. Called once. */
  void over(int status);
}
