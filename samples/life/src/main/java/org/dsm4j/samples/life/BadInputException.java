package org.dsm4j.samples.life;

/**
 * What the user gave cannot be played; the message is one line that says what is wrong and what to
 * do.
 */
final class BadInputException extends Exception {
  private static final long serialVersionUID = 1L;

  BadInputException(String message) {
    super(message);
  }
}
