package org.dsm4j.agent.hosts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads which hosts there are, and how many nodes each takes. */
public final class HostList {
  private static final int MAX_SLOTS = 4096;
  private static final Pattern HOST =
      Pattern.compile("([^\\s:,\\[\\]-][^\\s:,\\[\\]]*)(?::(\\d{1,4}))?");
  private static final Pattern SLOTS = Pattern.compile("slots\\s*=\\s*(\\d{1,4})");

  private HostList() {}

  /**
   * Reads {@code a,b,user@c:2}: a host's name as ssh knows it, and how many nodes it takes.
   *
   * @return the host of each node, in order
   * @throws IllegalArgumentException in one line, if it is not that
   */
  public static List<String> parse(String text) {
    List<String> hosts = new ArrayList<>();
    for (String element : text.split(",", -1)) {
      add(element.trim(), "--hosts " + text, hosts);
    }
    return hosts;
  }

  /**
   * Reads a file of mpirun's: a host a line, {@code a}, {@code a slots=2} or {@code a:2}; what
   * follows # is a comment.
   *
   * @throws IllegalArgumentException in one line, if it is not that
   */
  public static List<String> read(Path file) {
    List<String> hosts = new ArrayList<>();
    try {
      int number = 0;
      for (String line : Files.readAllLines(file)) {
        number++;
        String words = line.replaceFirst("#.*", "").trim();
        if (!words.isEmpty()) {
          Matcher slots = SLOTS.matcher(words);
          String host = words.split("\\s+")[0] + (slots.find() ? ":" + slots.group(1) : "");
          add(host, "hostfile " + file + ", line " + number, hosts);
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("hostfile " + file + " cannot be read: " + e, e);
    }
    if (hosts.isEmpty()) {
      throw new IllegalArgumentException("hostfile " + file + " names no host");
    }
    return hosts;
  }

  private static void add(String element, String where, List<String> hosts) {
    Matcher matcher = HOST.matcher(element);
    int slots = 0;
    if (matcher.matches()) {
      slots = matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2));
    }
    if (slots < 1 || slots > MAX_SLOTS) {
      throw new IllegalArgumentException(
          where
              + ": \""
              + element
              + "\" is not HOST or HOST:NODES, with 1 to "
              + MAX_SLOTS
              + " nodes");
    }
    for (int i = 0; i < slots; i++) {
      hosts.add(matcher.group(1));
    }
  }
}
