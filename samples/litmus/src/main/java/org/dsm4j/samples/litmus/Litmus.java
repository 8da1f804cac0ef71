package org.dsm4j.samples.litmus;

import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The litmus runner: starts {@link Member} on several nodes of this machine, on different numbers
 * of them, with and without delayed messages, and prints what all runs together have seen.
 *
 * <pre>
 * dsm litmus --short
 * dsm litmus --shape MP,SB --nodes 2 --time 20 --seed 42
 * </pre>
 *
 * <p>Status 0 if nothing forbidden was seen, 1 if something was or the run was too tame to see
 * anything, 2 if the command line is wrong.
 */
public final class Litmus {
  private static final int STATUS_FAILED = 1;
  private static final int STATUS_MISUSE = 2;

  /** What starting and ending a cluster takes. */
  private static final Duration STARTING = Duration.ofSeconds(4);

  private static final Duration TIME_MIN = Duration.ofSeconds(1);

  private final Options options;
  private final Map<String, Tally> tallies;
  private final List<String> wrong = new ArrayList<>();

  private Litmus(Options options) {
    this.options = options;
    this.tallies = fresh();
  }

  /** Runs as the arguments say; {@code --help} lists them. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int status;
    try {
      Options options = Options.parse(args);
      if (options.help()) {
        System.out.print(Options.HELP);
        return;
      }
      options.requireAgent();
      status = new Litmus(options).run(System.out);
    } catch (IllegalArgumentException e) {
      System.err.println("dsm: litmus: " + e.getMessage());
      status = STATUS_MISUSE;
    }
    System.exit(status);
  }

  private int run(PrintStream out) throws IOException, InterruptedException {
    List<ClusterRun> runs = runs();
    long end = System.nanoTime() + options.time().toNanos();
    int done = 0;
    for (int i = 0; i < runs.size() && !(options.stop() && !wrong.isEmpty()); i++) {
      int left = runs.size() - i;
      long nanos = (end - System.nanoTime()) / left - STARTING.toNanos();
      int least = (Math.max(0, tallies.size() - done) + left - 1) / left;
      done +=
          run(
              runs.get(i),
              new Director.Share(
                  done % tallies.size(), least, Math.max(TIME_MIN.toNanos(), nanos)));
    }
    return conclude(out);
  }

  /** Each number of nodes with and without delayed messages, or with one of both by turns. */
  private List<ClusterRun> runs() {
    List<ClusterRun> runs = new ArrayList<>();
    boolean turn = options.seed() % 2 == 1;
    for (int nodes : options.nodes()) {
      for (boolean delayed : new boolean[] {false, true}) {
        if ((!delayed || nodes > 1) && (!options.once() || delayed == turn || nodes == 1)) {
          runs.add(new ClusterRun(nodes, delayed));
        }
      }
      turn = !turn;
    }
    return runs;
  }

  /** How many rows it has run. */
  private int run(ClusterRun run, Director.Share share) throws IOException, InterruptedException {
    say(run + " for " + Duration.ofNanos(share.nanos()).toSeconds() + " s, seed " + options.seed());
    Map<String, Tally> seen = fresh();
    for (String line : run.run(options, share, seen)) {
      wrong.add(line + "; on " + run);
      say("FAILED " + wrong.get(wrong.size() - 1));
    }
    seen.forEach((name, tally) -> tallies.get(name).add(tally.line().split(" ")));
    return (int) seen.values().stream().filter(tally -> tally.runs() > 0).count();
  }

  private Map<String, Tally> fresh() {
    Map<String, Tally> fresh = new LinkedHashMap<>();
    for (Row row : options.rows()) {
      fresh.put(row.name(), new Tally(row));
    }
    return fresh;
  }

  private int conclude(PrintStream out) {
    Report report = new Report(out, options.json());
    Summary summary =
        Summary.of(tallies.values(), options.nodes().stream().anyMatch(nodes -> nodes > 1));
    report.begin();
    tallies.values().forEach(report::print);
    report.end(summary, options.seed());
    out.flush();
    say(
        String.format(
            Locale.ROOT,
            "litmus: %,d runs; weak outcomes across nodes: %,d, in %d rows; forbidden: %,d; seed %d",
            summary.runs(),
            summary.weak(),
            summary.weakRows(),
            summary.forbidden(),
            options.seed()));
    wrong.forEach(line -> say("FAILED " + line));
    if (summary.isTame()) {
      say("FAILED too tame: no weak outcome was seen across nodes, so no forbidden one would be");
    }
    boolean failed = !wrong.isEmpty() || summary.failed() > 0 || summary.isTame();
    if (failed) {
      say("again: " + again());
    }
    say(
        "litmus: "
            + (summary.rows() - summary.failed())
            + " rows passed, "
            + summary.failed()
            + " failed");
    return failed ? STATUS_FAILED : 0;
  }

  private String again() {
    StringBuilder text = new StringBuilder("dsm litmus --seed " + options.seed());
    text.append(options.once() ? " --short" : "")
        .append(" --time ")
        .append(options.time().toSeconds())
        .append(" --nodes ");
    text.append(String.join(",", options.nodes().stream().map(String::valueOf).toList()));
    if (!options.shapes().isEmpty()) {
      text.append(" --shape ").append(String.join(",", options.shapes()));
    }
    if (!options.variants().isEmpty()) {
      text.append(" --variant ");
      text.append(String.join(",", options.variants().stream().map(Variant::word).toList()));
    }
    return text.toString();
  }

  private static void say(String line) {
    System.err.println("dsm: " + line);
  }
}
