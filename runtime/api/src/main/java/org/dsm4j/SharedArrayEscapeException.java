package org.dsm4j;

/**
 * A shared array was about to reach code that was not rewritten for it; the message names the
 * method, the argument and the remedy.
 */
public class SharedArrayEscapeException extends DsmException {
  private static final long serialVersionUID = 1L;

  public SharedArrayEscapeException(String message) {
    super(message);
  }
}
