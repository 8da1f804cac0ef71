package org.dsm4j.agent.run;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Starts the nodes of a cluster on this machine and follows them to their end. Whatever happens to
 * the launcher, no node stays: it ends them itself when it is told to end, and their lifelines
 * break when it is killed.
 */
public final class Launcher {
  private static final int STATUS_TIMEOUT = 124;
  private static final long STOPPED_POLL_MILLIS = 250;
  private static final long DRAIN_MILLIS = 2_000;
  private static final Duration LAST_GRACE = Duration.ofSeconds(2);

  private final RunPlan plan;
  private final OutputStream out;
  private final OutputStream err;
  private final boolean own;
  private final List<NodeProcess> processes = new ArrayList<>();
  private final BlockingQueue<NodeEnd> ends = new LinkedBlockingQueue<>();
  private final EndNews news = new EndNews();
  private final CountDownLatch cleaned = new CountDownLatch(1);
  private volatile boolean ending;

  private Launcher(RunPlan plan, OutputStream out, OutputStream err, boolean own) {
    this.plan = plan;
    this.out = out;
    this.err = err;
    this.own = own;
  }

  /**
   * Runs the cluster on this process's own streams; nodes that need no prefix write to them
   * directly.
   *
   * @return its status: that of the first node whose status was not 0, 75 if that was killed, 124
   *     if the time was over
   * @throws IOException if the nodes could not be started; none is left behind
   */
  public static int run(RunPlan plan) throws IOException, InterruptedException {
    OutputStream out = new FileOutputStream(FileDescriptor.out);
    OutputStream err = new FileOutputStream(FileDescriptor.err);
    return new Launcher(plan, out, err, true).run();
  }

  /** The same, with what the nodes write going elsewhere. */
  public static int run(RunPlan plan, OutputStream out, OutputStream err)
      throws IOException, InterruptedException {
    return new Launcher(plan, out, err, false).run();
  }

  private int run() throws IOException, InterruptedException {
    Thread hook = new Thread(null, this::endWithLauncher, "dsm-end", 0, false);
    Runtime.getRuntime().addShutdownHook(hook);
    try (PrivateFolder folder = plan.nodes() > 1 ? new PrivateFolder() : null;
        LifelineServer lifelines = new LifelineServer(plan.nodes())) {
      start(folder == null ? null : folder.path().resolve("port"), lifelines);
      int status = follow(lifelines);
      endAll(LAST_GRACE);
      return status;
    } catch (IOException | RuntimeException e) {
      endAll(LAST_GRACE);
      throw e;
    } finally {
      cleaned.countDown();
      removeHook(hook);
    }
  }

  private void start(Path portFile, LifelineServer lifelines) throws IOException {
    for (int node = 0; node < plan.nodes() && !ending; node++) {
      boolean inherits = own && node == 0 && !prefixes();
      NodeProcess started;
      synchronized (processes) {
        started =
            NodeProcess.start(
                node,
                NodeCommand.of(plan, node, portFile, lifelines.addressFor(node)),
                Map.of(),
                node == 0 ? Redirect.INHERIT : NodeProcess.NOTHING,
                inherits,
                prefixes() ? "[" + node + "] " : "",
                out,
                err,
                news);
        processes.add(started);
      }
      int number = node;
      started
          .process()
          .onExit()
          .thenAccept(
              process -> {
                int status = process.exitValue();
                ends.add(new NodeEnd(number, status, lifelines.hasTold(number, status)));
              });
    }
  }

  private boolean prefixes() {
    return plan.prefix() && plan.nodes() > 1;
  }

  private int follow(LifelineServer lifelines) throws InterruptedException {
    long limit =
        plan.timeout() == null ? Long.MAX_VALUE : System.nanoTime() + plan.timeout().toNanos();
    int status = 0;
    for (int left = plan.nodes(); left > 0; left--) {
      NodeEnd end = status == 0 ? next(limit) : nextAfterFailure(limit);
      if (end == null) {
        return status != 0 ? status : timeIsOver();
      }
      if (end.killed() && plan.nodes() == 1) {
        say("node 0 was ended by signal " + end.signal());
      }
      if (status == 0 && end.clusterStatus() != 0) {
        status = end.clusterStatus();
        limit = System.nanoTime() + plan.grace().toNanos();
        lifelines.tellFailure();
      }
    }
    return status;
  }

  private NodeEnd next(long limit) throws InterruptedException {
    return limit == Long.MAX_VALUE
        ? ends.take()
        : ends.poll(limit - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  /**
   * The rest end by themselves, in time; but a stopped process (SIGSTOP) cannot, so when no other
   * is left it is not waited for.
   */
  private NodeEnd nextAfterFailure(long limit) throws InterruptedException {
    while (System.nanoTime() - limit < 0) {
      NodeEnd end = ends.poll(STOPPED_POLL_MILLIS, TimeUnit.MILLISECONDS);
      if (end != null) {
        return end;
      }
      List<NodeProcess> left = processes.stream().filter(each -> each.process().isAlive()).toList();
      if (!left.isEmpty() && left.stream().allMatch(NodeProcess::isStopped)) {
        // Without a line: the others have named it lost, and one line is enough.
        left.forEach(NodeProcess::kill);
      }
    }
    say(
        "not all nodes have ended "
            + show(plan.grace())
            + " after the first failure; they are ended now");
    return null;
  }

  private int timeIsOver() {
    say("the time limit of " + show(plan.timeout()) + " is over; all nodes are ended");
    return STATUS_TIMEOUT;
  }

  /** The shutdown hook: a signal or an exit of the launcher ends the nodes first. */
  private void endWithLauncher() {
    ending = true;
    endAll(plan.grace());
    try {
      cleaned.await(DRAIN_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Ends what is still there: politely, and after the grace without asking. */
  private void endAll(Duration grace) {
    List<NodeProcess> all;
    synchronized (processes) {
      all = List.copyOf(processes);
    }
    all.forEach(NodeProcess::terminate);
    long deadline = System.nanoTime() + grace.toNanos();
    try {
      for (NodeProcess each : all) {
        each.endBy(deadline);
      }
      for (NodeProcess each : all) {
        each.drain(DRAIN_MILLIS);
      }
    } catch (InterruptedException e) {
      all.forEach(NodeProcess::kill);
      Thread.currentThread().interrupt();
    }
  }

  private void say(String message) {
    synchronized (err) {
      PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
      stream.println("dsm: " + message);
    }
  }

  private static String show(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending, and the hook is doing its work.
    }
  }
}
