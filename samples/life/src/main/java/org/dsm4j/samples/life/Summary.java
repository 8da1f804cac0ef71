package org.dsm4j.samples.life;

import java.util.Locale;
import org.dsm4j.DsmStatistics;

/** What a run cost, as a block of lines for people. */
final class Summary {
  private Summary() {}

  static String of(Cluster cluster, Options options, long micros) {
    double seconds = Math.max(micros, 1) / 1e6;
    StringBuilder text = new StringBuilder();
    line(
        text,
        "grid",
        "%d x %d, on %d node%s",
        options.rows(),
        options.columns(),
        cluster.nodes(),
        cluster.nodes() == 1 ? "" : "s");
    line(
        text,
        "speed",
        "%,.0f generations/s (%,d in %.2f s)",
        options.iterations() / seconds,
        options.iterations(),
        seconds);
    DsmStatistics all = cluster.statistics();
    if (all == null) {
      line(text, "cluster", "none; started without the agent");
      return text.toString();
    }
    line(
        text,
        "faults",
        "%,d (%,d read, %,d write)",
        all.readFaults() + all.writeFaults(),
        all.readFaults(),
        all.writeFaults());
    line(text, "pages", "%,d fetched", all.pagesFetched());
    line(text, "bytes", "%,d sent, %,d received", all.bytesOut(), all.bytesIn());
    line(
        text,
        "locks",
        "%,d acquired, waited %.1f ms",
        all.lockAcquires(),
        all.lockWaitNanos() / 1e6);
    line(
        text,
        "barriers",
        "%,d waits, %.1f ms, %.0f us each",
        all.barriers(),
        all.barrierWaitNanos() / 1e6,
        all.barrierWaitNanos() / 1e3 / Math.max(1, all.barriers()));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String format, Object... values) {
    text.append(String.format(Locale.ROOT, "%-10s", name))
        .append(String.format(Locale.ROOT, format, values))
        .append('\n');
  }
}
