package org.dsm4j.samples.soak;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.dsm4j.Dsm;

/**
 * What a node holds in memory.
 *
 * @param residentKilobytes of the process
 * @param held the engine's own counts of what it holds, by name
 */
record Footprint(long residentKilobytes, Map<String, Long> held) {
  /** Growth of the process that is no growth: the JVM's own heap and code come and go. */
  private static final long KILOBYTES_ALLOWED = 16 * 1024;

  /** Growth of a count that is no growth: what is on its way at the moment. */
  private static final long COUNT_ALLOWED = 256;

  /** This node's. */
  static Footprint now() {
    Map<String, Long> held = new TreeMap<>();
    Dsm.statistics()
        .counters()
        .forEach(
            (name, value) -> {
              if (name.endsWith("-held") || name.equals("mappings")) {
                held.put(name, value);
              }
            });
    return new Footprint(resident(), held);
  }

  private static long resident() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("VmRSS:")) {
          return Long.parseLong(line.replaceAll("[^0-9]", ""));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    throw new IllegalStateException("/proc/self/status has no line VmRSS");
  }

  /** What has grown, in words: what was larger than before at all of the later times. */
  static List<String> growth(Footprint early, List<Footprint> later) {
    List<String> grown = new ArrayList<>();
    long least =
        later.subList(later.size() / 2, later.size()).stream()
            .mapToLong(Footprint::residentKilobytes)
            .min()
            .orElseThrow();
    if (least > early.residentKilobytes + KILOBYTES_ALLOWED) {
      grown.add("resident memory grew from " + early.residentKilobytes + " to " + least + " KiB");
    }
    early.held.forEach(
        (name, before) -> {
          long now =
              later.subList(later.size() / 2, later.size()).stream()
                  .map(footprint -> footprint.held.get(name))
                  .min(Comparator.naturalOrder())
                  .orElseThrow();
          if (now > before + COUNT_ALLOWED) {
            grown.add(name + " grew from " + before + " to " + now);
          }
        });
    return grown;
  }

  @Override
  public String toString() {
    return residentKilobytes / 1024 + " MiB " + held;
  }
}
