package org.dsm4j.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.dsm4j.e2e.network.Attacker;
import org.dsm4j.e2e.network.Relay;
import org.dsm4j.e2e.programs.Rounds;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Attacks on every port of a cluster whose nodes have addresses of their own: while it forms, when
 * all of them listen, and while it runs, when none does. Before that, the same cluster behind a
 * relay that adds delay and hears the handshakes that are replayed later.
 */
class AttackIT {
  private static final int NODES = 4;
  private static final int ELSEWHERE = NODES;
  private static final int MANAGER_PORT = 7400;
  private static final int DATA_PORT = 7500;
  private static final String MANAGERS_OWN_ADDRESS = "192.0.2.99";
  private static final String SECRET = "9jq2mXo8Vf0cYtRk4WnPzBe7LhDsUa31GxQyTiNvKwE";
  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration STEP = Duration.ofSeconds(60);
  private static final int DELAY_MILLIS = 5;
  private static final int LOCKED = 10;

  /** At each port: more than a data port keeps waiting. For the real thing: 5000. */
  private static final int CROWD = Integer.getInteger("dsm.test.crowd", 600);

  /** A process may open so many files where others are not allowed either. */
  private static final int MOST_OF_ONE_PROCESS = 10_000;

  /** Time between two attacks on the running program. */
  private static final int STORM_MICROS = Integer.getInteger("dsm.test.storm.micros", 2000);

  /** Of a node that may open few files: fewer than a crowd at its port would take. */
  private static final int FEW_FILES = 400;

  private static final int FEW_FILES_NODE = 2;
  private static final int OWN_FILES = 150;

  private static final int WINDOWS = 5;
  private static final int ROUNDS_OF_WINDOW = Integer.getInteger("dsm.test.attack.rounds", 10);
  private static final int MAX_SERIES = 3;
  private static final double MAX_RATIO = 1.5;

  @TempDir private Path folder;
  private Path secret;
  private Path heard;

  @Test
  void nobodyGetsInAndTheProgramDoesNotNotice() throws Exception {
    String missing = Hosts.missing();
    if (missing != null) {
      System.out.println("AttackIT: skipped, " + missing);
    }
    Assumptions.assumeTrue(missing == null, missing);
    secret = folder.resolve("secret");
    Files.writeString(secret, SECRET + "\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    heard = Files.createDirectory(folder.resolve("heard"));
    try (Hosts hosts = Hosts.make(folder, NODES + 1)) {
      behindTheRelay(hosts);
      underAttack(hosts);
    }
  }

  // ---- behind a relay
  // ------------------------------------------------------------------------------

  private void behindTheRelay(Hosts hosts) throws Exception {
    String relay = Hosts.address(ELSEWHERE);
    List<String> arguments = new ArrayList<>(List.of("" + DELAY_MILLIS, heard.toString(), relay));
    arguments.add(MANAGER_PORT + "=" + Hosts.address(0));
    for (int node = 0; node < 3; node++) {
      arguments.add((DATA_PORT + node) + "=" + Hosts.address(node));
    }
    try (Run between = elsewhere(hosts, Relay.class, arguments)) {
      assertNotNull(between.out().await(1, "relaying"::equals, START), between::dump);
      List<Run> nodes = new ArrayList<>();
      try {
        for (int node = 0; node < 3; node++) {
          String manager = (node == 0 ? Hosts.address(0) : relay) + ":" + MANAGER_PORT;
          nodes.add(
              node(
                  hosts,
                  node,
                  List.of(),
                  "nodes=3,manager="
                      + manager
                      + ",advertise="
                      + relay
                      + ",bind="
                      + Hosts.address(node)
                      + ",port="
                      + (DATA_PORT + node),
                  3));
        }
        nodes.get(0).type("2");
        nodes.get(0).launcher().getOutputStream().close();
        for (Run each : nodes) {
          each.expectStatus(0, STEP);
        }
        long micros = micros(nodes.get(0), 1).get(0);
        assertTrue(micros >= 2 * 4 * DELAY_MILLIS * 1000, () -> "not delayed: " + micros + " us");
      } finally {
        for (Run each : nodes) {
          each.close();
        }
      }
    }
    try (Stream<Path> files = Files.list(heard)) {
      // Two nodes with the manager, and each pair of nodes.
      assertEquals(5, files.count());
    }
  }

  // ---- under attack
  // ------------------------------------------------------------------------------

  private void underAttack(Hosts hosts) throws Exception {
    // Nodes 0 and 1 do not reach each other, nor do 2 and 3, until the routes are opened: all
    // listen. The manager has an address of its own on host 0, which all reach meanwhile.
    hosts.ip(0, "addr", "add", MANAGERS_OWN_ADDRESS + "/24", "dev", "eth0");
    hosts.ip(1, "route", "add", "blackhole", Hosts.address(0));
    hosts.ip(3, "route", "add", "unreachable", Hosts.address(2));
    List<String> ports = new ArrayList<>(List.of(MANAGERS_OWN_ADDRESS + ":" + MANAGER_PORT));
    for (int node = 0; node < NODES; node++) {
      ports.add(Hosts.address(node) + ":" + (DATA_PORT + node));
    }
    List<Run> nodes = new ArrayList<>();
    long start = System.nanoTime();
    try (Run attacker = attacker(hosts, ports)) {
      attacker.type("siege");
      for (int node = 0; node < NODES; node++) {
        if (node == 1) {
          // The rest join under siege.
          assertNotNull(attacker.out().await(1, "besieged"::equals, START), attacker::dump);
        }
        nodes.add(
            node(
                hosts,
                node,
                node == FEW_FILES_NODE
                    ? List.of("prlimit", "--nofile=" + FEW_FILES + ":" + FEW_FILES)
                    : List.of(),
                "nodes="
                    + NODES
                    + ",manager="
                    + MANAGERS_OWN_ADDRESS
                    + ":"
                    + MANAGER_PORT
                    + ",bind=0.0.0.0,advertise="
                    + Hosts.address(node)
                    + ",port="
                    + (DATA_PORT + node)
                    + (node == 1 ? ",log=debug" : ""),
                LOCKED));
      }
      whileForming(hosts, attacker, nodes, ports);
      whileRunning(attacker, nodes);
      expectNoSecret(nodes);
      nodes.get(0).launcher().getOutputStream().close();
      for (Run each : nodes) {
        each.expectStatus(0, STEP);
      }
      expectFewLines(nodes, Duration.ofNanos(System.nanoTime() - start));
    } finally {
      for (Run each : nodes) {
        each.close();
      }
    }
  }

  private Run attacker(Hosts hosts, List<String> ports) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(secret.toString(), "dsm", heard.toString()));
    arguments.addAll(ports);
    Run attacker = elsewhere(hosts, Attacker.class, arguments);
    assertNotNull(attacker.out().await(1, "lurking"::equals, START), attacker::dump);
    return attacker;
  }

  private void whileForming(Hosts hosts, Run attacker, List<Run> nodes, List<String> ports)
      throws Exception {
    // A data port answers once all nodes have joined the manager.
    attacker.type("await");
    assertNotNull(attacker.out().await(1, "answered"::equals, START), attacker::dump);
    attacker.type("lift");
    List<String> lifted = attacker.out().await(1, line -> line.startsWith("lifted"), STEP);
    assertNotNull(lifted, attacker::dump);
    System.out.println("AttackIT: the siege is " + lifted.get(0) + " connections");
    attacker.type("once");
    assertNotNull(attacker.out().await(1, "attacked"::equals, START), attacker::dump);
    List<String> attacks = attacker.out().all().stream().filter(AttackIT::isAttack).toList();
    assertEquals((1 + NODES) * (8 + 5), attacks.size(), attacker::dump);
    for (String each : attacks) {
      boolean right = each.contains("nothing-wrong");
      assertTrue(
          right ? each.contains(" answered with ") : each.endsWith(" refused"), attacker::dump);
    }
    System.out.println(
        "AttackIT: of "
            + attacks.size()
            + " attacks while the cluster forms "
            + attacks.stream().filter(each -> each.endsWith(" refused")).count()
            + " are refused, and "
            + ports.size()
            + " with nothing wrong answered");
    if (CROWD * ports.size() <= MOST_OF_ONE_PROCESS) {
      crowded(hosts, nodes, List.of(attacker), ports.size());
    } else {
      List<Run> each = new ArrayList<>();
      try {
        for (String port : ports) {
          each.add(attacker(hosts, List.of(port)));
        }
        crowded(hosts, nodes, each, 1);
      } finally {
        for (Run one : each) {
          one.close();
        }
      }
    }
  }

  /** Routes are opened while the ports are full of those who say nothing, and attacks go on. */
  private static void crowded(Hosts hosts, List<Run> nodes, List<Run> attackers, int ports)
      throws Exception {
    String gathered = "gathered " + CROWD * ports;
    for (Run each : attackers) {
      each.type("crowd " + CROWD);
    }
    for (Run each : attackers) {
      assertNotNull(each.out().await(1, gathered::equals, STEP), each::dump);
      each.type("storm " + STORM_MICROS);
    }
    long files = openFiles(nodes.get(FEW_FILES_NODE));
    assertTrue(files < FEW_FILES - OWN_FILES, () -> files + " files are open");
    System.out.println(
        "AttackIT: "
            + CROWD
            + " idle connections at each port; of "
            + FEW_FILES
            + " files of a node "
            + files
            + " are open");
    hosts.ip(1, "route", "del", "blackhole", Hosts.address(0));
    hosts.ip(3, "route", "del", "unreachable", Hosts.address(2));
    assertNotNull(nodes.get(0).out().await(1, "ready"::equals, START), () -> nodes.get(0).dump());
    for (Run each : attackers) {
      each.type("calm");
      each.type("disperse");
      assertNotNull(each.out().await(1, "dispersed"::equals, STEP), each::dump);
    }
  }

  private static void whileRunning(Run attacker, List<Run> nodes) throws Exception {
    Run zero = nodes.get(0);
    zero.type("5");
    micros(zero, 1);
    int before = (int) attacker.out().all().stream().filter(AttackIT::isAttack).count();
    attacker.type("once");
    assertNotNull(attacker.out().await(2, "attacked"::equals, STEP), attacker::dump);
    List<String> attacks = attacker.out().all().stream().filter(AttackIT::isAttack).toList();
    assertEquals(2 * before, attacks.size());
    assertTrue(
        attacks.subList(before, attacks.size()).stream().allMatch(each -> each.endsWith(" closed")),
        attacker::dump);
    System.out.println("AttackIT: of " + before + " while it runs all find the ports closed");
    int earlier = (int) attacker.out().all().stream().filter(AttackIT::isStorm).count();
    double ratio = Double.MAX_VALUE;
    // What else the machine does may slow a series down; the attack would slow down all.
    for (int series = 0; series < MAX_SERIES && ratio >= MAX_RATIO; series++) {
      ratio = ratio(attacker, zero, series, earlier);
    }
    assertTrue(ratio < MAX_RATIO, "slower by " + ratio + attacker.dump());
    List<String> storms = attacker.out().all().stream().filter(AttackIT::isStorm).toList();
    assertTrue(
        storms.subList(earlier, storms.size()).stream()
            .allMatch(line -> line.matches("storm (\\d+) attacks, \\1 closed")),
        attacker::dump);
  }

  /** How much longer rounds take under attack: medians, by turns. */
  private static double ratio(Run attacker, Run zero, int series, int earlier) throws Exception {
    long[] calm = new long[WINDOWS];
    long[] storm = new long[WINDOWS];
    for (int window = 0; window < WINDOWS; window++) {
      int done = series * WINDOWS + window;
      calm[window] = window(zero, 2 * done + 2);
      attacker.type("storm " + STORM_MICROS);
      storm[window] = window(zero, 2 * done + 3);
      attacker.type("calm");
      assertNotNull(
          attacker.out().await(earlier + done + 1, AttackIT::isStorm, STEP), attacker::dump);
    }
    double ratio = (double) median(storm) / median(calm);
    System.out.printf(
        "AttackIT: %d rounds take %d us, under attack %d us: ratio %.2f%n",
        ROUNDS_OF_WINDOW, median(calm), median(storm), ratio);
    return ratio;
  }

  private static long window(Run zero, int lot) throws Exception {
    zero.type("" + ROUNDS_OF_WINDOW);
    return micros(zero, lot).get(lot - 1);
  }

  private static long median(long[] values) {
    long[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** How long each of so many lots of rounds took. */
  private static List<Long> micros(Run zero, int lots) throws InterruptedException {
    List<String> lines = zero.out().await(lots, line -> line.startsWith("rounds to "), STEP);
    assertNotNull(lines, zero::dump);
    return lines.stream().map(line -> Long.valueOf(line.split(" ")[4])).toList();
  }

  private static boolean isStorm(String line) {
    return line.startsWith("storm ");
  }

  private static boolean isAttack(String line) {
    return line.startsWith("attack ");
  }

  private static long openFiles(Run node) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/" + node.launcher().pid() + "/fd"))) {
      return files.count();
    }
  }

  /** A line a minute of each port. */
  private static void expectFewLines(List<Run> nodes, Duration took) {
    long most = 1 + took.toSeconds() / 60;
    for (Run each : nodes) {
      List<String> lines = each.err().all().stream().filter(AttackIT::isWarning).toList();
      lines.forEach(line -> System.out.println("AttackIT: a node says: " + line));
      for (String port : List.of("dropped a connection to its data port", "refused the connect")) {
        assertTrue(lines.stream().filter(line -> line.contains(port)).count() <= most, each::dump);
      }
      assertTrue(
          lines.stream()
              .allMatch(
                  line ->
                      line.contains("dropped a connection to its data port")
                          || line.contains("refused the connect")),
          each::dump);
    }
  }

  private static boolean isWarning(String line) {
    return line.startsWith("dsm: ") && !line.startsWith("dsm: DEBUG ");
  }

  // ---- the secret
  // ----------------------------------------------------------------------------------

  /** Nobody's command line, environment or output shows it, nor does the name of any file. */
  private void expectNoSecret(List<Run> nodes) throws Exception {
    nodes.get(0).type("exhaust");
    assertNotNull(nodes.get(0).out().await(1, "exhausted"::equals, STEP), nodes.get(0)::dump);
    List<String> shapes = shapes();
    StringBuilder seen = new StringBuilder();
    for (Run each : nodes) {
      each.out().all().forEach(line -> seen.append(line).append('\n'));
      each.err().all().forEach(line -> seen.append(line).append('\n'));
    }
    try (Stream<Path> files = Files.walk(folder)) {
      List<String> names = files.map(Path::toString).toList();
      assertTrue(names.stream().anyMatch(name -> name.endsWith(".hprof")), names::toString);
      seen.append(names);
    }
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      for (Path each : all.filter(path -> path.getFileName().toString().matches("\\d+")).toList()) {
        long pid = Long.parseLong(each.getFileName().toString());
        seen.append(Run.commandLine(pid)).append(Run.environment(pid)).append('\n');
      }
    }
    for (String shape : shapes) {
      int at = seen.indexOf(shape);
      assertEquals(
          -1,
          at,
          () -> "the secret shows: " + seen.substring(Math.max(0, at - 200), at).strip() + "...");
    }
    System.out.println(
        "AttackIT: none of "
            + shapes.size()
            + " shapes of the secret in "
            + seen.length()
            + " characters of output, names of files, command lines and environments");
  }

  /** How it could be written down: as it is, and in digits. */
  private static List<String> shapes() {
    byte[] text = SECRET.getBytes(StandardCharsets.UTF_8);
    byte[] random = Base64.getUrlDecoder().decode(SECRET);
    List<String> shapes = new ArrayList<>(List.of(SECRET));
    for (byte[] bytes : List.of(text, random)) {
      shapes.add(HexFormat.of().formatHex(bytes));
      shapes.add(HexFormat.of().withUpperCase().formatHex(bytes));
      shapes.add(Base64.getEncoder().withoutPadding().encodeToString(bytes));
      shapes.add(Arrays.toString(bytes).replaceAll("[\\[\\]]", ""));
    }
    return shapes;
  }

  // ---- processes
  // ---------------------------------------------------------------------------------

  private Run node(Hosts hosts, int node, List<String> before, String settings, int locked)
      throws IOException {
    String mark = UUID.randomUUID().toString();
    List<String> command = new ArrayList<>(hosts.in(node));
    command.addAll(before);
    command.addAll(Run.java(mark));
    command.add("-XX:+HeapDumpOnOutOfMemoryError");
    command.add("-XX:HeapDumpPath=" + folder);
    command.addAll(Run.agent("node=" + node + ",secret-file=" + secret + "," + settings));
    command.addAll(Run.testClasses());
    command.addAll(List.of(Rounds.class.getName(), "" + locked));
    return Run.command(mark, command);
  }

  private static Run elsewhere(Hosts hosts, Class<?> main, List<String> arguments)
      throws IOException {
    String mark = UUID.randomUUID().toString();
    List<String> command = new ArrayList<>(hosts.in(ELSEWHERE));
    command.addAll(Run.java(mark));
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(Run.testClasses());
    command.add(main.getName());
    command.addAll(arguments);
    return Run.command(mark, command);
  }
}
