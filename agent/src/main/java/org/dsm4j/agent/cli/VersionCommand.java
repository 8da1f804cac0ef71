package org.dsm4j.agent.cli;

import picocli.CommandLine.Command;

/** Shows the versions. */
@Command(
    name = "version",
    mixinStandardHelpOptions = true,
    description = "Shows the version, the build, the native library's interface and the JVM.")
final class VersionCommand implements Runnable {
  @Override
  public void run() {
    for (String line : new VersionLines().getVersion()) {
      System.out.println(line);
    }
  }
}
