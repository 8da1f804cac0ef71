package org.dsm4j.agent.rewrite;

/**
 * One thing in a class that cannot be rewritten.
 *
 * @param member the field or method, as the user wrote it ("field a", "method f")
 * @param line source line, or 0 if the class file does not tell
 * @param reason what is wrong, in a sentence
 * @param remedy what to write instead
 */
public record Problem(String member, int line, String reason, String remedy) {
  /** The problem in one line. */
  public String text() {
    String where = line > 0 ? member + ", line " + line : member;
    return where + ": " + reason + "; " + remedy;
  }
}
