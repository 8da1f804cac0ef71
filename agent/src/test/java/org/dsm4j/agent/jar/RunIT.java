package org.dsm4j.agent.jar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The command run: output, arguments, statuses, and that nothing is left behind. */
class RunIT {
  private static final int LINES = 400;

  /**
   * Most of it for the reaping of the zombies by a busy process 1; the nodes end in a fraction of
   * it.
   */
  private static final long ORPHAN_MILLIS = 5_000;

  private static final String PROGRAM =
      """
      import java.io.PrintStream;
      import java.util.Arrays;
      import org.dsm4j.Dsm;
      public class Program {
        public static void main(String[] args) throws Exception {
          switch (args[0]) {
            case "lines" -> lines();
            case "arguments" -> System.out.println(Arrays.toString(args));
            case "exit" -> { Dsm.barrier(); if (Dsm.node() == 1) System.exit(Integer.parseInt(args[1])); Dsm.barrier(); }
            case "alone" -> System.exit(Integer.parseInt(args[1]));
            case "die" -> new ProcessBuilder("kill", "-9", "" + ProcessHandle.current().pid()).start().waitFor();
            case "stubborn" -> stubborn();
            case "polite" -> polite();
            default -> throw new IllegalArgumentException(args[0]);
          }
        }
        static void lines() throws Exception {
          PrintStream out = new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true);
          for (int i = 0; i < %d; i++) {
            out.print("node " + Dsm.node() + " line ");
            out.print(i + " ");
            out.print("x".repeat(i) + "\\n");
          }
          out.print("no end");
        }
        static void polite() throws Exception {
          Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("last words of " + Dsm.node())));
          Dsm.barrier();
          System.out.println("pid " + ProcessHandle.current().pid() + " of node " + Dsm.node());
          new java.util.concurrent.CountDownLatch(1).await();
        }
        static void stubborn() throws Exception {
          Runtime.getRuntime().addShutdownHook(new Thread(() -> { while (true) Thread.onSpinWait(); }));
          Dsm.barrier();
          System.out.println("pid " + ProcessHandle.current().pid() + " of node " + Dsm.node());
          while (true) try { new Object().wait(); } catch (Throwable ignored) { Thread.yield(); }
        }
      }
      """
          .formatted(LINES);

  @TempDir private Path folder;
  private String classes;

  @BeforeEach
  void compile() throws IOException {
    classes = Jvm.compile(folder, Map.of("Program.java", PROGRAM)).toString();
  }

  private Jvm.Result run(int nodes, String... more) throws IOException, InterruptedException {
    return Jvm.await(folder, start(nodes, more));
  }

  private Process start(int nodes, String... more) throws IOException {
    List<String> all = new ArrayList<>(List.of("run", "-n", "" + nodes));
    all.add("-J-Djava.io.tmpdir=" + temporary());
    all.add("-J-XX:TieredStopAtLevel=1"); // short runs, in which C2 only costs
    List<String> rest = new ArrayList<>(List.of(more));
    while (rest.get(0).startsWith("-")) {
      all.add(rest.remove(0));
    }
    all.addAll(List.of("-cp", classes, "Program"));
    all.addAll(rest);
    List<String> command = new ArrayList<>(List.of("-Djava.io.tmpdir=" + temporary()));
    command.addAll(List.of(Jvm.withJar(all.toArray(String[]::new))));
    return Jvm.start(folder, command.toArray(String[]::new));
  }

  @Test
  void linesAreWholeInOrderAndNameTheirNode() throws IOException, InterruptedException {
    Jvm.Result result = run(3, "lines");
    assertEquals(0, result.status(), result.err());
    assertEquals("", result.err());
    for (int node = 0; node < 3; node++) {
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < LINES; i++) {
        expected.add("[%d] node %d line %d %s".formatted(node, node, i, "x".repeat(i)));
      }
      expected.add("[" + node + "] no end");
      String prefix = "[" + node + "] ";
      assertEquals(
          expected, result.outLines().stream().filter(line -> line.startsWith(prefix)).toList());
    }
    assertEquals(3 * (LINES + 1), result.outLines().size());
  }

  @Test
  void prefixesCanBeLeftOut() throws IOException, InterruptedException {
    Jvm.Result result = run(2, "--no-prefix", "arguments", "-n", "3", "--timeout=1", "--help");
    assertEquals(0, result.status(), result.err());
    String line = "[arguments, -n, 3, --timeout=1, --help]";
    assertEquals(List.of(line, line), result.outLines());
  }

  /** Files of arguments are java's business, and none once the program is named. */
  @Test
  void aFileOfArgumentsAndAProgramInItsSource() throws IOException, InterruptedException {
    Files.writeString(folder.resolve("file"), "-cp \"" + classes + "\" Program arguments of");
    String[] more = {"run", "-J-Xshare:auto", "@file", "@file", "-n", "2"};
    assertEquals(new Jvm.Result(0, "[arguments, of, @file, -n, 2]\n", ""), Jvm.dsm(folder, more));
    more = new String[] {"run", "-n", "2", "--no-prefix", "src/Program.java", "arguments", "@file"};
    String line = "[arguments, @file]";
    assertEquals(List.of(line, line), Jvm.dsm(folder, more).outLines());
  }

  @Test
  void aSingleNodeHasNoPrefix() throws IOException, InterruptedException {
    assertEquals(new Jvm.Result(0, "[arguments]\n", ""), run(1, "arguments"));
  }

  @ParameterizedTest
  @CsvSource({
    "1, alone, 0, 0",
    "1, alone, 7, 7",
    "1, alone, 137, 137",
    "2, exit, 137, 137",
    "1, die, -, 75"
  })
  void theStatusIsTheClusters(int nodes, String how, String argument, int status)
      throws IOException, InterruptedException {
    Jvm.Result result = run(nodes, how, argument);
    assertEquals(status, result.status(), result.err());
  }

  @Test
  void aSingleNodeThatIsKilledIsReported() throws IOException, InterruptedException {
    assertEquals(List.of("dsm: node 0 was ended by signal 9"), run(1, "die").errLines());
  }

  @Test
  void theTimeLimitEndsAll() throws IOException, InterruptedException {
    Jvm.Result result = run(2, "--timeout=3", "-s=end-timeout=1s", "stubborn");
    assertEquals(124, result.status(), result.err());
    assertTrue(result.err().contains("dsm: the time limit of 3 s is over"), result.err());
    assertFalse(anyAlive(pids()), result.out());
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void toldToEndTheNodesEndInGoodOrder(String signal, int status)
      throws IOException, InterruptedException {
    Process launcher = start(2, "polite");
    awaitPids(launcher, 2);
    new ProcessBuilder("kill", "-" + signal, "" + launcher.pid()).start().waitFor();
    Jvm.Result result = Jvm.await(folder, launcher);
    assertEquals(status, result.status(), result.err());
    assertTrue(result.out().contains("[0] last words of 0"), result.out());
    assertTrue(result.out().contains("[1] last words of 1"), result.out());
    assertTrue(result.errLines().size() <= 1, result.err());
    assertEquals(List.of(), folders());
  }

  @ParameterizedTest
  @CsvSource({"KILL, 137", "TERM, 143"})
  void aNodeThatIgnoresEverythingDoesNotOutliveItsLauncher(String signal, int status)
      throws IOException, InterruptedException {
    Process launcher = start(2, "-s=end-timeout=1s", "stubborn");
    List<ProcessHandle> nodes = awaitPids(launcher, 2);
    new ProcessBuilder("kill", "-" + signal, "" + launcher.pid()).start().waitFor();
    long from = System.nanoTime();
    assertEquals(status, Jvm.await(folder, launcher).status());
    if (signal.equals("KILL")) {
      CompletableFuture<?>[] ends =
          nodes.stream().map(ProcessHandle::onExit).toArray(CompletableFuture[]::new);
      long left = ORPHAN_MILLIS - TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - from);
      CompletableFuture.allOf(ends).orTimeout(left, TimeUnit.MILLISECONDS).join();
    }
    assertFalse(anyAlive(nodes), "nodes are left behind");
    assertEquals(List.of(), folders());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "run | nothing to run",
        "run -jar nowhere.jar | there is no file nowhere.jar",
        "run -n 0 -cp x Main | --nodes is 0; allowed: 1 to 4096",
        "run -n many -cp x Main | 'many' is not an int",
        "run Main | needs its class path",
        "run Nowhere.java | there is no file Nowhere.java",
        "run -p mods -m | --module needs a module",
        "run -n 2 -J -XX:AOTCacheOutput=x -cp x Main | start it with -n 1",
        "run app.jar | a jar is run with -jar",
        "run -Xmx1g -cp x Main | options of the JVM are given as: -J -Xmx1g",
        "run -s noeds=1 -cp x Main | there is no setting \"noeds\" (-s)",
        "run -s silence=8 -cp x Main | allowed: a time",
        "run -s node=1 -cp x Main | this command sets node itself",
        "run --timeout 0 -cp x Main | --timeout is 0.0",
        "run --java /nowhere/java -cp x Main | is no program that can be run",
        "bench --nodes 1 | --nodes is 1; allowed: 2 or more",
        "bench --transport pigeons | allowed: tcp",
        "manager --port 99999 --nodes 2 | --port is 99999",
        "manager | Missing required options",
        "nonsense | nonsense"
      })
  void misuseIsOneLineAndStatusTwo(String command, String message)
      throws IOException, InterruptedException {
    Jvm.Result result = Jvm.dsm(folder, command.split(" "));
    assertEquals(2, result.status(), result.err());
    assertEquals("", result.out());
    assertEquals(1, result.errLines().size(), result.err());
    assertTrue(result.err().startsWith("dsm: "), result.err());
    assertTrue(result.err().contains(message), result.err());
  }

  private Path temporary() throws IOException {
    return Files.createDirectories(folder.resolve("tmp"));
  }

  /** What is left in the folder of temporary files. */
  private List<String> folders() throws IOException {
    try (Stream<Path> left = Files.list(temporary())) {
      return left.map(each -> each.getFileName().toString())
          .filter(name -> !name.startsWith("hsperfdata"))
          .toList();
    }
  }

  /** The nodes' processes, as they have printed themselves. */
  private List<ProcessHandle> pids() {
    return Jvm.read(folder, "out")
        .lines()
        .filter(line -> line.matches("\\[\\d] pid \\d+ .*"))
        .map(line -> ProcessHandle.of(Long.parseLong(line.split(" ")[2])))
        .flatMap(Optional::stream)
        .toList();
  }

  private List<ProcessHandle> awaitPids(Process launcher, int nodes) throws InterruptedException {
    List<ProcessHandle> found = pids();
    while (found.size() < nodes && !launcher.waitFor(50, TimeUnit.MILLISECONDS)) {
      found = pids();
    }
    assertEquals(nodes, found.size(), () -> Jvm.print(folder));
    return found;
  }

  private static boolean anyAlive(List<ProcessHandle> processes) {
    return processes.stream().anyMatch(ProcessHandle::isAlive);
  }
}
