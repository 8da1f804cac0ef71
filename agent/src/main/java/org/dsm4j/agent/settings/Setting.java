package org.dsm4j.agent.settings;

import java.util.Locale;

/**
 * One setting.
 *
 * @param key its name in dsm.properties and agent arguments; DSM_KEY in the environment, dsm.key as
 *     a system property
 * @param type what its text may be
 * @param defaultText the text it has when nobody sets it, or null for none
 * @param description what it does, in a sentence
 * @param internal whether it is for the launcher only, and not listed
 * @param <T> its value
 */
public record Setting<T>(
    String key, ValueType<T> type, String defaultText, String description, boolean internal) {

  /** The variable of the environment that sets it. */
  public String environmentName() {
    return "DSM_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
  }

  /** The system property that sets it. */
  public String propertyName() {
    return "dsm." + key;
  }
}
