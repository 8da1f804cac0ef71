package org.dsm4j.agent.cli;

import picocli.CommandLine.Command;

/** Checks this machine. */
@Command(name = "doctor", mixinStandardHelpOptions = true, description = "Checks this machine.")
final class DoctorCommand implements Runnable {
  @Override
  public void run() {}
}
