package org.dsm4j.agent.launch;

import java.lang.instrument.Instrumentation;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * What the JVM calls for {@code -javaagent:dsm-agent.jar}. Does as little as possible in the
 * application's class loader: makes the isolated one, gives it the two packages of the JDK it
 * needs, and calls {@code org.dsm4j.agent.AgentMain} there.
 */
public final class Premain {
  private static final String AGENT = "org.dsm4j.agent.AgentMain";
  private static String started;

  private Premain() {}

  /** Called by the JVM before the application's main class is loaded. */
  public static void premain(String arguments, Instrumentation instrumentation) {
    String given = arguments == null ? "" : arguments;
    if (started != null) {
      twice(given);
      return;
    }
    started = given;
    try {
      Path jar = InstLoader.ownJar();
      InstLoader loader = new InstLoader(jar);
      export(instrumentation, InstModule.define(loader, jar.toUri()));
      Class.forName(AGENT, true, loader)
          .getMethod("start", String.class, Instrumentation.class)
          .invoke(null, given, instrumentation);
    } catch (InvocationTargetException e) {
      fail(e.getCause());
    } catch (Exception | LinkageError e) {
      fail(e);
    }
  }

  private static void twice(String given) {
    if (given.equals(started)) {
      System.err.println("dsm: -javaagent:dsm-agent.jar is given twice; the second one is ignored");
    } else {
      fail(
          "-javaagent:dsm-agent.jar is given twice, with other settings; leave one away (look into"
              + " JAVA_TOOL_OPTIONS and JDK_JAVA_OPTIONS, too)");
    }
  }

  /** Only our own module gets the JDK's internals; the application's never do. */
  private static void export(Instrumentation instrumentation, Module module) {
    Set<Module> ours = Set.of(module);
    instrumentation.redefineModule(
        Object.class.getModule(),
        Set.of(),
        Map.of("jdk.internal.misc", ours, "jdk.internal.access", ours),
        Map.of(),
        Set.of(),
        Map.of());
  }

  private static void fail(Throwable cause) {
    fail("the agent could not be started: " + cause);
  }

  private static void fail(String message) {
    System.err.println("dsm: " + message);
    Runtime.getRuntime().halt(1);
  }
}
