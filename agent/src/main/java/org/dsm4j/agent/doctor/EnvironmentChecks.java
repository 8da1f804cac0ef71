package org.dsm4j.agent.doctor;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.dsm4j.agent.settings.Setting;
import org.dsm4j.agent.settings.SettingTable;
import org.dsm4j.node.auth.ClusterSecret;

/** Network, limits of the user, and variables that look like settings but are none. */
final class EnvironmentChecks {
  private static final int ENOUGH_FILES = 256;
  private static final int TIMEOUT_MILLIS = 2_000;

  private final ProcFiles proc;
  private final Map<String, String> environment;

  EnvironmentChecks(ProcFiles proc, Map<String, String> environment) {
    this.proc = proc;
    this.environment = environment;
  }

  List<Finding> all() {
    return List.of(loopback(), openFiles(), variables());
  }

  private static Finding loopback() {
    InetAddress address = InetAddress.getLoopbackAddress();
    try (ServerSocket server = new ServerSocket(0, 1, address);
        Socket client = new Socket(address, server.getLocalPort())) {
      server.setSoTimeout(TIMEOUT_MILLIS);
      server.accept().close();
      client.setTcpNoDelay(true);
      return Finding.ok("loopback", address.getHostAddress() + " listens and connects");
    } catch (IOException e) {
      return Finding.fail(
          "loopback", e.toString(), "let programs listen on and connect to " + address);
    }
  }

  private Finding openFiles() {
    long limit = proc.softLimit("Max open files");
    return limit < 0 || limit >= ENOUGH_FILES
        ? Finding.ok("open files", limit < 0 ? "unknown" : limit + "")
        : Finding.warn("open files", limit + "", "ulimit -n 1024: a node has a connection to each");
  }

  /**
   * They are not an error, since other programs have variables of that prefix too; but one may be
   * misspelt.
   */
  private Finding variables() {
    Set<String> known =
        SettingTable.all().stream()
            .map(Setting::environmentName)
            .collect(Collectors.toCollection(TreeSet::new));
    known.add(ClusterSecret.ENVIRONMENT);
    Set<String> unknown = new TreeSet<>();
    for (String name : environment.keySet()) {
      if (name.startsWith("DSM_") && !known.contains(name)) {
        unknown.add(name);
      }
    }
    return unknown.isEmpty()
        ? Finding.ok("environment", "no variable DSM_... that is no setting")
        : Finding.warn(
            "environment",
            String.join(", ", unknown) + " not known",
            "unset them if they were meant for DSM4J; the command settings lists all");
  }
}
