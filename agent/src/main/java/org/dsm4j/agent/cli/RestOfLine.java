package org.dsm4j.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Stack;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/**
 * The value of -jar: the jar and everything after it, which is the application's, whatever it looks
 * like.
 */
final class RestOfLine implements IParameterConsumer {
  @Override
  public void consumeParameters(Stack<String> arguments, ArgSpec option, CommandSpec command) {
    if (arguments.isEmpty()) {
      throw new ParameterException(command.commandLine(), "-jar needs a jar file");
    }
    List<String> rest = new ArrayList<>();
    while (!arguments.isEmpty()) {
      rest.add(arguments.pop());
    }
    option.setValue(rest);
  }
}
