package org.dsm4j.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A run of {@code dsm-agent.jar run} as a user starts it: a launcher and one JVM a node. {@link
 * #close} fails if a process of the run is left, and ends it.
 */
final class Run implements AutoCloseable {
  private static final Path JAR = Path.of(System.getProperty("dsm.test.jar"));
  private static final Path REPOSITORY = JAR.toAbsolutePath().getParent().getParent().getParent();
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

  /**
   * For programs whose point is not how they were compiled: of a node's first second a third goes
   * into compiling once more, and better, what will not run much longer.
   */
  private static final String QUICK = "-XX:TieredStopAtLevel=1";

  /** An option for programs that shall run as they do in earnest, compiled by C2 where hot. */
  static final String COMPILED = "-XX:TieredStopAtLevel=4";

  private static final Duration STREAMS_END = Duration.ofSeconds(5);
  private static final Duration ORPHANS_END = Duration.ofSeconds(5);

  private final String mark;
  private final Process launcher;
  private final Lines out;
  private final Lines err;
  private final String command;

  private Run(String mark, Process launcher, String command) {
    this.mark = mark;
    this.launcher = launcher;
    this.command = command;
    this.out = new Lines("out of " + mark, launcher.getInputStream());
    this.err = new Lines("err of " + mark, launcher.getErrorStream());
  }

  /** Starts {@code nodes} nodes; {@code options} are options of each JVM. */
  static Run start(int nodes, List<String> options, String... program) throws IOException {
    String mark = UUID.randomUUID().toString();
    List<String> command =
        new ArrayList<>(List.of(JAVA.toString(), "-jar", JAR.toString(), "run", "-n", "" + nodes));
    List<String> all = new ArrayList<>(List.of("-Xmx256m", QUICK, "-De2e.mark=" + mark));
    all.addAll(options);
    for (String option : all) {
      command.add("-J");
      command.add(option);
    }
    command.addAll(List.of(program));
    Process process =
        new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.PIPE).start();
    return new Run(mark, process, String.join(" ", command));
  }

  /**
   * Starts a program on all hosts, a node each, over ssh.
   *
   * @param from the host of the launcher
   * @param options of the launcher
   */
  static Run onHosts(Hosts hosts, int from, List<String> options, List<String> program)
      throws IOException {
    String mark = UUID.randomUUID().toString();
    List<String> command =
        new ArrayList<>(hosts.in(from, JAVA.toString(), "-jar", JAR.toString(), "run", "--hosts"));
    command.add(
        IntStream.range(0, hosts.count()).mapToObj(Hosts::name).collect(Collectors.joining(",")));
    command.addAll(List.of("--ssh", hosts.sshCommand()));
    command.addAll(options);
    command.addAll(List.of("--remote-java", JAVA.toString(), "-s", "silence=5s"));
    for (String option : List.of("-Xmx256m", QUICK, "-De2e.mark=" + mark)) {
      command.addAll(List.of("-J", option));
    }
    command.addAll(program);
    return command(mark, command);
  }

  /** The command line of the jar, on one of the hosts. */
  static Run dsm(Hosts hosts, int host, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(hosts.in(host, JAVA.toString(), "-jar", JAR.toString()));
    command.addAll(List.of(arguments));
    return command(UUID.randomUUID().toString(), command);
  }

  /** The java command of this test. */
  static String javaCommand() {
    return JAVA.toString();
  }

  /** The sample Life. */
  static String lifeJar() {
    return REPOSITORY.resolve("samples/life/target/life.jar").toString();
  }

  /**
   * Starts any command whose processes have {@code mark} on their command line; its standard input
   * is {@link #type}d.
   */
  static Run command(String mark, List<String> command) throws IOException {
    return new Run(mark, new ProcessBuilder(command).start(), String.join(" ", command));
  }

  /** The JVM of this test, for programs among the test classes; options and the class follow. */
  static List<String> java(String mark) {
    return new ArrayList<>(
        List.of(JAVA.toString(), "-Xmx128m", "-Xshare:auto", "-De2e.mark=" + mark));
  }

  /** Options of a JVM that is a node by hand. */
  static List<String> agent(String settings) {
    return List.of("-javaagent:" + JAR.toAbsolutePath() + "=" + settings);
  }

  /** Where the test classes are. */
  static List<String> testClasses() {
    return List.of("-cp", REPOSITORY.resolve("agent/target/test-classes").toString());
  }

  /** Writes a line to its standard input. */
  void type(String line) throws IOException {
    launcher.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    launcher.getOutputStream().flush();
  }

  /** Starts the main class of a program among the test classes. */
  static Run program(int nodes, List<String> options, Class<?> main, String... arguments)
      throws IOException {
    List<String> program =
        new ArrayList<>(
            List.of(
                "-cp", REPOSITORY.resolve("agent/target/test-classes").toString(), main.getName()));
    program.addAll(List.of(arguments));
    return start(nodes, options, program.toArray(String[]::new));
  }

  /** Starts the sample Life. */
  static Run life(int nodes, List<String> options, String... arguments) throws IOException {
    return sample("life", nodes, options, arguments);
  }

  /** Starts the jar of a folder of samples. */
  static Run sample(String folder, int nodes, List<String> options, String... arguments)
      throws IOException {
    Path jar = REPOSITORY.resolve("samples").resolve(folder).resolve("target/" + folder + ".jar");
    List<String> program = new ArrayList<>(List.of("-jar", jar.toString()));
    program.addAll(List.of(arguments));
    return start(nodes, options, program.toArray(String[]::new));
  }

  Process launcher() {
    return launcher;
  }

  Lines out() {
    return out;
  }

  Lines err() {
    return err;
  }

  /** Waits for the end; fails with everything that was printed if it does not come in time. */
  int awaitStatus(Duration limit) throws InterruptedException {
    if (!launcher.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      fail("no end within " + limit + dump());
    }
    out.awaitEnd(STREAMS_END);
    err.awaitEnd(STREAMS_END);
    return launcher.exitValue();
  }

  /** Waits for the end and checks the status. */
  void expectStatus(int status, Duration limit) throws InterruptedException {
    int actual = awaitStatus(limit);
    assertEquals(status, actual, () -> "the status" + dump());
  }

  /** Process id of a node's JVM, which must be running. */
  long pidOf(int node) throws IOException {
    for (long pid : processes()) {
      if (pid != launcher.pid() && isNode(pid, node)) {
        return pid;
      }
    }
    return fail("no process of node " + node + dump());
  }

  private static boolean isNode(long pid, int node) throws IOException {
    String line = commandLine(pid);
    return line.matches("(?s).*[=,\\x00]node=" + node + "[,\\x00].*")
        || environment(pid).contains("\0DSM_NODE=" + node + "\0");
  }

  /** Processes of this run that are alive. */
  List<Long> processes() throws IOException {
    List<Long> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
      for (Path entry : entries) {
        long pid = Long.parseLong(entry.getFileName().toString());
        if (commandLine(pid).contains(mark)) {
          found.add(pid);
        }
      }
    }
    return found;
  }

  static String commandLine(long pid) {
    return proc(pid, "cmdline");
  }

  static String environment(long pid) {
    return "\0" + proc(pid, "environ");
  }

  private static String proc(long pid, String file) {
    try {
      return Files.readString(Path.of("/proc/" + pid, file), StandardCharsets.ISO_8859_1);
    } catch (IOException ended) {
      return "";
    }
  }

  /** Everything there is to know when a run did not do as it should. */
  String dump() {
    return "\ncommand: "
        + command
        + "\n--- out\n"
        + String.join("\n", out.all())
        + "\n--- err\n"
        + String.join("\n", err.all())
        + "\n---";
  }

  @Override
  public void close() throws IOException {
    boolean ended = !launcher.isAlive();
    List<Long> left = ended ? afterTheLast(processes()) : processes();
    for (long pid : left) {
      ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
    }
    launcher.destroyForcibly();
    if (ended && !left.isEmpty()) {
      fail("processes are left behind: " + left + dump());
    }
  }

  /** Those of the processes that have not ended within the bound. */
  private static List<Long> afterTheLast(List<Long> pids) {
    CompletableFuture<?>[] ends =
        pids.stream()
            .flatMap(pid -> ProcessHandle.of(pid).stream())
            .map(ProcessHandle::onExit)
            .toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(ends).get(ORPHANS_END.toSeconds(), TimeUnit.SECONDS);
      return List.of();
    } catch (TimeoutException | ExecutionException e) {
      return pids.stream().filter(pid -> ProcessHandle.of(pid).isPresent()).toList();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return pids;
    }
  }
}
