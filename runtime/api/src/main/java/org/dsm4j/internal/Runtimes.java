package org.dsm4j.internal;

/** Where the running node is found by the API and the bridge. */
public final class Runtimes {
  private static volatile DsmRuntime current;

  private Runtimes() {}

  /** The node of this JVM, or null without the agent. */
  public static DsmRuntime currentOrNull() {
    return current;
  }

  /**
   * The node of this JVM.
   *
   * @throws IllegalStateException without the agent, saying in one line how to start with it
   */
  public static DsmRuntime current() {
    DsmRuntime runtime = current;
    if (runtime == null) {
      throw new IllegalStateException(
          "DSM4J is not running in this JVM; start it with: java -javaagent:dsm-agent.jar -jar app.jar");
    }
    return runtime;
  }

  /** Installs the node; once. */
  public static synchronized void install(DsmRuntime runtime) {
    if (current != null) {
      throw new IllegalStateException("a DSM4J node is already running in this JVM");
    }
    current = runtime;
  }
}
