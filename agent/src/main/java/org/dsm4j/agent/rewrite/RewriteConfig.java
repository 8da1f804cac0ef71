package org.dsm4j.agent.rewrite;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * Settings of the rewriting. Immutable.
 *
 * @param excludes prefixes of class names ("com.acme.") that are never rewritten; one of them that
 *     mentions shared members is refused all the same (rule 12)
 * @param dumpDirectory where each rewritten class file is written, or null
 * @param verify whether each rewritten class is checked by ASM's verifier before it is handed to
 *     the JVM
 * @param report receives one refusal per class that cannot be rewritten, from the thread that loads
 *     the class; must not block
 */
public record RewriteConfig(
    List<String> excludes, Path dumpDirectory, boolean verify, Consumer<Refusal> report) {

  public RewriteConfig {
    excludes = List.copyOf(excludes);
    Objects.requireNonNull(report, "report");
  }

  /** Nothing excluded, no dump, no verification; refusals go to the standard error stream. */
  public static RewriteConfig defaults() {
    return new RewriteConfig(
        List.of(), null, false, refusal -> System.err.println(refusal.message()));
  }
}
