package org.dsm4j.agent.rewrite;

import java.lang.instrument.Instrumentation;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

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
    instrumentation.addTransformer(transformer);
    for (Class<?> loaded : instrumentation.getAllLoadedClasses()) {
      if (transformer.isMissed(loaded)) {
        rewriter.refuse(missed(loaded));
      }
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

  private static Refusal missed(Class<?> loaded) {
    return new Refusal(
        loaded.getName(),
        null,
        List.of(
            new Problem(
                "class " + loaded.getName(),
                0,
                "it uses shared members but was loaded before the DSM4J agent could rewrite it",
                "put -javaagent:dsm-agent.jar before other agents")));
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
