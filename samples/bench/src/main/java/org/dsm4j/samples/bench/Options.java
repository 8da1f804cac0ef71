package org.dsm4j.samples.bench;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/**
 * The command line.
 *
 * @param suites what to run, in their order; all when none is named
 * @param regime how nodes wait for messages
 * @param json one JSON object a line instead of a table
 * @param help whether only the help is wanted
 */
record Options(Set<Suite> suites, Regime regime, boolean json, boolean help) {
  static final String HELP =
      "usage: bench [NAME...] [--regime polling|blocking] [--json]\n\n"
          + Suite.help()
          + "\nOn 2 nodes; polling needs a core for each node.\n";

  /**
   * Parses.
   *
   * @throws IllegalArgumentException saying in one line what is wrong
   */
  static Options parse(String... args) {
    Set<Suite> suites = EnumSet.noneOf(Suite.class);
    Regime regime = Regime.POLLING;
    boolean json = false;
    boolean help = false;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--json" -> json = true;
        case "--help", "-h" -> help = true;
        case "--regime" -> {
          if (++i == args.length) {
            throw new IllegalArgumentException("--regime needs a value: polling or blocking");
          }
          regime = regime(args[i]);
        }
        default -> {
          if (args[i].startsWith("--regime=")) {
            regime = regime(args[i].substring("--regime=".length()));
          } else if (args[i].startsWith("-")) {
            throw new IllegalArgumentException("unknown argument '" + args[i] + "'; see --help");
          } else {
            suites.addAll(Suite.named(args[i]));
          }
        }
      }
    }
    return new Options(suites.isEmpty() ? EnumSet.allOf(Suite.class) : suites, regime, json, help);
  }

  private static Regime regime(String word) {
    for (Regime regime : Regime.values()) {
      if (regime.word().equals(word.toLowerCase(Locale.ROOT))) {
        return regime;
      }
    }
    throw new IllegalArgumentException("--regime " + word + " is neither polling nor blocking");
  }
}
