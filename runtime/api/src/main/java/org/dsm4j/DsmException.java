package org.dsm4j;

/** What goes wrong in DSM4J itself: the message says what happened, where, and what to do. */
public class DsmException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public DsmException(String message) {
    super(message);
  }

  public DsmException(String message, Throwable cause) {
    super(message, cause);
  }
}
