package org.dsm4j.samples.team;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dsm4j.Dsm;

/**
 * A command line of options with a value, {@code --name value} or {@code --name=value}. A program
 * asks for each option it knows, then calls {@link #areRead}. Not thread-safe.
 */
public final class Arguments {
  private final String program;
  private final List<String> words;
  private final StringBuilder help = new StringBuilder();
  private final boolean helpWanted;

  /** The arguments of that program. */
  public Arguments(String program, String... words) {
    this.program = program;
    this.words = new ArrayList<>(Arrays.asList(words));
    this.helpWanted = this.words.remove("--help") | this.words.remove("-h");
  }

  /**
   * A number.
   *
   * @throws IllegalArgumentException if it is none, or not from {@code min} to {@code max}
   */
  public int number(String name, int standard, int min, int max, String meaning) {
    line(name + " N", meaning + " (" + standard + ")");
    String value = value(name);
    if (value == null) {
      return standard;
    }
    try {
      int number = Integer.parseInt(value);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException(
        name + " " + value + " is not a number from " + min + " to " + max);
  }

  /**
   * One of some words; the first is the default.
   *
   * @throws IllegalArgumentException if it is another
   */
  public String choice(String name, String meaning, String... allowed) {
    String all = String.join("|", allowed);
    line(name + " " + all, meaning + " (" + allowed[0] + ")");
    String value = value(name);
    if (value == null) {
      return allowed[0];
    }
    if (!Arrays.asList(allowed).contains(value)) {
      throw new IllegalArgumentException(name + " " + value + " is none of " + all);
    }
    return value;
  }

  /**
   * Call it when all options have been asked for. False if only the help was wanted, which node 0
   * has printed.
   *
   * @throws IllegalArgumentException if something is left that nobody asked for
   */
  public boolean areRead() {
    if (helpWanted) {
      if (Dsm.node() == 0) {
        System.out.print("usage: " + program + " [option...]\n\n" + help);
      }
      return false;
    }
    if (!words.isEmpty()) {
      throw new IllegalArgumentException(
          program + ": unknown argument '" + words.get(0) + "'; --help lists the known ones");
    }
    return true;
  }

  private void line(String option, String meaning) {
    help.append(String.format("  %-28s %s%n", option, meaning));
  }

  /** Takes an option out, with its value; null if it is not there. */
  private String value(String name) {
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.startsWith(name + "=")) {
        return words.remove(i).substring(name.length() + 1);
      }
      if (word.equals(name)) {
        if (i + 1 == words.size()) {
          throw new IllegalArgumentException(name + " needs a value; see --help");
        }
        words.remove(i);
        return words.remove(i);
      }
    }
    return null;
  }
}
