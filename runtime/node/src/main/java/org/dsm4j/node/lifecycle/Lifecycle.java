package org.dsm4j.node.lifecycle;

import java.util.concurrent.TimeUnit;
import org.dsm4j.node.control.ControlClient;
import org.dsm4j.node.engine.Engine;
import org.dsm4j.node.logging.Logs;

/**
 * How this node's process ends (rules 13 and 14 of the language).
 *
 * <ul>
 *   <li>It ends by itself with status 0: after its shutdown hooks it tells the manager and goes on
 *       serving pages (natively) until all nodes have ended.
 *   <li>Any node ends with another status: the manager tells all, and every process ends with that
 *       status, in good order if it can ({@code System.exit} with its hooks), within a bound in any
 *       case; the last resort is the engine's service thread, since even {@code Runtime.halt} waits
 *       for a thread in a fault.
 *   <li>A node is lost: the engine has written the line and ends the process if Java does not; here
 *       it is ended in good order.
 * </ul>
 *
 * <p>Thread-safe.
 */
public final class Lifecycle {
  /** Status of a process whose cluster has lost a node or the manager. */
  public static final int LOST = 75;

  /** What the engine waits longer than Java before it ends the process. */
  private static final long NATIVE_SLACK_NANOS = TimeUnit.SECONDS.toNanos(2);

  /**
   * How long this process may take to end by its own doing, with the status that another has just
   * ended with, before it is told of as ended by that other: a program that finds the same fault on
   * every node needs no line about it.
   */
  private static final long OWN_END_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** How long an exit waits for the others to be told. */
  private static final long TELL_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** How long the last step of a good end may take. */
  private static final long LEAVE_NANOS = TimeUnit.SECONDS.toNanos(3);

  private final int node;
  private final boolean ownsProcess;
  private final long endNanos;
  private final Engine engine;
  private final ControlClient control;
  private final Stage stage = new Stage();

  /**
   * The life of a node of a cluster of several.
   *
   * @param endNanos how long the process may take to end in good order
   */
  public Lifecycle(
      int node, boolean ownsProcess, long endNanos, Engine engine, ControlClient control) {
    this.node = node;
    this.ownsProcess = ownsProcess;
    this.endNanos = endNanos;
    this.engine = engine;
    this.control = control;
  }

  /** Registers the step that comes after the application's shutdown hooks. */
  public void register(Runnable last) {
    if (ownsProcess) {
      ShutdownStep.register(() -> endInGoodOrder(last));
    }
  }

  // ---- what decides -------------------------------------------------------------------------

  /** An exception left main here. */
  public void mainFailed(Throwable failure) {
    tellFailure(1, "exception in main: " + failure);
  }

  /** Somebody here ends the process with that status; called before it takes effect. */
  public void exitRequested(int requested) {
    if (requested != 0) {
      tellFailure(Reason.visible(requested), Reason.ofCurrentThread());
    }
  }

  private void tellFailure(int failure, String reason) {
    stage.failsHere(failure);
    if (!stage.isDecided()) {
      control.failed(failure, reason);
      stage.await(Stage::isDecided, TELL_NANOS);
    }
  }

  /** The manager says how the cluster ends. */
  public void clusterEnds(int clusterStatus, int because, String reason) {
    String line =
        (because < 0 ? "the manager" : "node " + because)
            + " ended with status "
            + clusterStatus
            + " ("
            + reason
            + "); the cluster ends";
    boolean told = stage.isEnding() && !stage.isDecided() && stage.ownStatus() != clusterStatus;
    if (told) {
      Logs.line(line); // before the decision, by which a process that is ending is over at once
    }
    if (stage.decide(clusterStatus)) {
      engine.exitBy(clusterStatus, endNanos + NATIVE_SLACK_NANOS);
      daemon(
          "dsm-cluster-end",
          () -> {
            if (!told) {
              stage.await(now -> now.ownStatus() == clusterStatus || now.isEnding(), OWN_END_NANOS);
              if (stage.ownStatus() != clusterStatus) {
                Logs.line(line);
              }
            }
            endProcess(clusterStatus);
          });
    }
  }

  /**
   * The engine has lost a peer, has written the line, and ends the process itself if this does not
   * in time.
   */
  public void peerLost(int peer) {
    control.lost(peer, "its engine's connection broke or was silent");
    if (stage.decide(LOST)) {
      endProcess(LOST);
    }
  }

  /** The manager that stands alone is gone. */
  public void managerLost(String reason) {
    if (stage.decide(LOST)) {
      Logs.line(
          "the manager of the cluster is gone ("
              + reason
              + "); node "
              + node
              + " ends with status "
              + LOST);
      engine.exitBy(LOST, endNanos + NATIVE_SLACK_NANOS);
      endProcess(LOST);
    }
  }

  // ---- how it ends --------------------------------------------------------------------------

  private void endProcess(int status) {
    if (!ownsProcess) {
      return;
    }
    daemon("dsm-exit", () -> System.exit(status));
    // The shutdown itself ends the process; this is for hooks that do not come to an end.
    daemon(
        "dsm-end",
        () -> {
          stage.await(nothing -> false, endNanos);
          Runtime.getRuntime().halt(status);
        });
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(null, task, name);
    thread.setDaemon(true);
    thread.start();
  }

  /** All nodes have ended. */
  public void allEnded(int clusterStatus) {
    // No peer's end is a failure from here on. The bound is for threads that still run and fault.
    engine.exitBy(clusterStatus, endNanos);
    stage.allEnded();
  }

  /** All nodes know it. */
  public void leave() {
    stage.mayLeave();
  }

  /** After the application's shutdown hooks: serve until all have ended. */
  private void endInGoodOrder(Runnable last) {
    String signal = Reason.signalOfCurrentThread();
    if (signal != null) {
      tellFailure(Reason.statusOf(signal), Reason.ofCurrentThread());
    }
    stage.endsHere();
    control.ended();
    // The others may run for as long as they like; the link to the manager shows that they do.
    stage.await(now -> now.isAllEnded() || now.isDecided(), Stage.FOR_EVER);
    if (stage.status() != LOST) {
      stage.await(Stage::isAllEnded, endNanos);
    }
    if (stage.isAllEnded()) {
      stage.await(Stage::isMayLeave, LEAVE_NANOS);
      engine.leave();
      last.run();
    }
    if (stage.isDecided()) {
      Runtime.getRuntime().halt(stage.status());
    }
  }
}
