package org.dsm4j.agent.settings;

import java.util.ArrayList;
import java.util.List;

/**
 * Slurm's lists of hosts: {@code login1,gpu[01-03,7]-ib,rack[1-2]node[1-4]}. A range keeps the
 * zeros that its first number begins with.
 */
final class HostRange {
  /** More than any cluster of ours has nodes. */
  private static final int MAX_HOSTS = 65_536;

  private HostRange() {}

  /**
   * The hosts, in their order.
   *
   * @throws IllegalArgumentException if it is no such list
   */
  static List<String> expand(String list) {
    List<String> hosts = new ArrayList<>();
    int start = 0;
    int depth = 0;
    for (int i = 0; i <= list.length(); i++) {
      char c = i < list.length() ? list.charAt(i) : ',';
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
      require(depth == 0 || depth == 1 && i < list.length());
      if (c == ',' && depth == 0) {
        expandOne("", list.substring(start, i).trim(), hosts);
        start = i + 1;
      }
    }
    return hosts;
  }

  /** All that begin so: with the first bracket of the rest opened, and the others after it. */
  private static void expandOne(String done, String rest, List<String> hosts) {
    int open = rest.indexOf('[');
    if (open < 0) {
      String host = done + rest;
      require(host.matches("[\\w.-]+") && hosts.size() < MAX_HOSTS);
      hosts.add(host);
      return;
    }
    int close = rest.indexOf(']');
    String tail = rest.substring(close + 1);
    for (String range : rest.substring(open + 1, close).split(",", -1)) {
      String[] ends = range.split("-", -1);
      require(ends.length <= 2);
      String last = ends[ends.length - 1];
      require(isNumber(ends[0]) && isNumber(last));
      long to = Long.parseLong(last);
      long from = Long.parseLong(ends[0]);
      require(from <= to && to - from < MAX_HOSTS);
      for (long number = from; number <= to; number++) {
        String digits = Long.toString(number);
        String zeros = "0".repeat(Math.max(0, ends[0].length() - digits.length()));
        expandOne(done + rest.substring(0, open) + zeros + digits, tail, hosts);
      }
    }
  }

  private static boolean isNumber(String text) {
    return text.matches("\\d{1,15}");
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException();
    }
  }
}
