package org.dsm4j.agent.run;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.dsm4j.agent.settings.AgentArguments;
import org.dsm4j.agent.settings.SettingTable;

/** One node that is started on this machine for a launcher on another one. Thread-safe. */
public final class HostProcess {
  private static final long DRAIN_MILLIS = 2_000;

  private final NodeProcess process;
  private final LifelineServer lifelines;
  private final int node;

  private HostProcess(NodeProcess process, LifelineServer lifelines, int node) {
    this.process = process;
    this.lifelines = lifelines;
    this.node = node;
  }

  /**
   * Starts it.
   *
   * @param plan what to start; its settings are all that the node has
   * @param environment variables that are added, which no other process can read
   * @param out where its lines go, each in one write
   */
  public static HostProcess start(
      RunPlan plan, Map<String, String> environment, OutputStream out, OutputStream err)
      throws IOException {
    LifelineServer lifelines = new LifelineServer(1);
    try {
      int node = Integer.parseInt(plan.settings().get(SettingTable.NODE.key()));
      Map<String, String> settings = new TreeMap<>(plan.settings());
      settings.put(SettingTable.LIFELINE.key(), lifelines.addressFor(node));
      List<String> command = new ArrayList<>();
      command.add(plan.java().toString());
      command.add(NodeCommand.COMPILE_LONG_METHODS);
      command.addAll(plan.jvmOptions());
      command.add("-javaagent:" + plan.agent() + "=" + AgentArguments.format(settings));
      command.addAll(plan.application());
      NodeProcess process =
          NodeProcess.start(
              node, command, environment, Redirect.PIPE, false, "", out, err, new EndNews());
      return new HostProcess(process, lifelines, node);
    } catch (IOException | RuntimeException e) {
      lifelines.close();
      throw e;
    }
  }

  /** Whether it runs. */
  public boolean isAlive() {
    return process.process().isAlive();
  }

  /** Gives it bytes to read; none: there are no more. Nothing if it does not want them. */
  public void input(byte[] bytes) {
    OutputStream to = process.process().getOutputStream();
    try {
      if (bytes.length == 0) {
        to.close();
      } else {
        to.write(bytes);
        to.flush();
      }
    } catch (IOException e) {
      // It has closed its standard input, or has ended.
    }
  }

  /** Ends it, politely first; returns when it has ended. */
  public void end(long graceSeconds) {
    try {
      if (graceSeconds > 0) {
        process.terminate();
      }
      process.endBy(System.nanoTime() + TimeUnit.SECONDS.toNanos(graceSeconds));
    } catch (InterruptedException e) {
      process.kill();
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until it has ended and all that it wrote is carried. @return its status */
  public int await() throws InterruptedException, IOException {
    int status = process.process().waitFor();
    process.drain(DRAIN_MILLIS);
    return status;
  }

  /** Whether it has told that it ends with this status. */
  public boolean hasTold(int status) {
    return lifelines.hasTold(node, status);
  }

  /** Tells it that another node has failed: if it has not joined yet, it ends. */
  public void tellFailure() {
    lifelines.tellFailure();
  }
}
