package org.dsm4j.agent.rewrite;

import java.lang.instrument.Instrumentation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jdk.internal.misc.VM;

/**
 * The rewriting of the application's classes: installed once, before the application's main class
 * is loaded. Thread-safe.
 */
public final class Rewriter {
  private final RewriteConfig config;
  private final List<Refusal> refusals = new CopyOnWriteArrayList<>();

  Rewriter(RewriteConfig config) {
    this.config = config;
  }

  /**
   * Starts rewriting every class that is loaded from now on. A class that mentions shared members
   * and was loaded before is reported as refused at once (rule 12).
   *
   * @return the running rewriter
   */
  public static Rewriter install(Instrumentation instrumentation, RewriteConfig config) {
    Rewriter rewriter = new Rewriter(config);
    SharedTransformer transformer = rewriter.transformer();
    ClassHook.install(transformer, config);
    List<Class<?>> early = new ArrayList<>();
    for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
      if (transformer.isMissed(loaded)) {
        rewriter.refuse(missed(loaded, "it uses shared members but"));
      } else if (transformer.isPlainButMissed(loaded)) {
        early.add(loaded);
      }
    }
    for (Class<?> each : EarlyClasses.rewrite(instrumentation, transformer, early)) {
      rewriter.refuse(missed(each, "it may work on shared objects and"));
    }
    return rewriter;
  }

  /** A transformer that reports to this rewriter. */
  SharedTransformer transformer() {
    return new SharedTransformer(config, (loader, refusal) -> refuse(refusal));
  }

  private void refuse(Refusal refusal) {
    refusals.add(refusal);
    config.report().accept(refusal);
  }

  private static Refusal missed(Class<?> loaded, String reason) {
    return new Refusal(
        loaded.getName(),
        null,
        List.of(
            new Problem(
                "class " + loaded.getName(),
                0,
                reason + " was loaded before the DSM4J agent could rewrite it",
                archived()
                    ? "record the archive of classes (-XX:AOTCache, -XX:SharedArchiveFile) with this"
                        + " agent, and put -javaagent:dsm-agent.jar before other agents"
                    : "put -javaagent:dsm-agent.jar before other agents")));
  }

  /** Whether the JVM may have taken classes out of an archive before any agent could see them. */
  private static boolean archived() {
    for (String argument : VM.getRuntimeArguments()) {
      if (argument.startsWith("-XX:AOTCache") || argument.startsWith("-XX:SharedArchiveFile")) {
        return true;
      }
    }
    return false;
  }

  /** All classes refused so far; empty if the program may run. */
  public List<Refusal> refusals() {
    return List.copyOf(refusals);
  }

  /** The settings it runs with. */
  public RewriteConfig config() {
    return config;
  }
}
