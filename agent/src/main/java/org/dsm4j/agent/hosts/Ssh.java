package org.dsm4j.agent.hosts;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.dsm4j.DsmException;

/** Runs commands on other hosts with OpenSSH's own client and its configuration. */
final class Ssh {
  private static final long SHORT_SECONDS = 60;
  private static final long COPY_SECONDS = 600;

  /**
   * Nobody is there to answer questions, and a host that does not answer is told of; what the user
   * gives comes before it, and the first of the same option counts.
   */
  private static final List<String> OPTIONS =
      List.of("-o", "BatchMode=yes", "-o", "ConnectTimeout=10");

  private final List<String> command;
  private final long seconds;

  /**
   * A client.
   *
   * @param command ssh and its options
   */
  Ssh(List<String> command) {
    this(command, SHORT_SECONDS);
  }

  /**
   * A client.
   *
   * @param seconds the longest that a command may take which copies nothing
   */
  Ssh(List<String> command, long seconds) {
    this.command = command;
    this.seconds = seconds;
  }

  /** One word of a shell's command. */
  static String quote(String word) {
    return "'" + word.replace("'", "'\\''") + "'";
  }

  /** Starts a command there; its standard streams are pipes. */
  Process start(String host, String remote) throws IOException {
    return builder(host, remote).start();
  }

  /**
   * The same, and it ends when the host has not been heard of for that long.
   *
   * @param silenceSeconds more than nodes allow each other
   */
  Process start(String host, String remote, long silenceSeconds) throws IOException {
    long every = Math.max(1, silenceSeconds / 4);
    return builder(
            host, remote, "-o", "ServerAliveInterval=" + every, "-o", "ServerAliveCountMax=4")
        .start();
  }

  private ProcessBuilder builder(String host, String remote, String... more) {
    List<String> all = new ArrayList<>(command);
    all.addAll(OPTIONS);
    all.addAll(List.of(more));
    all.addAll(List.of("-T", "--", host, remote));
    return new ProcessBuilder(all);
  }

  /**
   * Runs a short command of a POSIX shell there.
   *
   * @param doing what it does, for the message
   * @param input file that it reads, or null
   * @return what it prints, and before it what the host's start-up files may have printed
   * @throws DsmException in one line, if it fails or takes too long
   */
  String run(String host, String doing, String remote, Path input)
      throws IOException, InterruptedException {
    // Whatever the user's own shell is there.
    ProcessBuilder builder = builder(host, "exec sh -c " + quote(remote));
    builder.redirectInput(
        input == null
            ? Redirect.from(Path.of("/dev/null").toFile())
            : Redirect.from(input.toFile()));
    return output(builder.start(), host, doing, input == null ? seconds : COPY_SECONDS);
  }

  /**
   * Sees whether a host can be reached.
   *
   * @throws DsmException with ssh's own last line, if not, or if it takes too long
   */
  void check(String host) throws IOException, InterruptedException {
    Process process = builder(host, "exit 0").redirectErrorStream(true).start();
    process.getOutputStream().close();
    CompletableFuture<String> said = reader(process.getInputStream());
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new DsmException("ssh has not ended within " + seconds + " s");
    }
    if (process.exitValue() != 0) {
      throw new DsmException(
          said(said)
              .lines()
              .filter(line -> !line.isBlank())
              .reduce((before, last) -> last)
              .map(String::strip)
              .orElse("ssh has ended without a word"));
    }
  }

  /**
   * The name or address by which ssh reaches a host: its own configuration may name another one.
   */
  String address(String host) throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of("-G", "--", host));
    Process process;
    try {
      process = new ProcessBuilder(all).start();
    } catch (IOException e) {
      throw new DsmException(
          "the command " + command.get(0) + " cannot be run here: " + e.getMessage(), e);
    }
    process.getOutputStream().close();
    return output(process, host, String.join(" ", all), seconds)
        .lines()
        .filter(line -> line.startsWith("hostname "))
        .map(line -> line.substring("hostname ".length()).trim())
        .findFirst()
        .orElse(host);
  }

  private static String output(Process process, String host, String doing, long seconds)
      throws IOException, InterruptedException {
    CompletableFuture<String> out = reader(process.getInputStream());
    CompletableFuture<String> err = reader(process.getErrorStream());
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new DsmException(
          "host " + host + ": " + doing + " did not end within " + seconds + " s");
    }
    String said = said(err);
    if (process.exitValue() != 0) {
      throw new DsmException(
          "host "
              + host
              + ": "
              + doing
              + " failed: "
              + SshFailure.explain(host, process.exitValue(), said.lines().toList(), null));
    }
    return said(out);
  }

  /** What was read of a process that has ended; one that it left behind may hold the stream. */
  private static String said(CompletableFuture<String> text)
      throws IOException, InterruptedException {
    try {
      return text.get(SHORT_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("what ssh says cannot be read: " + e, e);
    }
  }

  private static CompletableFuture<String> reader(InputStream stream) {
    CompletableFuture<String> text = new CompletableFuture<>();
    Thread thread =
        new Thread(
            null,
            () -> {
              try (stream) {
                text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
              } catch (IOException e) {
                text.complete("");
              }
            },
            "dsm-ssh-read",
            0,
            false);
    thread.setDaemon(true);
    thread.start();
    return text;
  }
}
