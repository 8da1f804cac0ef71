package org.dsm4j.samples.litmus;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;

/**
 * The command line.
 *
 * @param agent dsm-agent.jar
 * @param shapes names of those to run; empty = all
 * @param variants those to run; empty = all
 * @param nodes numbers of nodes to run on, one after the other
 * @param seed from which everything random follows, but for the timing of threads
 * @param time for all runs together
 * @param once whether each number of nodes has one run, with or without delays as the seed has it
 * @param stop whether the first forbidden outcome ends it
 * @param json one JSON object a line instead of a table
 * @param help whether only the help is wanted
 */
record Options(
    Path agent,
    List<String> shapes,
    List<Variant> variants,
    List<Integer> nodes,
    long seed,
    Duration time,
    boolean once,
    boolean stop,
    boolean json,
    boolean help) {
  static final String HELP =
      """
      usage: dsm litmus [--short] [--time SECONDS] [--nodes N,...] [--shape NAME,...] [--variant NAME,...]
                        [--seed N] [--stop] [--json]

      Runs litmus shapes on several nodes of this machine, with garbage collections and delayed
      messages, and prints which outcomes each had. Status 1 if a forbidden one was seen, or no weak one.

        --short             80 seconds instead of 600, with each number of nodes once
        --time SECONDS      about so long, divided among all runs
        --nodes N,...       on so many nodes, once as they are and once with delays (default: 2,3,4)
        --shape NAME,...    only these: %s
        --variant NAME,...  only these: %s
        --seed N            the same choices again (a failure names its seed); random by default
        --stop              the first forbidden outcome ends it
        --json              one JSON object for each row, and one at the end
        --help              this
      """
          .formatted(
              wrap(Shapes.all().stream().map(Shape::name).toList()),
              wrap(Stream.of(Variant.values()).map(Variant::word).toList()));

  private static final Duration SHORT = Duration.ofSeconds(80);
  private static final Duration LONG = Duration.ofSeconds(600);
  private static final int NODES_MAX = 16;
  private static final long SEED_BOUND = 1_000_000_000L;
  private static final int WIDTH = 70;

  /**
   * Parses.
   *
   * @throws IllegalArgumentException saying in one line what is wrong
   */
  static Options parse(String... args) {
    Path agent = null;
    List<String> shapes = List.of();
    List<Variant> variants = List.of();
    List<Integer> nodes = List.of(2, 3, 4);
    long seed = ThreadLocalRandom.current().nextLong(SEED_BOUND);
    Duration time = null;
    boolean isShort = false;
    boolean stop = false;
    boolean json = false;
    boolean help = false;
    List<String> words = split(args);
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      switch (word) {
        case "--short" -> isShort = true;
        case "--stop" -> stop = true;
        case "--json" -> json = true;
        case "--help", "-h" -> help = true;
        case "--agent" -> agent = Path.of(value(words, ++i));
        case "--shape" -> shapes = shapes(value(words, ++i));
        case "--variant" -> variants = variants(value(words, ++i));
        case "--nodes", "-n" -> nodes = nodes(value(words, ++i));
        case "--seed" -> seed = number(word, value(words, ++i), 0, SEED_BOUND);
        case "--time" -> time = Duration.ofSeconds(number(word, value(words, ++i), 1, 86_400));
        default ->
            throw new IllegalArgumentException("unknown argument '" + word + "'; see --help");
      }
    }
    if (time == null) {
      time = isShort ? SHORT : LONG;
    }
    return new Options(agent, shapes, variants, nodes, seed, time, isShort, stop, json, help);
  }

  /** {@code --a=b} is {@code --a b}. */
  private static List<String> split(String[] args) {
    List<String> words = new ArrayList<>();
    for (String arg : args) {
      int equals = arg.startsWith("--") ? arg.indexOf('=') : -1;
      words.add(equals < 0 ? arg : arg.substring(0, equals));
      if (equals >= 0) {
        words.add(arg.substring(equals + 1));
      }
    }
    return words;
  }

  private static String value(List<String> words, int i) {
    if (i >= words.size()) {
      throw new IllegalArgumentException(words.get(i - 1) + " needs a value; see --help");
    }
    return words.get(i);
  }

  private static List<String> shapes(String text) {
    Set<String> names = new LinkedHashSet<>();
    for (String name : text.split(",")) {
      names.add(Shapes.named(name.strip()).name());
    }
    return List.copyOf(names);
  }

  private static List<Variant> variants(String text) {
    return Stream.of(text.split(",")).map(String::strip).map(Variant::named).distinct().toList();
  }

  private static List<Integer> nodes(String text) {
    Set<Integer> nodes = new LinkedHashSet<>();
    for (String each : text.split(",")) {
      nodes.add((int) number("--nodes", each.strip(), 1, NODES_MAX));
    }
    return List.copyOf(nodes);
  }

  private static long number(String option, String text, long min, long max) {
    try {
      long number = Long.parseLong(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Told below, as what is out of range is.
    }
    throw new IllegalArgumentException(
        option + " is " + text + "; allowed: a number from " + min + " to " + max);
  }

  /**
   * The agent's jar.
   *
   * @throws IllegalArgumentException if it is not given, or not there
   */
  Path requireAgent() {
    if (agent == null || !Files.isRegularFile(agent)) {
      throw new IllegalArgumentException(
          "--agent has to name dsm-agent.jar"
              + (agent == null ? "" : ", and there is no file " + agent)
              + "; ./dsm litmus does so");
    }
    return agent;
  }

  private static String wrap(List<String> names) {
    StringBuilder text = new StringBuilder();
    int line = 0;
    for (String name : names) {
      if (line + name.length() > WIDTH) {
        text.append("\n                      ");
        line = 0;
      }
      text.append(name).append(' ');
      line += name.length() + 1;
    }
    return text.toString().strip();
  }

  /** The rows that are wanted. */
  List<Row> rows() {
    return Row.of(shapes.stream().map(Shapes::named).toList(), variants);
  }
}
