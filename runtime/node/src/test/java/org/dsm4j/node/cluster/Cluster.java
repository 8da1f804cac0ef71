package org.dsm4j.node.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Nodes as processes, started by a test. Closing kills what is left; every wait is bounded. */
final class Cluster implements AutoCloseable {
  /** How long a cluster of a test may take, seconds. */
  static final long BOUND_SECONDS = 60;

  /** One process and the files with what it printed. */
  record Member(Process process, Path out, Path err) {
    String output() throws IOException {
      return Files.readString(out);
    }

    String errors() throws IOException {
      return Files.readString(err);
    }

    /** Its status. @throws AssertionError if it does not end in time */
    int status() throws InterruptedException, IOException {
      if (!process.waitFor(BOUND_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(
            "a node did not end within "
                + BOUND_SECONDS
                + " s; it printed:\n"
                + output()
                + errors());
      }
      return process.exitValue();
    }
  }

  private final Path folder;
  private final List<Member> members = new ArrayList<>();
  private final List<String> jvmOptions;
  private int started;

  Cluster(Path folder, String... jvmOptions) {
    this.folder = folder;
    this.jvmOptions =
        jvmOptions.length > 0
            ? List.of(jvmOptions)
            : List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
  }

  /** Starts all nodes of a scenario; node 0 carries the manager. */
  static Cluster start(Path folder, String scenario, int nodes, Map<String, String> settings)
      throws Exception {
    Cluster cluster = new Cluster(folder);
    cluster.startAll(scenario, nodes, settings);
    return cluster;
  }

  void startAll(String scenario, int nodes, Map<String, String> settings) throws Exception {
    Path portFile = folder.resolve("port");
    String common = "nodes=" + nodes + join(settings);
    start(scenario, "node=0,port=0,manager-here=true,port-file=" + portFile + "," + common);
    int port = awaitPort(portFile);
    for (int node = 1; node < nodes; node++) {
      start(scenario, "node=" + node + ",port=" + port + "," + common);
    }
  }

  private static String join(Map<String, String> settings) {
    StringBuilder text = new StringBuilder();
    settings.forEach((key, value) -> text.append(',').append(key).append('=').append(value));
    return text.toString();
  }

  /** Starts the nodes of a scenario, with a manager that stands alone and comes after them. */
  static Cluster startWithManager(Path folder, String scenario, int nodes) throws Exception {
    Cluster cluster = new Cluster(folder);
    Path portFile = folder.resolve("port");
    cluster.process(ManagerProgram.class, Integer.toString(nodes), portFile.toString());
    int port = cluster.awaitPort(portFile);
    Member manager = cluster.members.remove(0);
    for (int node = 0; node < nodes; node++) {
      cluster.start(scenario, "node=" + node + ",port=" + port + ",nodes=" + nodes);
    }
    cluster.members.add(manager);
    return cluster;
  }

  /** Starts a node. */
  Member start(String scenario, String settings) throws IOException {
    return process(Program.class, scenario, settings);
  }

  private Member process(Class<?> main, String... arguments) throws IOException {
    int number = started++;
    Path out = folder.resolve("out-" + number);
    Path err = folder.resolve("err-" + number);
    List<String> command = new ArrayList<>();
    // A script's background job ignores SIGINT, and so would the JVMs that its tests start.
    command.addAll(List.of("env", "--default-signal=INT"));
    command.add(System.getProperty("java.home") + "/bin/java");
    command.add("-Xmx128m");
    command.addAll(jvmOptions);
    command.add("--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED");
    command.add("--add-exports=java.base/jdk.internal.access=ALL-UNNAMED");
    if (Runtime.version().feature() >= 22) {
      // What the agent allows our own module.
      command.add("--enable-native-access=ALL-UNNAMED");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    Member member = new Member(process, out, err);
    members.add(member);
    return member;
  }

  int awaitPort(Path file) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
    File port = file.toFile();
    while (!port.exists()) {
      if (!members.get(0).process.isAlive() || System.nanoTime() - deadline > 0) {
        throw new AssertionError("node 0 did not start: " + members.get(0).errors());
      }
      members.get(0).process.waitFor(20, TimeUnit.MILLISECONDS);
    }
    return Integer.parseInt(Files.readString(file));
  }

  Member node(int node) {
    return members.get(node);
  }

  /** Waits until a node has printed that. */
  void awaitOutput(int node, String text) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(BOUND_SECONDS);
    Member member = members.get(node);
    while (!member.output().contains(text)) {
      if (!member.process.isAlive() || System.nanoTime() - deadline > 0) {
        throw new AssertionError(
            "node " + node + " did not print " + text + ": " + member.errors());
      }
      member.process.waitFor(20, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    members.forEach(member -> member.process.destroyForcibly());
  }
}
