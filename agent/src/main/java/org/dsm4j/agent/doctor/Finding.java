package org.dsm4j.agent.doctor;

/**
 * What a check has found.
 *
 * @param name what was looked at
 * @param level how good it is
 * @param text what there is, in a few words
 * @param remedy what to change, or "" if nothing
 */
public record Finding(String name, Level level, String text, String remedy) {
  /** How good it is. */
  public enum Level {
    /** As it should be. */
    OK,
    /** DSM4J runs, but something could be better or will hurt some programs. */
    WARN,
    /** DSM4J cannot run like this. */
    FAIL
  }

  static Finding ok(String name, String text) {
    return new Finding(name, Level.OK, text, "");
  }

  static Finding warn(String name, String text, String remedy) {
    return new Finding(name, Level.WARN, text, remedy);
  }

  static Finding fail(String name, String text, String remedy) {
    return new Finding(name, Level.FAIL, text, remedy);
  }
}
