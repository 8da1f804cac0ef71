package org.dsm4j.agent.hosts;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.dsm4j.DsmException;
import org.dsm4j.agent.run.RemoteEnd;
import org.dsm4j.agent.run.RunPlan;
import org.dsm4j.agent.settings.SettingTable;

/**
 * Starts the nodes of a cluster on other hosts, over ssh, and follows them to their end. When the
 * launcher goes, however it goes, ssh's connections end, and the helpers at their other ends end
 * their nodes.
 */
public final class HostsLauncher {
  private static final int STATUS_TIMEOUT = 124;
  private static final int CHUNK_BYTES = 16 << 10;
  private static final long LAST_SECONDS = 2;
  private static final int STARTING_MAX = 8;

  /** Stands in the setting manager of node 0, which takes a free port and tells it. */
  private static final int ANY_PORT = 1;

  private final RunPlan plan;
  private final HostPlan hosts;
  private final Ssh ssh;
  private final RemoteEnd printed;
  private final List<RemoteNode> nodes = new ArrayList<>();
  private final BlockingQueue<Integer> ends = new LinkedBlockingQueue<>();
  private final CountDownLatch through = new CountDownLatch(1);
  private final Semaphore starting = new Semaphore(STARTING_MAX);

  private HostsLauncher(RunPlan plan, HostPlan hosts) {
    this.plan = plan;
    this.hosts = hosts;
    this.ssh = new Ssh(hosts.ssh());
    this.printed =
        new RemoteEnd(
            new FileOutputStream(FileDescriptor.out),
            new FileOutputStream(FileDescriptor.err),
            plan.prefix() && plan.nodes() > 1);
  }

  /**
   * Runs the cluster on this process's own streams.
   *
   * @return its status, as that of a cluster on this machine
   */
  public static int run(RunPlan plan, HostPlan hosts) throws IOException, InterruptedException {
    return new HostsLauncher(plan, hosts).run();
  }

  private int run() throws IOException, InterruptedException {
    Thread hook = new Thread(null, this::endWithLauncher, "dsm-end", 0, false);
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      Staging staging = new Staging(ssh, hosts.stage(), hosts.hosts());
      String agent = staging.place(plan.agent());
      List<String> application = staging.application(plan.application());
      String command =
          "exec "
              + Ssh.quote(hosts.java())
              + " -Xmx48m -XX:+DisplayVMOutputToStderr -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar "
              + Ssh.quote(agent)
              + " host-side";
      long limit =
          plan.timeout() == null ? Long.MAX_VALUE : System.nanoTime() + plan.timeout().toNanos();
      if (!startAll(command, application)) {
        return ends.take();
      }
      return follow(limit);
    } finally {
      synchronized (nodes) {
        nodes.forEach(RemoteNode::cut);
      }
      through.countDown();
      removeHook(hook);
    }
  }

  /** Node 0 first, since it chooses the manager's port. @return whether it came so far */
  private boolean startAll(String command, List<String> application)
      throws IOException, InterruptedException {
    String manager = ssh.address(hosts.hosts().get(0));
    start(0, command, manager + ":" + ANY_PORT, application);
    RemoteNode zero = nodes.get(0);
    Thread input = new Thread(null, () -> forwardInput(zero), "dsm-in", 0, false);
    input.setDaemon(true);
    input.start();
    if (plan.nodes() == 1) {
      return true;
    }
    if (!zero.begun().join()) {
      return false;
    }
    Duration bound = Duration.ofSeconds(60);
    int port;
    try {
      port = zero.managerPort().get(bound.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      return false;
    } catch (TimeoutException e) {
      throw new DsmException(
          "node 0 on host "
              + zero.host()
              + " has not started within "
              + bound.toSeconds()
              + " s; does \"ssh "
              + zero.host()
              + " java -version\" answer?");
    }
    for (int node = 1; node < plan.nodes(); node++) {
      start(node, command, manager + ":" + port, application);
    }
    return true;
  }

  /** Not too many at once: an sshd drops connections when more than ten are not through yet. */
  private void start(int node, String command, String manager, List<String> application)
      throws IOException, InterruptedException {
    starting.acquire();
    Map<String, String> settings = new TreeMap<>(plan.settings());
    settings.put(SettingTable.NODE.key(), Integer.toString(node));
    settings.put(SettingTable.NODES.key(), Integer.toString(plan.nodes()));
    if (plan.nodes() > 1) {
      settings.put(SettingTable.MANAGER.key(), manager);
    }
    RemoteStart what =
        new RemoteStart(
            hosts.build(),
            hosts.secret(),
            plan.jvmOptions(),
            settings,
            application,
            plan.nodes() > 1 ? hosts.filesFor(node) : Map.of());
    RemoteNode started =
        RemoteNode.start(
            ssh.start(hosts.hosts().get(node), command, silenceSeconds()),
            node,
            hosts.hosts().get(node),
            hosts.java(),
            what,
            printed);
    started.begun().thenRun(starting::release);
    synchronized (nodes) {
      nodes.add(started);
    }
    started.status().thenAccept(ends::add);
  }

  /** Nodes shall notice first that one is out of reach. */
  private long silenceSeconds() {
    Duration silence =
        SettingTable.SILENCE
            .type()
            .parse(
                plan.settings()
                    .getOrDefault(SettingTable.SILENCE.key(), SettingTable.SILENCE.defaultText()));
    return 2 * silence.plus(plan.grace()).toSeconds();
  }

  private int follow(long limit) throws InterruptedException {
    int status = 0;
    long until = limit;
    for (int left = plan.nodes(); left > 0; left--) {
      Integer end =
          until == Long.MAX_VALUE
              ? ends.take()
              : ends.poll(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (end == null && status == 0) {
        printed.say(
            "the time limit of " + plan.timeout().toMillis() + " ms is over; all nodes are ended");
        return STATUS_TIMEOUT;
      }
      if (end == null) {
        printed.say("not all nodes have ended; the connections to the rest are cut now");
        return status;
      }
      if (status == 0 && end != 0) {
        status = end;
        until = System.nanoTime() + plan.grace().toNanos();
        nodes.forEach(RemoteNode::tellFailure);
      }
    }
    return status;
  }

  private static void forwardInput(RemoteNode zero) {
    byte[] chunk = new byte[CHUNK_BYTES];
    InputStream in = System.in;
    try {
      for (int length = in.read(chunk); length >= 0; length = in.read(chunk)) {
        if (length > 0) {
          zero.input(Arrays.copyOf(chunk, length));
        }
      }
      zero.input(new byte[0]);
    } catch (IOException e) {
      // The node has ended, or nobody writes any more.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The shutdown hook: a signal to the launcher ends the nodes first, politely. */
  private void endWithLauncher() {
    List<RemoteNode> all;
    synchronized (nodes) {
      all = List.copyOf(nodes);
    }
    all.forEach(RemoteNode::end);
    long deadline = System.nanoTime() + plan.grace().toNanos();
    try {
      for (RemoteNode each : all) {
        each.status().get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
      }
      through.await(LAST_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      // Cut below: the helpers end their nodes when nobody is at the other end.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    all.forEach(RemoteNode::cut);
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The JVM is ending, and the hook is doing its work.
    }
  }
}
