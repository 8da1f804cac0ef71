package org.dsm4j.agent.hosts;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dsm4j.DsmException;

/** Runs commands on other hosts with OpenSSH's own client and its configuration. */
final class Ssh {
  private static final long SHORT_SECONDS = 120;

  private final List<String> command;

  /**
   * A client.
   *
   * @param command ssh and its options
   */
  Ssh(List<String> command) {
    this.command = command;
  }

  /** One word of a shell's command. */
  static String quote(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /** Starts a command there; its standard streams are pipes. */
  Process start(String host, String remote) throws IOException {
    return builder(host, remote).start();
  }

  private ProcessBuilder builder(String host, String remote) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("-T", "--", host, remote));
    return new ProcessBuilder(all);
  }

  /**
   * Runs a short command there.
   *
   * @param input file that it reads, or null
   * @return what it prints
   * @throws DsmException if it fails or takes too long; ssh has said why on the error stream
   */
  String run(String host, String remote, Path input) throws IOException, InterruptedException {
    ProcessBuilder builder = builder(host, remote).redirectError(Redirect.INHERIT);
    builder.redirectInput(
        input == null
            ? Redirect.from(Path.of("/dev/null").toFile())
            : Redirect.from(input.toFile()));
    return output(builder.start(), "ssh " + host);
  }

  /**
   * Sees whether a host can be reached.
   *
   * @throws DsmException with ssh's own last line, if not
   */
  void check(String host) throws IOException, InterruptedException {
    Process process = builder(host, "exit 0").redirectErrorStream(true).start();
    process.getOutputStream().close();
    String last = "";
    try (InputStream out = process.getInputStream()) {
      for (String line : new String(out.readAllBytes(), StandardCharsets.UTF_8).split("\\R")) {
        last = line.isBlank() ? last : line.strip();
      }
    }
    if (!process.waitFor(SHORT_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new DsmException(last.isEmpty() ? "ssh has ended without a word" : last);
    }
  }

  /**
   * The name or address by which ssh reaches a host: its own configuration may name another one.
   */
  String address(String host) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("-G", "--", host));
    Process process = new ProcessBuilder(all).redirectError(Redirect.INHERIT).start();
    process.getOutputStream().close();
    return output(process, String.join(" ", all))
        .lines()
        .filter(line -> line.startsWith("hostname "))
        .map(line -> line.substring("hostname ".length()).trim())
        .findFirst()
        .orElse(host);
  }

  private static String output(Process process, String what)
      throws IOException, InterruptedException {
    String text;
    try (InputStream out = process.getInputStream()) {
      text = new String(out.readAllBytes(), StandardCharsets.UTF_8);
    }
    if (!process.waitFor(SHORT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new DsmException(what + " did not end within " + SHORT_SECONDS + " s");
    }
    if (process.exitValue() != 0) {
      throw new DsmException(
          what
              + " failed with status "
              + process.exitValue()
              + "; try it by hand: it must work without questions");
    }
    return text;
  }
}
