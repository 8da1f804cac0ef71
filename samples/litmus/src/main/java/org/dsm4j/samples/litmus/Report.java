package org.dsm4j.samples.litmus;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The table, or its rows as JSON. */
final class Report {
  private static final String FORMAT = "%-14s %-10s %-6s %9s   %s%n";
  private static final int OUTCOMES_WIDTH = 90;

  private final PrintStream out;
  private final boolean json;

  Report(PrintStream out, boolean json) {
    this.out = out;
    this.json = json;
  }

  /** What is above the rows. */
  void begin() {
    if (!json) {
      out.printf(
          FORMAT, "shape", "variant", "pages", "runs", "[outcome] count; ~ weak, ! FORBIDDEN");
    }
  }

  void print(Tally tally) {
    if (json) {
      out.println(object(tally));
      return;
    }
    Row row = tally.row();
    List<String> lines = outcomes(tally);
    out.printf(
        FORMAT,
        row.shape().name(),
        row.variant().word(),
        row.placement().word(),
        String.format(Locale.ROOT, "%,d", tally.runs()),
        lines.isEmpty() ? "none" : lines.get(0));
    for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      out.printf(FORMAT, "", "", "", "", line);
    }
  }

  private static List<String> outcomes(Tally tally) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (Outcome outcome : tally.outcomes()) {
      String text =
          String.format(
              Locale.ROOT,
              "[%s]%s %,d",
              tally.row().shape().text(outcome),
              tally.row().verdict(outcome).mark(),
              tally.count(outcome));
      if (!line.isEmpty() && line.length() + text.length() > OUTCOMES_WIDTH) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : "  ").append(text);
    }
    if (!line.isEmpty()) {
      lines.add(line.toString());
    }
    return lines;
  }

  /** One object; all words in it are of this program's own making and need no escapes. */
  private static String object(Tally tally) {
    Row row = tally.row();
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "{\"shape\":\"%s\",\"variant\":\"%s\",\"pages\":\"%s\",\"runs\":%d,\"outcomes\":[",
            row.shape().name(),
            row.variant().word(),
            row.placement().word(),
            tally.runs()));
    String separator = "";
    for (Outcome outcome : tally.outcomes()) {
      text.append(separator)
          .append(
              String.format(
                  Locale.ROOT,
                  "{\"outcome\":\"%s\",\"count\":%d,\"verdict\":\"%s\"}",
                  row.shape().text(outcome),
                  tally.count(outcome),
                  row.verdict(outcome).word()));
      separator = ",";
    }
    return text.append("]}").toString();
  }

  /** The summary as JSON; nothing for a table, whose closing lines are the runner's. */
  void end(Summary summary, long seed) {
    if (json) {
      out.printf(
          Locale.ROOT,
          "{\"rows\":%d,\"failed\":%d,\"runs\":%d,\"forbidden\":%d,\"weak\":%d,\"weakRows\":%d,"
              + "\"tame\":%b,\"seed\":%d}%n",
          summary.rows(),
          summary.failed(),
          summary.runs(),
          summary.forbidden(),
          summary.weak(),
          summary.weakRows(),
          summary.isTame(),
          seed);
    }
  }
}
