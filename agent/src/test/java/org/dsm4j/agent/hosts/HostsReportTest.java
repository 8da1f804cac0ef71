package org.dsm4j.agent.hosts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.dsm4j.agent.doctor.Finding;
import org.dsm4j.agent.doctor.Finding.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the doctor thinks of hosts, and in which order it measures. */
class HostsReportTest {
  private static final String BUILD = "1.0 abc";

  private static HostFacts host(String name, String fact, String value) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(HostFacts.AGENT, BUILD);
    facts.put("architecture", "amd64");
    facts.put("page size", "4096");
    facts.put("Java", "17");
    facts.put("kernel", "6.1");
    facts.put(fact, value);
    return new HostFacts(name, facts, List.of(), 0, 1);
  }

  private static HostsReport report(HostFacts... hosts) {
    return new HostsReport(BUILD, List.of(hosts), List.of(), List.of());
  }

  private static Finding of(HostsReport report, String name) {
    return report.findings().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void whatIsEqualIsToldOnce() {
    HostsReport report = report(host("a", "kernel", "6.1"), host("b", "kernel", "6.1"));
    assertEquals(new Finding("kernel", Level.OK, "6.1", ""), of(report, "kernel"));
    assertTrue(report.healthy());
  }

  @ParameterizedTest
  @CsvSource({
    "agent, 1.0 def, FAIL",
    "architecture, aarch64, FAIL",
    "page size, 65536, FAIL",
    "Java, 25, WARN",
    "kernel, 5.10, OK"
  })
  void whatDiffersIsToldWithWhoHasIt(String name, String value, Level level) {
    HostsReport report =
        report(host("a", "kernel", "6.1"), host("b", name, value), host("c", name, value));
    Finding found = of(report, name);
    assertEquals(level, found.level());
    assertTrue(found.text().endsWith(value + " (b, c)"), found.text());
    assertEquals(level == Level.OK, found.remedy().isEmpty());
    assertEquals(level != Level.FAIL, report.healthy());
  }

  @Test
  void allHostsMayHaveTheSameWrongJar() {
    HostsReport report =
        report(host("a", HostFacts.AGENT, "0.9"), host("b", HostFacts.AGENT, "0.9"));
    assertEquals(BUILD + " (here); 0.9 (a, b)", of(report, HostFacts.AGENT).text());
    assertFalse(report.healthy());
  }

  @Test
  void aHostThatIsNotReachedIsOneLineAndNoHealth() {
    Finding lost = new Finding("b", Level.FAIL, "ssh: connect to host b: refused", "");
    HostsReport report =
        new HostsReport(BUILD, List.of(host("a", "kernel", "6.1")), List.of(lost), List.of());
    assertEquals(lost, report.findings().get(0));
    assertEquals(1, report.findings().stream().filter(each -> each.name().equals("b")).count());
    assertFalse(report.healthy());
  }

  @Test
  void whatAHostLacksIsToldWithItsName() {
    HostFacts poor =
        new HostFacts(
            "a",
            Map.of(HostFacts.AGENT, BUILD),
            List.of(
                new Finding("open files", Level.WARN, "64", "ulimit -n 1024"),
                new Finding("cores", Level.OK, "2", "")),
            0,
            1);
    HostsReport report = report(poor);
    assertEquals(new Finding("a", Level.WARN, "open files: 64", "ulimit -n 1024"), of(report, "a"));
    assertTrue(report.healthy());
  }

  @ParameterizedTest
  @CsvSource({"900, 10, OK", "1100, 10, WARN", "1100, 200, OK"})
  void clocksAreApartIfThatIsCertain(long off, long error, Level level) {
    HostFacts late = new HostFacts("b", Map.of(), List.of(), -off, error / 2);
    HostFacts right = new HostFacts("a", Map.of(), List.of(), 0, error / 2);
    Finding clocks = of(report(right, late), "clocks");
    assertEquals(level, clocks.level(), clocks.text());
    assertEquals(level == Level.WARN, clocks.text().endsWith("b is behind a"), clocks.text());
  }

  @ParameterizedTest
  @CsvSource({
    "50, 1e8, 1e8, OK",
    "1500, 1e9, 1e9, WARN",
    "50, 1e7, 1e9, WARN",
    "50, 1e9, 1e7, WARN"
  })
  void networksAreJudged(double micros, double there, double back, Level level) {
    PairFacts pair = new PairFacts("a", "b", micros, there, back, "");
    Finding found = of(new HostsReport(BUILD, List.of(), List.of(), List.of(pair)), "a - b");
    assertEquals(level, found.level());
    assertEquals(level == Level.OK, found.remedy().isEmpty());
  }

  @Test
  void aWayThatIsClosedIsNoHealth() {
    PairFacts pair = PairFacts.broken("a", "b", "port 5 at b: Connection refused");
    HostsReport report = new HostsReport(BUILD, List.of(), List.of(), List.of(pair));
    assertFalse(report.healthy());
    assertTrue(of(report, "a - b").remedy().contains("let a connect"));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 8, 13})
  void everyTwoMeetOnceAndNobodyTwiceInATurn(int count) {
    List<String> met = new ArrayList<>();
    for (List<int[]> turn : HostsDoctor.turns(count)) {
      List<Integer> busy = new ArrayList<>();
      for (int[] pair : turn) {
        met.add(pair[0] + "-" + pair[1]);
        busy.add(pair[0]);
        busy.add(pair[1]);
      }
      assertEquals(busy.size(), new TreeSet<>(busy).size());
    }
    assertEquals(count * (count - 1) / 2, met.size());
    assertEquals(met.size(), new TreeSet<>(met).size());
  }

  @Test
  void linesOfALoginAreNotTheHelpers() {
    assertEquals(List.of(), DoctorLines.wordsOfHelper("Welcome! end"));
    String line = DoctorLines.marked(DoctorLines.FACT, "name", "a value\twith\nmore");
    assertEquals(List.of("fact", "name", "a value with more"), DoctorLines.wordsOfHelper(line));
    assertEquals(
        List.of("fact", "name", ""),
        DoctorLines.wordsOfHelper("prompt> " + DoctorLines.marked("fact", "name", "")));
  }
}
