package org.dsm4j.agent.rewrite;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether this JVM was started so that a debugger can attach. Then shared classes keep their fields
 * as a mirror, so that the debugger, which reads the JVM's memory, shows values.
 */
final class Debugger {
  static final boolean MAY_ATTACH = mayAttach();

  private static final String LIBRARY = "jdwp";

  private Debugger() {}

  private static boolean mayAttach() {
    for (String variable :
        new String[] {"JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"}) {
      String options = System.getenv(variable);
      if (options != null && options.contains(LIBRARY)) {
        return true;
      }
    }
    try {
      String command = Files.readString(Path.of("/proc/self/cmdline"), StandardCharsets.ISO_8859_1);
      for (String argument : command.split("\0")) {
        if (argument.startsWith("-agentlib:" + LIBRARY)
            || argument.startsWith("-agentpath:") && argument.contains(LIBRARY)
            || argument.startsWith("-Xrunjdwp")) {
          return true;
        }
      }
      return false;
    } catch (IOException unknown) {
      return false;
    }
  }
}
