package org.dsm4j.agent.run;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The process of one node and what carries its output. */
final class NodeProcess {
  /** A standard input that has ended. */
  static final Redirect NOTHING = Redirect.from(new File("/dev/null"));

  private final int node;
  private final Process process;
  private final List<OutputPump> pumps = new ArrayList<>();

  private NodeProcess(int node, Process process) {
    this.node = node;
    this.process = process;
  }

  /**
   * Starts it.
   *
   * @param environment variables that are added to this process's own
   * @param input where its standard input comes from
   * @param inherits whether it writes to the launcher's own output streams (so that a terminal
   *     stays one)
   * @param prefix of each line if not
   * @param news what has been told of the cluster's end
   */
  static NodeProcess start(
      int node,
      List<String> command,
      Map<String, String> environment,
      Redirect input,
      boolean inherits,
      String prefix,
      OutputStream out,
      OutputStream err,
      EndNews news)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    builder.redirectInput(input);
    if (inherits) {
      builder.redirectOutput(Redirect.INHERIT).redirectError(Redirect.INHERIT);
    }
    NodeProcess started = new NodeProcess(node, builder.start());
    if (!inherits) {
      Process process = started.process;
      started.pumps.add(
          OutputPump.start(
              "dsm-out-" + node, process.getInputStream(), out, prefix, line -> false));
      started.pumps.add(
          OutputPump.start(
              "dsm-err-" + node, process.getErrorStream(), err, prefix, news::isRepeated));
    }
    return started;
  }

  int node() {
    return node;
  }

  Process process() {
    return process;
  }

  /** Asks it to end (SIGTERM). */
  void terminate() {
    // Not Process.destroy, which closes the streams too: what the node still writes would be lost.
    process.toHandle().destroy();
  }

  /** Ends it without asking (SIGKILL). */
  void kill() {
    process.toHandle().destroyForcibly();
  }

  /** Whether it is stopped, by SIGSTOP or a debugger: it then does nothing, not even end. */
  boolean isStopped() {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
      // "pid (name) state ...": the name may contain anything.
      char state = stat.charAt(stat.lastIndexOf(')') + 2);
      return state == 'T' || state == 't';
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Waits for its end, then kills it.
   *
   * @param deadline System.nanoTime() up to which it may end by itself
   */
  void endBy(long deadline) throws InterruptedException {
    if (!process.waitFor(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)) {
      kill();
      process.waitFor();
    }
  }

  /**
   * Waits until its output is written; a process it has left behind may hold the streams open, so
   * not for ever.
   */
  void drain(long millis) throws InterruptedException {
    for (OutputPump pump : pumps) {
      pump.await(millis);
    }
  }
}
