package org.dsm4j.samples.bench;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

/** Prints results, for people or for programs. */
final class Report {
  private final PrintStream out;
  private final boolean json;

  Report(PrintStream out, boolean json) {
    this.out = out;
    this.json = json;
  }

  void print(Result result) {
    out.println(json ? result.json() : row(result));
    out.flush();
  }

  /** For people: the name and the regime, then each number with its unit. */
  static String row(Result result) {
    Map<String, Object> fields = result.fields();
    Object memory = fields.get("memory");
    String title = fields.get("bench") + (memory == null ? "" : " " + memory);
    StringBuilder text =
        new StringBuilder(String.format(Locale.ROOT, "%-26s %-9s", title, fields.get("regime")));
    fields.forEach(
        (name, value) -> {
          if (value instanceof Number && !name.equals("nodes")) {
            text.append(String.format(Locale.ROOT, " %14s", name + " " + Result.text(value)));
          }
        });
    return text.toString();
  }
}
