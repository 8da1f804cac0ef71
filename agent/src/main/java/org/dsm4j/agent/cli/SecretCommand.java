package org.dsm4j.agent.cli;

import java.nio.file.Path;
import org.dsm4j.node.auth.ClusterSecret;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes secrets. */
@Command(
    name = "secret",
    mixinStandardHelpOptions = true,
    description = {
      "The secret by which the nodes of a cluster know each other. It is read from a file",
      "(secret-file=FILE) or the variable DSM_SECRET, never from a command line."
    })
final class SecretCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "secret what? secret new FILE makes one");
  }

  @Command(
      name = "new",
      mixinStandardHelpOptions = true,
      description = "Makes a new secret in a new file that only you may read. Shows nothing of it.")
  int create(@Parameters(paramLabel = "FILE", description = "The file.") Path file) {
    ClusterSecret.create(file);
    System.out.println(
        "dsm: a new secret is in " + file + "; give it to every node: secret-file=" + file);
    return 0;
  }
}
