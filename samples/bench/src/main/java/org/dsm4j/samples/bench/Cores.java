package org.dsm4j.samples.bench;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.dsm4j.internal.Runtimes;

/** Which cores the nodes run on. */
final class Cores {
  private static final int BLOCKING_CORE = 0;

  private Cores() {}

  /**
   * Polling: the calling thread gets the core of its node's number. Blocking: every thread of every
   * node is put on one core, the native service thread that answers for a sleeping node included,
   * so that no measurement waits for an idle core to wake.
   *
   * @throws IllegalStateException if polling nodes would have to share a core
   */
  static void pin(Regime regime, int node) {
    if (regime == Regime.BLOCKING) {
      pinProcess(BLOCKING_CORE);
      return;
    }
    int cores = Runtime.getRuntime().availableProcessors();
    if (cores < 2) {
      throw new IllegalStateException(
          "the polling regime needs 2 cores, there is " + cores + "; use --regime blocking");
    }
    Runtimes.current().pinThread(node % cores);
  }

  private static void pinProcess(int core) {
    String pid = String.valueOf(ProcessHandle.current().pid());
    try {
      Process taskset =
          new ProcessBuilder("taskset", "-a", "-p", "-c", String.valueOf(core), pid)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      if (taskset.waitFor(10, TimeUnit.SECONDS) && taskset.exitValue() == 0) {
        return;
      }
    } catch (IOException notInstalled) {
      System.err.println("bench: taskset (util-linux) is not installed; threads are not pinned");
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IllegalStateException("the process could not be put on core " + core);
  }
}
