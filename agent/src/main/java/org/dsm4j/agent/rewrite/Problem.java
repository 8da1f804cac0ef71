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
  /**
   * How a method is named to the user: a lambda by the method that it stands in, which is what he
   * wrote.
   */
  static String member(String method) {
    if (method.equals("<init>")) {
      return "constructor";
    }
    if (method.equals("<clinit>")) {
      return "static initializer";
    }
    String[] parts = method.split("\\$");
    if (parts.length != 3 || !parts[0].equals("lambda")) {
      return "method " + method;
    }
    return switch (parts[1]) { // javac's names
      case "new" -> "a lambda in a constructor";
      case "static" -> "a lambda in the static initializer";
      default -> "a lambda in method " + parts[1];
    };
  }

  /** The problem in one line. */
  public String text() {
    String where = line > 0 ? member + ", line " + line : member;
    return where + ": " + reason + "; " + remedy;
  }
}
