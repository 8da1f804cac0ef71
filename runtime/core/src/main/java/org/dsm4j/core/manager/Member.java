package org.dsm4j.core.manager;

import org.dsm4j.core.message.ToManager;

/** A node that has joined, and how far it is. */
final class Member {
  final long connection;
  final ToManager.Join join;
  boolean connected;
  boolean ended;
  boolean leaving;
  boolean gone;

  Member(long connection, ToManager.Join join) {
    this.connection = connection;
    this.join = join;
  }

  int node() {
    return join.node();
  }
}
