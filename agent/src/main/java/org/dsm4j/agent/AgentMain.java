package org.dsm4j.agent;

import java.lang.instrument.Instrumentation;

/**
 * The start of the agent, in the isolated class loader, before the application's main class is
 * loaded. A failure ends the process with one line: status 2 for wrong settings, 75 when another
 * node was lost meanwhile, 1 otherwise.
 */
public final class AgentMain {
  private AgentMain() {}

  /** Called by the launch classes, reflectively. */
  public static void start(String arguments, Instrumentation instrumentation) {
    Thread thread = Thread.currentThread();
    ClassLoader context = thread.getContextClassLoader();
    thread.setContextClassLoader(AgentMain.class.getClassLoader());
    try {
      // Nothing may link to the API before it is in the boot loader: hence two classes.
      AgentPreparation.run(instrumentation);
      AgentStart.run(arguments, instrumentation);
    } catch (Throwable e) {
      Failures.end(new IllegalStateException("the agent could not be started: " + e, e), false, 1);
    } finally {
      thread.setContextClassLoader(context);
    }
  }
}
