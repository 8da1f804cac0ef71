package org.dsm4j.agent.settings;

/**
 * How the text of a setting becomes a value.
 *
 * @param <T> the value
 */
public interface ValueType<T> {
  /**
   * The value.
   *
   * @throws IllegalArgumentException if the text is none; the caller tells what is allowed
   */
  T parse(String text);

  /** What is allowed, as the end of a sentence: "a whole number, 1 to 4096". */
  String allowed();
}
