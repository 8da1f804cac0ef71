package org.dsm4j.agent.hosts;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.dsm4j.agent.doctor.Finding;

/** The doctor's end of one ssh connection. Used by one thread at a time. */
final class RemoteDoctor implements AutoCloseable {
  private static final long ANSWER_SECONDS = 60;
  private static final long MEASURE_SECONDS = 20;

  /** Behind the last line: the helper has ended. */
  private static final List<String> GONE = List.of("");

  private final String host;
  private final Process ssh;
  private final BlockingQueue<List<String>> answers = new LinkedBlockingQueue<>();
  private final Thread errors;
  private volatile String lastError = "";

  /** Follows a helper that was started. */
  RemoteDoctor(String host, Process ssh) {
    this.host = host;
    this.ssh = ssh;
    daemon("dsm-ssh " + host, this::readAnswers);
    this.errors = daemon("dsm-ssh-err " + host, this::readErrors);
  }

  String host() {
    return host;
  }

  /**
   * Lets it tell about its host.
   *
   * @throws IOException if it does not
   */
  HostFacts examine() throws IOException, InterruptedException {
    say(DoctorLines.EXAMINE);
    Map<String, String> facts = new LinkedHashMap<>();
    List<Finding> findings = new ArrayList<>();
    while (true) {
      List<String> words = answer(ANSWER_SECONDS);
      if (words.get(0).equals(DoctorLines.END)) {
        return withClock(facts, findings);
      } else if (words.get(0).equals(DoctorLines.FINDING)) {
        Finding.Level level = Finding.Level.valueOf(words.get(1));
        findings.add(new Finding(words.get(2), level, words.get(3), words.get(4)));
      } else {
        facts.put(words.get(1), words.get(2));
      }
    }
  }

  /** Its clock was read at some time between the question and the answer. */
  private HostFacts withClock(Map<String, String> facts, List<Finding> findings)
      throws IOException, InterruptedException {
    long asked = System.currentTimeMillis();
    say(DoctorLines.CLOCK);
    long told = Long.parseLong(answer(ANSWER_SECONDS).get(1));
    long took = System.currentTimeMillis() - asked;
    return new HostFacts(host, facts, findings, told - asked - took / 2, took / 2 + 1);
  }

  /** Lets it listen. @return the port */
  int listen(String token) throws IOException, InterruptedException {
    say(DoctorLines.LISTEN, token);
    List<String> words = answer(ANSWER_SECONDS);
    if (!words.get(0).equals(DoctorLines.PORT)) {
      throw new IOException(words.get(words.size() - 1));
    }
    return Integer.parseInt(words.get(1));
  }

  /** Lets it measure the way to a host whose helper listens. */
  PairFacts measure(String to, String address, int port, String token)
      throws IOException, InterruptedException {
    say(DoctorLines.MEASURE, address, port, token);
    List<String> words = answer(MEASURE_SECONDS);
    if (!words.get(0).equals(DoctorLines.MEASURED)) {
      return PairFacts.broken(
          host, to, "port " + port + " at " + address + ": " + words.get(words.size() - 1));
    }
    return new PairFacts(
        host,
        to,
        Double.parseDouble(words.get(1)),
        Double.parseDouble(words.get(2)),
        Double.parseDouble(words.get(3)),
        "");
  }

  private void say(Object... words) throws IOException {
    try {
      ssh.getOutputStream()
          .write((DoctorLines.join(words) + "\n").getBytes(StandardCharsets.UTF_8));
      ssh.getOutputStream().flush();
    } catch (IOException e) {
      // It has ended; its answer, which does not come, says why.
    }
  }

  private List<String> answer(long seconds) throws IOException, InterruptedException {
    List<String> words = answers.poll(seconds, TimeUnit.SECONDS);
    if (words == null) {
      throw new IOException("it has not answered within " + seconds + " s");
    }
    if (words.equals(GONE)) {
      answers.add(GONE);
      errors.join(TimeUnit.SECONDS.toMillis(1));
      throw new IOException(lastError.isEmpty() ? "ssh has ended without a word" : lastError);
    }
    return words;
  }

  private void readAnswers() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(ssh.getInputStream(), StandardCharsets.UTF_8))) {
      lines
          .lines()
          .map(DoctorLines::wordsOfHelper)
          .filter(words -> !words.isEmpty())
          .forEach(answers::add);
    } catch (IOException | UncheckedIOException e) {
      // An end like any other.
    }
    answers.add(GONE);
  }

  private void readErrors() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(ssh.getErrorStream(), StandardCharsets.UTF_8))) {
      lines.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(this::keep);
    } catch (IOException | UncheckedIOException e) {
      // An end like any other.
    }
  }

  private void keep(String line) {
    lastError = line;
  }

  private static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(null, task, name, 0, false);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  @Override
  public void close() {
    ssh.destroy();
  }
}
