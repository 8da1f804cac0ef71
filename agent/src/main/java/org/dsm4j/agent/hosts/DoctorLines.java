package org.dsm4j.agent.hosts;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the doctor and its helper on another host say to each other over ssh's standard streams: a
 * line each, words separated by tabs. The helper's lines begin with a mark, since a login may print
 * lines of its own before.
 */
final class DoctorLines {
  /** To the helper: tell about this host. */
  static final String EXAMINE = "examine";

  /** To the helper: what time is it? Answered by milliseconds since 1970. */
  static final String CLOCK = "clock";

  /** To the helper: listen for one connection; token. Answered by the port. */
  static final String LISTEN = "listen";

  /** To the helper: measure; host, port, token. */
  static final String MEASURE = "measure";

  /** From the helper: name and value of a fact. */
  static final String FACT = "fact";

  /** From the helper: level, name, text and remedy of a finding. */
  static final String FINDING = "finding";

  /** From the helper: port. */
  static final String PORT = "port";

  /** From the helper: microseconds, and bytes a second from and to it. */
  static final String MEASURED = "measured";

  /** From the helper: what went wrong. */
  static final String FAILED = "failed";

  /** From the helper: that was all. */
  static final String END = "end";

  private static final String MARK = "\u0001dsm4j-doctor\t";

  private DoctorLines() {}

  /** A line of the doctor's. */
  static String join(Object... words) {
    return Arrays.stream(words)
        .map(word -> word.toString().replaceAll("[\\p{Cntrl}]+", " "))
        .collect(Collectors.joining("\t"));
  }

  /** A line of the helper's. */
  static String marked(Object... words) {
    return MARK + join(words);
  }

  /** The words of a line; none of the helper's if it is somebody else's. */
  static List<String> wordsOfHelper(String line) {
    int at = line.indexOf(MARK);
    return at < 0 ? List.of() : words(line.substring(at + MARK.length()));
  }

  static List<String> words(String line) {
    return List.of(line.split("\t", -1));
  }
}
