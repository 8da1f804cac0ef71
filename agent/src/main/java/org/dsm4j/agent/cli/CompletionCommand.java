package org.dsm4j.agent.cli;

import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Writes a completion script. */
@Command(
    name = "generate-completion",
    aliases = "completion",
    mixinStandardHelpOptions = true,
    description = "Writes a completion script for bash and zsh: source <(dsm completion)")
final class CompletionCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    System.out.print(AutoComplete.bash("dsm", spec.root().commandLine()));
  }
}
