package org.dsm4j.agent.rewrite;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A class that was refused at load, with everything that is wrong with it. The class can be loaded
 * but its initialization fails with the same message, so no code of it ever runs.
 *
 * @param className the class, with dots
 * @param source its source file, or null
 * @param problems what is wrong; at least one
 */
public record Refusal(String className, String source, List<Problem> problems) {
  public Refusal {
    problems = List.copyOf(problems);
  }

  /** All problems, one per line, each beginning with "dsm: ". */
  public String message() {
    String head = "dsm: class " + className + " cannot be shared as written";
    return problems.stream()
        .map(problem -> "dsm:   " + problem.text())
        .collect(
            Collectors.joining(
                "\n", head + (source == null ? "" : " (" + source + ")") + "\n", ""));
  }

  /**
   * The first problem and how many more there are, in one line: for the exception, when all were
   * told before.
   */
  String summary() {
    String more =
        problems.size() > 1
            ? " (and " + (problems.size() - 1) + " more, told when the class was loaded)"
            : "";
    return "class " + className + " cannot be shared as written: " + problems.get(0).text() + more;
  }
}
