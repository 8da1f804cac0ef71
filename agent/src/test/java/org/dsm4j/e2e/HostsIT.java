package org.dsm4j.e2e;

import static org.dsm4j.e2e.Hosts.NOBODY;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dsm4j.e2e.programs.Rounds;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Clusters on four hosts with addresses of their own: over ssh, through a tunnel, with a plug
 * pulled; and what the doctor says of the hosts.
 */
class HostsIT {
  private static final int HOSTS = 4;
  private static final int SSH_PORT = 22;
  private static final int MANY_LOTS = 10_000;
  private static final String ROUNDS_OF_LOT = "10";
  private static final Duration START = Duration.ofSeconds(120);
  private static final Duration LOSS = Duration.ofSeconds(60);
  private static final Duration END = Duration.ofSeconds(120);

  @TempDir private Path folder;

  @Test
  void clustersOnOtherHosts() throws Exception {
    String missing = Hosts.missing();
    if (missing != null) {
      System.out.println("HostsIT: skipped, " + missing);
    }
    Assumptions.assumeTrue(missing == null, missing);
    try (Hosts hosts = Hosts.make(folder, HOSTS)) {
      theDoctorLooksAtHosts(hosts);
      theReferencesLastLine(hosts);
      throughATunnelOfSsh(hosts);
      aPlugPulledForAWhileCostsTimeAndForGoodANode(hosts);
    }
  }

  private void theReferencesLastLine(Hosts hosts) throws Exception {
    List<String> life =
        List.of("-jar", Run.lifeJar(), "--pattern", "acorn", "--grid", "96x160", "--iterations");
    try (Run run = Run.onHosts(hosts, 0, stage(), with(life, "150"))) {
      run.launcher().getOutputStream().close();
      run.expectStatus(0, END);
      List<String> out = run.out().all();
      System.out.println("HostsIT: Life on " + HOSTS + " hosts: " + out.get(out.size() - 1));
      assertEquals(
          "[0] generation 150 population 149 crc32 822BA887", out.get(out.size() - 1), run::dump);
    }
  }

  private List<String> stage() {
    return List.of("--stage", folder.resolve("stage").toString());
  }

  private static List<String> with(List<String> some, String... more) {
    return Stream.concat(some.stream(), Stream.of(more)).toList();
  }

  /**
   * Rounds of locks and barriers, each with an exact count, while the link of one is down. For good
   * it is the manager's.
   */
  private void aPlugPulledForAWhileCostsTimeAndForGoodANode(Hosts hosts) throws Exception {
    List<String> rounds = with(Run.testClasses(), Rounds.class.getName(), "10");
    try (Run run = Run.onHosts(hosts, 3, List.of(), rounds)) {
      for (int lot = 0; lot < MANY_LOTS; lot++) {
        run.type(ROUNDS_OF_LOT);
      }
      assertNotNull(run.out().await(1, HostsIT::isProgress, START), run::dump);
      expectNothingListens(hosts);
      expectNoSecretInSight(run);
      hosts.link(2, false);
      assertFalse(run.launcher().waitFor(2, TimeUnit.SECONDS), run::dump);
      hosts.link(2, true);
      long before = run.out().all().stream().filter(HostsIT::isProgress).count();
      assertNotNull(run.out().await((int) before + 2, HostsIT::isProgress, START), run::dump);
      System.out.println("HostsIT: " + (before + 2) + " lots of exact rounds, 2 s without a link");
      hosts.link(0, false);
      run.expectStatus(75, LOSS);
      List<String> lost = run.err().all().stream().filter(HostsIT::isLoss).toList();
      System.out.println("HostsIT: without the link of host 0 for good: " + lost);
      assertFalse(lost.isEmpty(), run::dump);
      assertTrue(lost.stream().allMatch(line -> line.contains("node 0 is lost")), run::dump);
    }
  }

  private static boolean isLoss(String line) {
    return line.contains(" is lost");
  }

  private static boolean isProgress(String line) {
    return line.contains("rounds to ");
  }

  private void theDoctorLooksAtHosts(Hosts hosts) throws Exception {
    String names = IntStream.range(0, HOSTS).mapToObj(Hosts::name).collect(Collectors.joining(","));
    List<String> how =
        with(stage(), "--ssh", hosts.sshCommand(), "--remote-java", Run.javaCommand());
    hosts.ip(1, "route", "add", "unreachable", Hosts.address(3));
    List<String> sick = with(List.of("doctor", "--json", "--hosts", names + "," + NOBODY));
    try (Run run =
        Run.dsm(hosts, 0, with(sick, how.toArray(String[]::new)).toArray(String[]::new))) {
      run.expectStatus(1, START);
      assertEquals(List.of(), run.err().all(), run::dump);
      assertEquals(1, run.out().all().size(), run::dump);
      String json = run.out().all().get(0);
      System.out.println("HostsIT: the doctor: " + json);
      assertTrue(json.startsWith("{\"healthy\":false,"), json);
      assertTrue(
          json.matches(".*\"name\":\"nobody\",\"level\":\"fail\",\"text\":\"[^\"]*ref.*"), json);
      assertEquals(HOSTS, count(json, "\"clock_off_ms\""), json);
      assertEquals(HOSTS * (HOSTS - 1) / 2 - 1, count(json, "\"round_trip_us\""), json);
      assertTrue(json.contains("{\"from\":\"host1\",\"to\":\"host3\",\"problem\":"), json);
    }
    hosts.ip(1, "route", "del", "unreachable", Hosts.address(3));
  }

  private static int count(String text, String part) {
    return text.split(Pattern.quote(part), -1).length - 1;
  }

  /** SECURITY.md's: both nodes listen on loopback only. */
  private void throughATunnelOfSsh(Hosts hosts) throws Exception {
    Path secret = folder.resolve("secret");
    Files.writeString(secret, "known to nodes 0 and 1 only\n");
    Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
    List<String> ssh = List.of(hosts.sshCommand().split(" "));
    List<String> forwards =
        List.of("-N", "-L", "7400:127.0.0.1:7400", "-L", "7500:127.0.0.1:7500", Hosts.name(0));
    String mark = UUID.randomUUID().toString();
    List<String> tunnel = with(hosts.in(1), ssh.toArray(String[]::new));
    try (Run between = Run.command(mark, with(tunnel, forwards.toArray(String[]::new)));
        Run zero = behindTheTunnel(hosts, 0, secret);
        Run one = behindTheTunnel(hosts, 1, secret)) {
      zero.type("3");
      assertNotNull(zero.out().await(1, HostsIT::isProgress, START), zero::dump);
      zero.launcher().getOutputStream().close();
      zero.expectStatus(0, END);
      one.expectStatus(0, END);
      assertTrue(between.launcher().isAlive(), between::dump);
    }
  }

  private static Run behindTheTunnel(Hosts hosts, int node, Path secret) throws IOException {
    String mark = UUID.randomUUID().toString();
    List<String> command = new ArrayList<>(hosts.in(node));
    command.addAll(Run.java(mark));
    command.addAll(
        Run.agent(
            "nodes=2,manager=127.0.0.1:7400,node="
                + node
                + ",port=750"
                + node
                + ",secret-file="
                + secret));
    command.addAll(with(Run.testClasses(), Rounds.class.getName(), "10"));
    return Run.command(mark, command);
  }

  /** But sshd, and the helpers' lifelines on loopback. */
  private static void expectNothingListens(Hosts hosts) throws Exception {
    for (int host = 0; host < HOSTS; host++) {
      for (String line : hosts.output(host, "ss", "-ltnH").lines().toList()) {
        String address = line.trim().split("\\s+")[3];
        assertTrue(
            address.endsWith(":" + SSH_PORT) || address.contains("127.0.0.1"),
            "somebody listens: " + line);
      }
    }
  }

  /** The nodes have it in their environment; no command line and no output shows it. */
  private static void expectNoSecretInSight(Run run) throws IOException {
    String secret = null;
    for (long pid : run.processes()) {
      secret =
          Stream.of(Run.environment(pid).split("\0"))
              .filter(each -> each.startsWith("DSM_SECRET="))
              .map(each -> each.substring("DSM_SECRET=".length()))
              .findFirst()
              .orElse(secret);
    }
    assertNotNull(secret, run::dump);
    assertEquals(43, secret.length());
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      for (Path each : all.filter(path -> path.getFileName().toString().matches("\\d+")).toList()) {
        long pid = Long.parseLong(each.getFileName().toString());
        String command = Run.commandLine(pid);
        assertFalse(command.contains(secret), () -> "the command line shows the secret: " + pid);
        assertTrue(
            command.contains("-javaagent:") || !Run.environment(pid).contains(secret),
            () -> "the environment of what is no node shows the secret: " + command);
      }
    }
    String printed =
        Stream.concat(run.out().all().stream(), run.err().all().stream())
            .collect(Collectors.joining("\n"));
    assertFalse(printed.contains(secret), "the output shows the secret");
  }
}
