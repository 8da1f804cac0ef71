package org.dsm4j.samples.wordcount;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.dsm4j.Dsm;
import org.dsm4j.Shared;
import org.dsm4j.samples.team.Arguments;
import org.dsm4j.samples.team.Team;

/**
 * Counts the words of a novel, Jane Austen's Persuasion. Each thread takes the next few lines that
 * nobody has, counts their words, and adds the counts to one hash map, which all nodes have.
 */
public final class WordCount {
  private static final Pattern WORD = Pattern.compile("[a-z]+('[a-z]+)?");
  private static final int MOST_FREQUENT = 5;

  @Shared private static WordMap words;

  /** The first line that nobody has taken. */
  @Shared private static final AtomicInteger nextLine = new AtomicInteger();

  private final List<String> text;
  private final int piece;

  private WordCount(List<String> text, int piece) {
    this.text = text;
    this.piece = piece;
  }

  /** Runs; {@code --help} lists the options. */
  public static void main(String[] args) throws InterruptedException, IOException {
    Arguments arguments = new Arguments("wordcount", args);
    int threads = arguments.number("--threads", 2, 1, 1000, "threads on each node");
    int lines = arguments.number("--lines", 100_000, 1, 100_000, "lines of the text at most");
    int piece = arguments.number("--piece", 400, 1, 100_000, "lines that a thread takes");
    if (arguments.areRead()) {
      new WordCount(read(lines), piece).run(new Team("wordcount", threads));
    }
  }

  private static List<String> read(int lines) throws IOException {
    try (InputStream in = WordCount.class.getResourceAsStream("/texts/persuasion.txt");
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII))) {
      return reader.lines().limit(lines).toList();
    }
  }

  private void run(Team team) throws InterruptedException {
    if (Dsm.node() == 0) {
      words = new WordMap(64, 256);
      nextLine.set(0);
    }
    Dsm.barrier();
    team.start(member -> work());
    team.join();
    if (Dsm.node() == 0) {
      Map<String, Integer> counts = words.sorted();
      team.report(
          counts.equals(count(text, new TreeMap<>())),
          String.format(
              "%d words, %d different, most often %s",
              counts.values().stream().mapToInt(Integer::intValue).sum(),
              counts.size(),
              mostFrequent(counts)));
    }
  }

  private void work() {
    for (int line = nextLine.getAndAdd(piece);
        line < text.size();
        line = nextLine.getAndAdd(piece)) {
      List<String> lines = text.subList(line, Math.min(line + piece, text.size()));
      words.addAll(count(lines, new HashMap<>()));
    }
  }

  private static Map<String, Integer> count(List<String> lines, Map<String, Integer> counts) {
    for (String line : lines) {
      Matcher matcher = WORD.matcher(line.toLowerCase(Locale.ROOT));
      while (matcher.find()) {
        counts.merge(matcher.group(), 1, Integer::sum);
      }
    }
    return counts;
  }

  private static String mostFrequent(Map<String, Integer> counts) {
    return counts.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(MOST_FREQUENT)
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
