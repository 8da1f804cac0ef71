package org.dsm4j.agent.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command without a name: shows what there is. */
@Command(
    name = "dsm",
    mixinStandardHelpOptions = true,
    versionProvider = VersionLines.class,
    description = "Distributed shared memory for Java.",
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "",
      "A program runs alone with:   java -javaagent:dsm-agent.jar -jar app.jar",
      "It compiles with:            javac -cp dsm-agent.jar App.java"
    })
final class DsmCommand implements Callable<Integer> {
  private static final String RUN = "run";

  private static final List<Class<?>> COMMANDS =
      List.of(
          RunCommand.class,
          ManagerCommand.class,
          SecretCommand.class,
          HostSideCommand.class,
          HostDoctorCommand.class,
          BenchCommand.class,
          CheckCommand.class,
          DoctorCommand.class,
          SettingsCommand.class,
          VersionCommand.class,
          CompletionCommand.class,
          HelpCommand.class);

  @Spec private CommandSpec spec;

  /**
   * The command line with its commands; the one that starts programs by itself, since what it takes
   * to know the others is a good part of its time.
   */
  static CommandLine line(String[] arguments) {
    CommandLine line = new CommandLine(new DsmCommand());
    if (arguments.length > 0 && arguments[0].equals(RUN)) {
      line.addSubcommand(RunCommand.class);
    } else {
      COMMANDS.forEach(line::addSubcommand);
    }
    line.getSubcommands().get(RUN).setStopAtPositional(true);
    return line;
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(System.err);
    return CommandLineMain.STATUS_MISUSE;
  }
}
