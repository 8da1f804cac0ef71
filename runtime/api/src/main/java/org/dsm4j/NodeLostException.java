package org.dsm4j;

/** A node of the cluster died and took with it what this operation needs. */
public class NodeLostException extends DsmException {
  private static final long serialVersionUID = 1L;

  public NodeLostException(String message) {
    super(message);
  }
}
