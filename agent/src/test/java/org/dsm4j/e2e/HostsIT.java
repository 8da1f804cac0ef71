package org.dsm4j.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cluster on four hosts with addresses of their own, started over ssh; and a plug pulled. */
class HostsIT {
  private static final int HOSTS = 4;
  private static final int SSH_PORT = 22;
  private static final Duration START = Duration.ofSeconds(120);
  private static final Duration LOSS = Duration.ofSeconds(60);
  private static final Duration END = Duration.ofSeconds(120);

  @TempDir private Path folder;

  private Run life(Hosts hosts, String iterations) throws IOException {
    return Run.onHosts(
        hosts,
        HOSTS,
        folder.resolve("stage"),
        List.of("--pattern", "acorn", "--grid", "96x160", "--iterations", iterations));
  }

  @Test
  void aPlugPulledForAWhileCostsTimeAndForGoodANode() throws Exception {
    String missing = Hosts.missing();
    if (missing != null) {
      System.out.println("HostsIT: skipped, " + missing);
    }
    Assumptions.assumeTrue(missing == null, missing);
    try (Hosts hosts = Hosts.make(folder, HOSTS)) {
      try (Run run = life(hosts, "150")) {
        run.expectStatus(0, END);
        List<String> out = run.out().all();
        assertEquals(
            "[0] generation 150 population 149 crc32 822BA887", out.get(out.size() - 1), run::dump);
      }
      try (Run run = life(hosts, "2000000000")) {
        assertNotNull(run.err().await(1, HostsIT::isProgress, START), run::dump);
        expectNothingListens(hosts);
        expectNoSecretInSight(run);
        hosts.link(2, false);
        assertFalse(run.launcher().waitFor(2, TimeUnit.SECONDS), run::dump);
        hosts.link(2, true);
        long before = run.err().all().stream().filter(HostsIT::isProgress).count();
        assertNotNull(run.err().await((int) before + 2, HostsIT::isProgress, START), run::dump);
        hosts.link(2, false);
        run.expectStatus(75, LOSS);
        assertTrue(
            run.err().all().stream().anyMatch(line -> line.contains("node 2 is lost")), run::dump);
      }
    }
  }

  private static boolean isProgress(String line) {
    return line.contains("life: generation");
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
        assertFalse(
            Run.commandLine(Long.parseLong(each.getFileName().toString())).contains(secret),
            () -> "the command line of process " + each.getFileName() + " shows the secret");
      }
    }
    String printed =
        Stream.concat(run.out().all().stream(), run.err().all().stream())
            .collect(Collectors.joining("\n"));
    assertFalse(printed.contains(secret), "the output shows the secret");
  }
}
