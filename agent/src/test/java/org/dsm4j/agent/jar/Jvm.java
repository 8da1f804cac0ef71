package org.dsm4j.agent.jar;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/**
 * Programs compiled against the finished jar and run with it, in JVMs of the version that runs the
 * tests.
 */
final class Jvm {
  static final Path JAR = Path.of(System.getProperty("dsm.test.jar"));
  static final String JAVA = Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final long LIMIT_SECONDS = 90;

  private Jvm() {}

  /** What a JVM has printed, and its status. */
  record Result(int status, String out, String err) {
    List<String> outLines() {
      return out.lines().toList();
    }

    List<String> errLines() {
      return err.lines().toList();
    }
  }

  /** Compiles with nothing but dsm-agent.jar on the class path; names of files to sources. */
  static Path compile(Path folder, Map<String, String> sources) throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    List<String> arguments =
        new ArrayList<>(List.of("-d", classes.toString(), "-cp", JAR + ":" + classes));
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = folder.resolve("src").resolve(source.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, source.getValue());
      arguments.add(file.toString());
    }
    int status =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    if (status != 0) {
      throw new IllegalStateException("the test's program does not compile");
    }
    return classes;
  }

  /** Starts a JVM; its output goes to files in the folder. */
  static Process start(Path folder, String... arguments) throws IOException {
    return start(folder, List.of(), arguments);
  }

  /** The same, with variables of its environment: NAME=value. */
  static Process start(Path folder, List<String> variables, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(JAVA));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    for (String each : variables) {
      int equals = each.indexOf('=');
      builder.environment().put(each.substring(0, equals), each.substring(equals + 1));
    }
    return builder
        .directory(folder.toFile())
        .redirectInput(new java.io.File("/dev/null"))
        .redirectOutput(folder.resolve("out").toFile())
        .redirectError(folder.resolve("err").toFile())
        .start();
  }

  /** What it printed, at its end, which must come in time. */
  static Result await(Path folder, Process process) throws IOException, InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IllegalStateException("no end in time; printed:\n" + print(folder));
    }
    return new Result(process.exitValue(), read(folder, "out"), read(folder, "err"));
  }

  /** Runs a JVM to its end. */
  static Result run(Path folder, String... arguments) throws IOException, InterruptedException {
    return await(folder, start(folder, arguments));
  }

  /** Runs the command line to its end. */
  static Result dsm(Path folder, String... arguments) throws IOException, InterruptedException {
    return run(folder, withJar(arguments));
  }

  static String[] withJar(String... arguments) {
    return Stream.concat(Stream.of("-jar", JAR.toString()), Stream.of(arguments))
        .toArray(String[]::new);
  }

  static String read(Path folder, String file) {
    try {
      return Files.readString(folder.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String print(Path folder) {
    return "--- out\n" + read(folder, "out") + "--- err\n" + read(folder, "err");
  }
}
