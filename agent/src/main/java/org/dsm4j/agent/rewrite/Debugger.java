package org.dsm4j.agent.rewrite;

import jdk.internal.misc.VM;

/**
 * Whether this JVM was started so that a debugger can attach. Then shared classes keep their fields
 * as a mirror, so that the debugger, which reads the JVM's memory, shows values.
 */
final class Debugger {
  static final boolean MAY_ATTACH = mayAttach();

  private static final String LIBRARY = "jdwp";

  private Debugger() {}

  private static boolean mayAttach() {
    for (String argument : arguments()) {
      if (argument.startsWith("-agentlib:" + LIBRARY)
          || argument.startsWith("-agentpath:") && argument.contains(LIBRARY)
          || argument.startsWith("-Xrunjdwp")) {
        return true;
      }
    }
    return false;
  }

  /** All of them: of the command line, files of arguments on it, JAVA_TOOL_OPTIONS and the like. */
  private static String[] arguments() {
    try {
      return VM.getRuntimeArguments();
    } catch (IllegalAccessError commandLine) {
      return new String[0]; // dsm check, where no agent opens the JDK to us, and no program runs
    }
  }
}
