package org.dsm4j.agent.hosts;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.dsm4j.agent.doctor.Finding;
import org.dsm4j.agent.doctor.Finding.Level;

/**
 * What the doctor thinks of several hosts. Pure: told facts in, findings out.
 *
 * @param build of the jar here, which the hosts need too
 * @param hosts those that were reached
 * @param unreached finding of each that was not
 * @param pairs what was measured
 */
public record HostsReport(
    String build, List<HostFacts> hosts, List<Finding> unreached, List<PairFacts> pairs) {

  private static final double SLOW_MICROS = 1_000;
  private static final double NARROW_BYTES = 50e6;
  private static final double MICROS_OF_MILLI = 1e3;
  private static final double MEGA = 1e6;
  private static final long CLOCK_MILLIS = 1_000;

  /** What it means when hosts differ in a fact; in others they may. */
  private static final Map<String, Finding> DIFFERENCES =
      Map.of(
          HostFacts.AGENT,
          new Finding("", Level.FAIL, "", "copy the same dsm-agent.jar, or use --stage DIR"),
          "architecture",
          new Finding("", Level.FAIL, "", "use hosts of one architecture"),
          "page size",
          new Finding("", Level.FAIL, "", "boot kernels with pages of one size"),
          "Java",
          new Finding("", Level.WARN, "", "install the same JDK, or name it: --remote-java PATH"));

  /** All findings: hosts that were not reached, what differs, what each lacks, the network. */
  public List<Finding> findings() {
    List<Finding> all = new ArrayList<>(unreached);
    compare(all);
    for (HostFacts host : hosts) {
      for (Finding each : host.findings()) {
        if (each.level() != Level.OK) {
          all.add(
              new Finding(
                  host.host(), each.level(), each.name() + ": " + each.text(), each.remedy()));
        }
      }
    }
    pairs.forEach(each -> all.add(judge(each)));
    return all;
  }

  /** Whether a cluster can run on these hosts. */
  public boolean healthy() {
    return findings().stream().noneMatch(each -> each.level() == Level.FAIL);
  }

  private void compare(List<Finding> all) {
    Set<String> names = new LinkedHashSet<>();
    hosts.forEach(host -> names.addAll(host.facts().keySet()));
    for (String name : names) {
      Map<String, List<String>> byValue = new LinkedHashMap<>();
      if (name.equals(HostFacts.AGENT)) {
        byValue.put(build, new ArrayList<>(List.of("here")));
      }
      for (HostFacts host : hosts) {
        byValue
            .computeIfAbsent(host.facts().getOrDefault(name, "unknown"), value -> new ArrayList<>())
            .add(host.host());
      }
      if (byValue.size() == 1) {
        all.add(new Finding(name, Level.OK, byValue.keySet().iterator().next(), ""));
      } else {
        String text =
            byValue.entrySet().stream()
                .map(each -> each.getKey() + " (" + String.join(", ", each.getValue()) + ")")
                .collect(Collectors.joining("; "));
        Finding meaning = DIFFERENCES.getOrDefault(name, new Finding("", Level.OK, "", ""));
        all.add(new Finding(name, meaning.level(), text, meaning.remedy()));
      }
    }
    if (!hosts.isEmpty()) {
      all.add(clocks());
    }
  }

  private Finding clocks() {
    HostFacts first = hosts.get(0);
    HostFacts last = hosts.get(0);
    for (HostFacts each : hosts) {
      first = each.clockOffMillis() < first.clockOffMillis() ? each : first;
      last = each.clockOffMillis() > last.clockOffMillis() ? each : last;
    }
    long apart = last.clockOffMillis() - first.clockOffMillis();
    long error = last.clockErrorMillis() + first.clockErrorMillis();
    String text = apart + " ms apart at most, give or take " + error + " ms";
    if (apart - error <= CLOCK_MILLIS) {
      return new Finding("clocks", Level.OK, text, "");
    }
    return new Finding(
        "clocks",
        Level.WARN,
        text + ": " + first.host() + " is behind " + last.host(),
        "run chrony or systemd-timesyncd; only the times in logs depend on it");
  }

  private static Finding judge(PairFacts pair) {
    String name = pair.from() + " - " + pair.to();
    if (!pair.problem().isEmpty()) {
      return new Finding(
          name,
          Level.FAIL,
          pair.problem(),
          "let "
              + pair.from()
              + " connect to any port of "
              + pair.to()
              + ", or fix them (setting port) and open these");
    }
    String text =
        String.format(
            Locale.ROOT,
            "round trip %.0f us, %.0f MB/s there, %.0f MB/s back",
            pair.roundTripMicros(),
            pair.bytesPerSecond() / MEGA,
            pair.bytesPerSecondBack() / MEGA);
    if (pair.roundTripMicros() > SLOW_MICROS) {
      String remedy =
          String.format(
              Locale.ROOT,
              "every page that comes from there takes over %.1f ms; use hosts that are closer",
              pair.roundTripMicros() / MICROS_OF_MILLI);
      return new Finding(name, Level.WARN, text, remedy);
    }
    if (Math.min(pair.bytesPerSecond(), pair.bytesPerSecondBack()) < NARROW_BYTES) {
      return new Finding(
          name, Level.WARN, text, "use a network of 1 Gbit/s (some 115 MB/s) or more");
    }
    return new Finding(name, Level.OK, text, "");
  }
}
