package org.dsm4j.agent.launch;

import java.lang.reflect.InvocationTargetException;

/** What {@code java -jar dsm-agent.jar} runs: the command line, in the isolated class loader. */
public final class Main {
  private static final String COMMAND_LINE = "org.dsm4j.agent.cli.CommandLineMain";

  private Main() {}

  /** Runs the command and ends the JVM with its status. */
  public static void main(String[] arguments) {
    int status;
    try {
      InstLoader loader = new InstLoader(InstLoader.ownJar());
      Thread.currentThread().setContextClassLoader(loader);
      status =
          (int)
              Class.forName(COMMAND_LINE, true, loader)
                  .getMethod("run", String[].class)
                  .invoke(null, (Object) arguments);
    } catch (InvocationTargetException e) {
      System.err.println("dsm: " + e.getCause());
      status = 1;
    } catch (Exception | LinkageError e) {
      System.err.println("dsm: the command line could not be started: " + e);
      status = 1;
    }
    System.exit(status);
  }
}
