package org.dsm4j.node.auth;

/** What a connection is for; a proof for one plane is none for the other. */
public enum Plane {
  /** Between a node and the manager. */
  CONTROL(1),
  /** Between the engines of two nodes. */
  DATA(2);

  private final int number;

  Plane(int number) {
    this.number = number;
  }

  int number() {
    return number;
  }
}
