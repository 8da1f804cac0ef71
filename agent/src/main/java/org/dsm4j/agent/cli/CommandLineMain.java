package org.dsm4j.agent.cli;

import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The start of the command line, in the isolated class loader. Status: the command's own; 2 and one
 * line for misuse.
 */
public final class CommandLineMain {
  static final int STATUS_MISUSE = 2;
  private static final int STATUS_FAILED = 1;

  private CommandLineMain() {}

  /** Runs one command; called by the launch classes, reflectively. */
  public static int run(String[] arguments) {
    CommandLine line = DsmCommand.line(arguments);
    line.setParameterExceptionHandler((e, all) -> misuse(e));
    line.setExecutionExceptionHandler((e, command, result) -> failure(e));
    // A file of arguments is java's, which knows where the program's own begin.
    line.setExpandAtFiles(false);
    return line.execute(arguments);
  }

  private static int misuse(ParameterException e) {
    String message = e.getMessage().replace('\n', ' ').trim();
    String command = e.getCommandLine().getCommandSpec().qualifiedName();
    if (e instanceof UnmatchedArgumentException unmatched
        && command.endsWith("run")
        && unmatched.getUnmatched().get(0).startsWith("-")) {
      message += "; options of the JVM are given as: -J " + unmatched.getUnmatched().get(0);
    }
    System.err.println("dsm: " + message + " (see: " + command + " --help)");
    return STATUS_MISUSE;
  }

  private static int failure(Exception e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    System.err.println("dsm: " + message.replace('\n', ' '));
    return STATUS_FAILED;
  }
}
