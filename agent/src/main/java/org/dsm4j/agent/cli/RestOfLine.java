package org.dsm4j.agent.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Stack;
import picocli.CommandLine.IParameterConsumer;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * The value of -jar or -m: the jar or module and everything after it, which is the application's,
 * whatever it looks like.
 */
final class RestOfLine implements IParameterConsumer {
  @Override
  public void consumeParameters(Stack<String> arguments, ArgSpec option, CommandSpec command) {
    if (arguments.isEmpty()) {
      String name = ((OptionSpec) option).longestName();
      throw new ParameterException(
          command.commandLine(),
          name + " needs a " + (name.equals("-jar") ? "jar file" : "module"));
    }
    List<String> rest = new ArrayList<>();
    while (!arguments.isEmpty()) {
      rest.add(arguments.pop());
    }
    option.setValue(rest);
  }
}
