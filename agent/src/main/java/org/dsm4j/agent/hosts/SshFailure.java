package org.dsm4j.agent.hosts;

import java.util.List;

/**
 * Why a command on another host did not come about, in one line that says what to do: from ssh's
 * status and what it, the shell or Java have said there.
 */
final class SshFailure {
  private static final int NO_CONNECTION = 255;
  private static final int NOT_FOUND = 127;
  private static final int NOT_EXECUTABLE = 126;

  private SshFailure() {}

  /**
   * The line's end.
   *
   * @param status of ssh
   * @param said the lines of its error stream
   * @param java the command that was to be run, or null if it was none of Java's
   */
  static String explain(String host, int status, List<String> said, String java) {
    String all = String.join("\n", said);
    if (status == NO_CONNECTION) {
      return connection(host, all, last(said));
    }
    if (java != null) {
      String why = java(status, all, java);
      if (why != null) {
        return why;
      }
    }
    String last = last(said);
    return (last.isEmpty() ? "" : last + " ") + "(status " + status + ")";
  }

  private static String connection(String host, String all, String last) {
    String remedy = "see whether \"ssh " + host + " true\" works, without questions";
    if (all.contains("Host key verification failed")) {
      remedy = "its key is not known here, or has changed: connect once by hand, ssh " + host;
    } else if (all.contains("Permission denied")) {
      remedy = "it must go without a password: ssh-copy-id " + host + ", or an agent (ssh-add)";
    } else if (all.contains("Could not resolve hostname")) {
      remedy = "check the name, or give it a HostName in ssh's configuration";
    } else if (all.contains("Connection closed") || all.contains("Connection reset")) {
      remedy = "its sshd lets no more in at once (MaxStartups), or no more at all";
    }
    String said = last.isEmpty() ? "no connection" : last.replaceFirst("\\.$", "");
    return said + "; " + remedy;
  }

  /** Null: not about Java. */
  private static String java(int status, String all, String java) {
    String other = "install Java 17 or later there, or name it: --remote-java PATH";
    if (all.contains("UnsupportedClassVersionError") || all.contains("Unrecognized VM option")) {
      return "its " + java + " is too old; " + other;
    }
    if (all.contains("Unable to access jarfile")) {
      return "dsm-agent.jar is not there under the same path as here; copy it, or use --stage DIR";
    }
    if (status == NOT_FOUND) {
      return "there is no " + java + " there; " + other;
    }
    if (status == NOT_EXECUTABLE) {
      return "its " + java + " cannot be run; " + other;
    }
    return null;
  }

  private static String last(List<String> said) {
    for (int i = said.size() - 1; i >= 0; i--) {
      if (!said.get(i).isBlank()) {
        return said.get(i).strip();
      }
    }
    return "";
  }
}
