package org.dsm4j.agent;

import org.dsm4j.agent.settings.SettingTable;
import org.dsm4j.agent.settings.Settings;

/** The one line with which a start that failed ends the process. */
final class Failures {
  private Failures() {}

  static boolean wantsStackTraces(Settings settings) {
    String level = settings.get(SettingTable.LOG);
    return level.equals("DEBUG") || level.equals("TRACE");
  }

  /** Writes the message and ends the process, at once and untold: the application has not begun. */
  static void end(Throwable failure, boolean debug, int status) {
    System.err.println("dsm: " + String.valueOf(failure.getMessage()).replace('\n', ' '));
    if (debug) {
      failure.printStackTrace();
    }
    System.err.flush();
    Runtime.getRuntime().halt(status);
  }
}
