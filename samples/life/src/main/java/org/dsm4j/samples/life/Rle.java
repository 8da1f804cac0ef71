package org.dsm4j.samples.life;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;

/**
 * Parser of the run-length-encoded pattern format: {@code #} comment lines, a header {@code x = W,
 * y = H, rule = B3/S23} (the rule may be missing), then runs {@code <count><tag>} over any number
 * of lines, where tag {@code b} is a dead cell, {@code o} a living one, {@code $} the end of a row
 * and {@code !} the end of the pattern, after which anything may stand.
 */
final class Rle {
  private static final java.util.regex.Pattern HEADER =
      java.util.regex.Pattern.compile(
          "\\s*x\\s*=\\s*(\\d{1,9})\\s*,\\s*y\\s*=\\s*(\\d{1,9})\\s*(?:,\\s*rule\\s*=\\s*(\\S+)\\s*)?",
          java.util.regex.Pattern.CASE_INSENSITIVE);

  private final List<Pattern.Run> runs = new ArrayList<>();
  private int width;
  private int height;
  private boolean header;
  private boolean ended;
  private long row;
  private long column;
  private long count;
  private boolean counting;

  private Rle() {}

  /**
   * Parses a whole file.
   *
   * @throws BadInputException if it is not RLE of Conway's rule; the message names the line
   */
  static Pattern parse(String text) throws BadInputException {
    Rle rle = new Rle();
    int number = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      number++;
      if (!line.startsWith("#") && !line.isBlank()) {
        rle.line(line, number);
      }
      if (rle.ended) {
        return new Pattern(rle.width, rle.height, rle.runs);
      }
    }
    throw new BadInputException(
        rle.header ? "the pattern ends without '!'" : "no header line 'x = .., y = ..'");
  }

  private void line(String line, int number) throws BadInputException {
    if (!header) {
      header(line, number);
      return;
    }
    for (int i = 0; i < line.length() && !ended; i++) {
      symbol(line.charAt(i), number);
    }
  }

  private void header(String line, int number) throws BadInputException {
    Matcher matcher = HEADER.matcher(line);
    if (!matcher.matches()) {
      throw new BadInputException("line " + number + ": not a header 'x = .., y = ..'");
    }
    width = Integer.parseInt(matcher.group(1));
    height = Integer.parseInt(matcher.group(2));
    String rule = matcher.group(3);
    if (rule != null && !isConway(rule.toUpperCase(Locale.ROOT))) {
      throw new BadInputException(
          "line " + number + ": rule " + rule + " is not that of Life, B3/S23");
    }
    header = true;
  }

  private static boolean isConway(String rule) {
    return rule.equals("B3/S23") || rule.equals("S23/B3") || rule.equals("23/3");
  }

  private void symbol(char c, int number) throws BadInputException {
    if (Character.isWhitespace(c)) {
      return;
    }
    if (c >= '0' && c <= '9') {
      digit(c - '0', number);
      return;
    }
    if (counting && count == 0) {
      throw new BadInputException("line " + number + ": a run of 0 cells");
    }
    long run = counting ? count : 1;
    switch (c) {
      case 'b' -> column += run;
      case 'o' -> living(run, number);
      case '$' -> {
        row += run;
        column = 0;
      }
      case '!' -> ended = true;
      default ->
          throw new BadInputException("line " + number + ": unexpected '" + printable(c) + "'");
    }
    counting = false;
    count = 0;
  }

  private void digit(int digit, int number) throws BadInputException {
    counting = true;
    count = count * 10 + digit;
    if (count > Integer.MAX_VALUE) {
      throw new BadInputException("line " + number + ": a run longer than any grid");
    }
  }

  private void living(long run, int number) throws BadInputException {
    if (row >= height || column + run > width) {
      throw new BadInputException(
          "line "
              + number
              + ": a living cell outside of the header's x = "
              + width
              + ", y = "
              + height);
    }
    runs.add(new Pattern.Run((int) row, (int) column, (int) run));
    column += run;
  }

  private static String printable(char c) {
    return c > ' ' && c < 127 ? String.valueOf(c) : String.format("\\u%04x", (int) c);
  }
}
