package org.dsm4j.agent.hosts;

import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.dsm4j.DsmException;
import org.dsm4j.agent.doctor.Finding;

/**
 * Looks at several hosts over ssh, with a helper of this same jar at the other end, and lets them
 * measure the network between each two. All hosts are asked at the same time; pairs are measured at
 * the same time where they have no host in common.
 */
public final class HostsDoctor {
  private static final int MAX_AT_ONCE = 64;

  /** Nobody is there to answer questions; who does not answer at all is not waited for. */
  private static final List<String> SSH_OPTIONS =
      List.of("-o", "BatchMode=yes", "-o", "ConnectTimeout=10");

  private final HostPlan plan;
  private final Path agent;
  private final Ssh ssh;
  private final Map<String, String> addresses = new LinkedHashMap<>();

  private HostsDoctor(HostPlan plan, Path agent) {
    this.plan = plan;
    this.agent = agent;
    List<String> command = new ArrayList<>(plan.ssh());
    command.addAll(SSH_OPTIONS);
    this.ssh = new Ssh(command);
  }

  /**
   * Does all of it.
   *
   * @param plan which hosts, and how they are reached
   * @param agent this jar
   */
  public static HostsReport examine(HostPlan plan, Path agent)
      throws IOException, InterruptedException {
    return new HostsDoctor(plan, agent).examine();
  }

  /** Of one host: its helper and what that told, or why there is none. */
  private record Patient(RemoteDoctor helper, HostFacts facts, Finding unreached) {}

  private HostsReport examine() throws IOException, InterruptedException {
    List<String> names = plan.hosts().stream().distinct().toList();
    ExecutorService pool =
        Executors.newFixedThreadPool(Math.min(names.size(), MAX_AT_ONCE), HostsDoctor::daemon);
    List<Patient> all = List.of();
    try {
      all =
          together(
              pool, names.stream().map(name -> (Callable<Patient>) () -> reach(name)).toList());
      List<Patient> reached = all.stream().filter(each -> each.facts != null).toList();
      for (Patient each : reached) {
        addresses.put(each.facts.host(), ssh.address(each.facts.host()));
      }
      return new HostsReport(
          plan.build(),
          reached.stream().map(Patient::facts).toList(),
          all.stream().filter(each -> each.facts == null).map(Patient::unreached).toList(),
          measure(pool, reached.stream().map(Patient::helper).toList()));
    } finally {
      all.stream().filter(each -> each.helper != null).forEach(each -> each.helper.close());
      pool.shutdownNow();
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(null, task, "dsm-doctor", 0, false);
    thread.setDaemon(true);
    return thread;
  }

  private static <T> List<T> together(ExecutorService pool, List<Callable<T>> tasks)
      throws IOException, InterruptedException {
    List<T> results = new ArrayList<>();
    for (Future<T> each : pool.invokeAll(tasks)) {
      try {
        results.add(each.get());
      } catch (ExecutionException e) {
        throw new IOException(e.getCause());
      }
    }
    return results;
  }

  // ---- one host
  // ------------------------------------------------------------------------------------

  private Patient reach(String host) throws InterruptedException {
    RemoteDoctor helper = null;
    try {
      String jar = agent.toAbsolutePath().normalize().toString();
      if (plan.stage() != null) {
        ssh.check(host);
        jar = new Staging(ssh, plan.stage(), List.of(host)).place(agent);
      }
      String command =
          "exec "
              + Ssh.quote(plan.java())
              + " -Xmx48m -XX:+DisplayVMOutputToStderr -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar "
              + Ssh.quote(jar)
              + " host-doctor";
      helper = new RemoteDoctor(host, ssh.start(host, command));
      return new Patient(helper, helper.examine(), null);
    } catch (IOException | DsmException e) {
      if (helper != null) {
        helper.close();
      }
      return new Patient(
          null, null, new Finding(host, Finding.Level.FAIL, e.getMessage() + remedy(e), ""));
    }
  }

  /** In the same line: a host that is not there is one line. */
  private static String remedy(Exception e) {
    String message = String.valueOf(e.getMessage());
    if (message.contains("Unable to access jarfile")) {
      return "; copy it there, or use --stage DIR";
    }
    return message.contains("not found") || message.contains("No such file")
        ? "; name the java command there: --remote-java PATH"
        : "";
  }

  // ---- each two
  // --------------------------------------------------------------------------------------

  private List<PairFacts> measure(ExecutorService pool, List<RemoteDoctor> helpers)
      throws IOException, InterruptedException {
    List<PairFacts> measured = new ArrayList<>();
    for (List<int[]> turn : turns(helpers.size())) {
      measured.addAll(
          together(
              pool,
              turn.stream()
                  .map(
                      pair ->
                          (Callable<PairFacts>)
                              () -> measure(helpers.get(pair[0]), helpers.get(pair[1])))
                  .collect(Collectors.toList())));
    }
    return measured;
  }

  private PairFacts measure(RemoteDoctor from, RemoteDoctor to) throws InterruptedException {
    byte[] random = new byte[PairProbe.TOKEN_LENGTH / 2];
    new SecureRandom().nextBytes(random);
    String token = HexFormat.of().formatHex(random);
    try {
      int port = to.listen(token);
      return from.measure(to.host(), addresses.get(to.host()), port, token);
    } catch (IOException e) {
      return PairFacts.broken(from.host(), to.host(), e.getMessage());
    }
  }

  /**
   * Every two of {@code count} once, in turns in which nobody is twice: a round-robin tournament,
   * where one stays in place and the others go round.
   */
  static List<List<int[]>> turns(int count) {
    List<List<int[]>> turns = new ArrayList<>();
    int even = count + count % 2;
    for (int turn = 0; turn < even - 1; turn++) {
      List<int[]> pairs = new ArrayList<>();
      for (int place = 0; place < even / 2; place++) {
        int one = at(place, turn, even);
        int other = at(even - 1 - place, turn, even);
        if (one < count && other < count) {
          pairs.add(new int[] {Math.min(one, other), Math.max(one, other)});
        }
      }
      turns.add(pairs);
    }
    return turns;
  }

  private static int at(int place, int turn, int even) {
    return place == 0 ? 0 : 1 + (place - 1 + turn) % (even - 1);
  }
}
