package org.dsm4j.agent.settings;

/**
 * A setting is wrong; the message is one line that names it, where it was set, and what is allowed.
 */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public SettingsException(String message) {
    super(message);
  }
}
