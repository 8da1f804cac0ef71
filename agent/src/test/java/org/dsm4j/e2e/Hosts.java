package org.dsm4j.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Hosts of a test: network namespaces with addresses of their own, on one bridge, each with an sshd
 * of the test's own. {@link #close} removes all of it.
 */
final class Hosts implements AutoCloseable {
  private static final long COMMAND_SECONDS = 20;

  /** The name of a host that cannot be reached. */
  static final String NOBODY = "nobody";

  private static final String SSHD = "/usr/sbin/sshd";

  private final String prefix = "dsmt" + ProcessHandle.current().pid() + "-";
  private final Path folder;
  private final int count;
  private final List<Process> daemons = new ArrayList<>();

  private Hosts(Path folder, int count) {
    this.folder = folder;
    this.count = count;
  }

  /** Why this machine cannot have any, or null. */
  static String missing() throws IOException, InterruptedException {
    if (!"root".equals(System.getProperty("user.name"))) {
      return "network namespaces need root";
    }
    for (String program : new String[] {SSHD, "/usr/bin/ssh", "/usr/bin/ssh-keygen"}) {
      if (!Files.isExecutable(Path.of(program))) {
        return "there is no " + program + " (Debian: openssh-server)";
      }
    }
    String probe = "dsmtprobe" + ProcessHandle.current().pid();
    try {
      run("ip", "netns", "add", probe);
      run("ip", "netns", "del", probe);
      return null;
    } catch (IOException e) {
      return "network namespaces cannot be made here (" + e.getMessage() + ")";
    }
  }

  /** Makes them; host i has the address 192.0.2.(10 + i). */
  static Hosts make(Path folder, int count) throws Exception {
    Hosts hosts = new Hosts(folder, count);
    try {
      hosts.network();
      hosts.ssh();
      return hosts;
    } catch (IOException | InterruptedException | RuntimeException e) {
      hosts.close();
      throw e;
    }
  }

  private void network() throws IOException, InterruptedException {
    String bridge = prefix + "b";
    run("ip", "netns", "add", bridge);
    run("ip", "-n", bridge, "link", "add", "br0", "type", "bridge");
    run("ip", "-n", bridge, "link", "set", "br0", "up");
    for (int i = 0; i < count; i++) {
      String host = prefix + i;
      run("ip", "netns", "add", host);
      run(
          "ip", "-n", bridge, "link", "add", "v" + i, "type", "veth", "peer", "name", "eth0",
          "netns", host);
      run("ip", "-n", bridge, "link", "set", "v" + i, "master", "br0", "up");
      run("ip", "-n", host, "addr", "add", address(i) + "/24", "dev", "eth0");
      run("ip", "-n", host, "link", "set", "eth0", "up");
      run("ip", "-n", host, "link", "set", "lo", "up");
    }
  }

  private void ssh() throws IOException, InterruptedException {
    Path host = folder.resolve("host");
    Path user = folder.resolve("user");
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", host.toString());
    run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", user.toString());
    Path config = folder.resolve("sshd_config");
    Files.writeString(
        config,
        """
        HostKey %s
        AuthorizedKeysFile %s.pub
        StrictModes no
        PidFile none
        UsePAM no
        PasswordAuthentication no
        PermitRootLogin yes
        LogLevel ERROR
        """
            .formatted(host, user));
    StringBuilder client =
        new StringBuilder(
            """
            Host *
              IdentityFile %s
              UserKnownHostsFile /dev/null
              StrictHostKeyChecking no
              LogLevel ERROR
            """
                .formatted(user));
    client.append("Host ").append(NOBODY).append("\n  HostName ");
    client.append(address(0)).append("\n  Port 1\n");
    Files.createDirectories(Path.of("/run/sshd"));
    for (int i = 0; i < count; i++) {
      client
          .append("Host ")
          .append(name(i))
          .append("\n  HostName ")
          .append(address(i))
          .append('\n');
      daemons.add(
          new ProcessBuilder(
                  in(
                      i,
                      SSHD,
                      "-D",
                      "-f",
                      config.toString(),
                      "-E",
                      folder.resolve("log").toString()))
              .start());
    }
    Files.writeString(folder.resolve("ssh_config"), client.toString());
  }

  int count() {
    return count;
  }

  static String name(int host) {
    return "host" + host;
  }

  static String address(int host) {
    return "192.0.2." + (10 + host);
  }

  /** The ssh command that knows them by name. */
  String sshCommand() {
    return "ssh -F " + folder.resolve("ssh_config") + " -o ConnectionAttempts=10";
  }

  /** A command that runs on one of them. */
  List<String> in(int host, String... command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", prefix + host));
    all.addAll(List.of(command));
    return all;
  }

  /** What a short command prints there. */
  String output(int host, String... command) throws IOException, InterruptedException {
    return run(in(host, command).toArray(String[]::new));
  }

  /** Configures the network of one of them: arguments of {@code ip}. */
  void ip(int host, String... arguments) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of("ip", "-n", prefix + host));
    all.addAll(List.of(arguments));
    run(all.toArray(String[]::new));
  }

  /** Pulls a host's plug, or puts it back. */
  void link(int host, boolean up) throws IOException, InterruptedException {
    run("ip", "-n", prefix + "b", "link", "set", "v" + host, up ? "up" : "down");
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes());
    if (!process.waitFor(COMMAND_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + ": " + printed.strip());
    }
    return printed;
  }

  @Override
  public void close() throws IOException, InterruptedException {
    daemons.forEach(Process::destroyForcibly);
    delete(prefix + "b");
    for (int i = 0; i < count; i++) {
      delete(prefix + i);
    }
  }

  private static void delete(String namespace) throws InterruptedException {
    try {
      run("ip", "netns", "del", namespace);
    } catch (IOException e) {
      System.err.println("network namespace " + namespace + " could not be removed: " + e);
    }
  }
}
