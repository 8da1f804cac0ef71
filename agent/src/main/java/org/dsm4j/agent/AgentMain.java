package org.dsm4j.agent;

import java.lang.instrument.Instrumentation;
import org.dsm4j.DsmException;
import org.dsm4j.NodeLostException;
import org.dsm4j.agent.settings.Settings;
import org.dsm4j.agent.settings.SettingsException;
import org.dsm4j.agent.settings.SettingsReader;

/**
 * The start of the agent, in the isolated class loader, before the application's main class is loaded. A failure ends the process with one
 * line: status 2 for wrong settings, 75 when another node was lost meanwhile, 1 otherwise.
 */
public final class AgentMain {
  private static final int STATUS_USAGE = 2;
  private static final int STATUS_NODE_LOST = 75;

  private AgentMain() {}

  /** Called by the launch classes, reflectively. */
  public static void start(String arguments, Instrumentation instrumentation) {
    Thread thread = Thread.currentThread();
    ClassLoader context = thread.getContextClassLoader();
    thread.setContextClassLoader(AgentMain.class.getClassLoader());
    boolean debug = false;
    try {
      AgentStart.prepare(instrumentation);
      Settings settings = SettingsReader.read(arguments);
      debug = Failures.wantsStackTraces(settings);
      AgentStart.run(settings, instrumentation);
    } catch (SettingsException e) {
      Failures.end(e, debug, STATUS_USAGE);
    } catch (NodeLostException e) {
      Failures.end(e, debug, STATUS_NODE_LOST);
    } catch (DsmException e) {
      Failures.end(e, debug, 1);
    } catch (Throwable e) {
      Failures.end(new IllegalStateException("the agent could not be started: " + e, e), debug, 1);
    } finally {
      thread.setContextClassLoader(context);
    }
  }
}
