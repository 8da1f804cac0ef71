package org.dsm4j.samples.bench;

import java.util.List;
import java.util.concurrent.TimeoutException;
import org.dsm4j.Dsm;

/**
 * Measures what shared memory costs on this machine: runs on two nodes (more only take part in the
 * barriers), node 1 measures and prints. {@code dsm bench} starts it once per regime with fitting
 * settings.
 */
public final class Main {
  private static final int STATUS_MISUSE = 2;
  private static final int STATUS_FAILED = 1;

  private Main() {}

  /** Runs the benchmarks named in the arguments; {@code --help} lists them. */
  public static void main(String[] args) throws InterruptedException {
    Options options;
    Lab lab;
    try {
      options = Options.parse(args);
      if (options.help()) {
        System.out.print(Options.HELP);
        return;
      }
      lab = Lab.open(options.regime());
    } catch (IllegalArgumentException | IllegalStateException e) {
      if (isSpeaker()) {
        System.err.println("bench: " + e.getMessage());
      }
      System.exit(STATUS_MISUSE);
      return;
    }
    try {
      run(options, lab);
    } catch (TimeoutException e) {
      System.err.println("bench: " + e.getMessage());
      System.exit(STATUS_FAILED);
    }
  }

  private static void run(Options options, Lab lab) throws InterruptedException, TimeoutException {
    Report report = new Report(System.out, options.json());
    for (Suite suite : options.suites()) {
      List<Result> results = suite.run(lab);
      if (lab.measures()) {
        results.forEach(report::print);
      }
    }
  }

  /** Whether this node is the one that speaks of a misuse; all find the same. */
  private static boolean isSpeaker() {
    try {
      return Dsm.node() == 0;
    } catch (IllegalStateException withoutAgent) {
      return true;
    }
  }
}
