package org.dsm4j.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Programs in the manner of the NAS parallel benchmarks, of the Java Grande benchmarks for threads,
 * and of everyday ones, written from the description of the language only: with annotations, and
 * the node's number where threads would be started. They print on every number of nodes what they
 * print in a JVM without the agent.
 */
class KernelsIT {
  private static final Duration LIMIT = Duration.ofSeconds(120);
  private static final Path RESOURCES =
      Path.of(Run.testClasses().get(1)); // where the build copies them to

  @TempDir static Path folder;

  private static Path classes;
  private static List<String> right;

  @BeforeAll
  static void findTheRightAnswers() throws IOException, InterruptedException {
    classes = compile("kernels", System.getProperty("dsm.test.jar"));
    Path plain = compile("kernels-plain", "");
    String mark = UUID.randomUUID().toString();
    List<String> command = Run.java(mark);
    command.addAll(List.of("-cp", classes + ":" + plain, "All"));
    try (Run run = Run.command(mark, command)) {
      run.expectStatus(0, LIMIT);
      right = run.out().all().stream().sorted().toList();
    }
  }

  private static Path compile(String sources, String classPath) throws IOException {
    Path output = Files.createDirectory(folder.resolve(sources));
    List<String> arguments =
        new ArrayList<>(
            List.of("-d", output.toString(), "-cp", classPath, "-proc:none", "-nowarn"));
    try (Stream<Path> files = Files.walk(RESOURCES.resolve(sources))) {
      files.map(Path::toString).filter(file -> file.endsWith(".java")).forEach(arguments::add);
    }
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertEquals(0, status, sources + " compile");
    return output;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void printWhatTheyPrintInOneJvm(int nodes) throws IOException, InterruptedException {
    try (Run run = Run.start(nodes, List.of(), "-cp", classes.toString(), "All")) {
      run.expectStatus(0, LIMIT);
      List<String> lines =
          run.out().all().stream().map(line -> line.replaceFirst("^\\[\\d+] ", "")).toList();
      assertEquals(right, lines.stream().sorted().toList(), run::dump);
    }
  }
}
