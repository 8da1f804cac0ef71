package org.dsm4j.agent.cli;

import java.util.concurrent.Callable;
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
    subcommands = {
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
      HelpCommand.class
    },
    footer = {
      "",
      "A program runs alone with:   java -javaagent:dsm-agent.jar -jar app.jar",
      "It compiles with:            javac -cp dsm-agent.jar App.java"
    })
final class DsmCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(System.err);
    return CommandLineMain.STATUS_MISUSE;
  }
}
