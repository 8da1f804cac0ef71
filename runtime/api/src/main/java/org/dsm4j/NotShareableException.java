package org.dsm4j;

/**
 * A value or class that cannot live in shared memory was put there; the message names class, field
 * and remedy.
 */
public class NotShareableException extends DsmException {
  private static final long serialVersionUID = 1L;

  public NotShareableException(String message) {
    super(message);
  }
}
