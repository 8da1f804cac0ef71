package org.dsm4j.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** What a process writes to one of its streams, line by line, as it comes. Thread-safe. */
final class Lines {
  private final List<String> lines = new ArrayList<>();
  private final Thread reader;
  private boolean ended;

  Lines(String name, InputStream stream) {
    reader = new Thread(() -> read(stream), name);
    reader.setDaemon(true);
    reader.start();
  }

  private void read(InputStream stream) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        add(line);
      }
    } catch (IOException closed) {
      add("(the stream broke: " + closed + ")");
    }
    synchronized (this) {
      ended = true;
      notifyAll();
    }
  }

  private synchronized void add(String line) {
    lines.add(line);
    notifyAll();
  }

  synchronized List<String> all() {
    return List.copyOf(lines);
  }

  /**
   * Waits for so many lines that match; null if they do not come in time or the stream ends before.
   */
  synchronized List<String> await(int count, Predicate<String> wanted, Duration limit)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (true) {
      List<String> found = lines.stream().filter(wanted).toList();
      if (found.size() >= count) {
        return found;
      }
      long left = deadline - System.nanoTime();
      if (ended || left <= 0) {
        return null;
      }
      wait(Math.max(1, left / 1_000_000));
    }
  }

  /** Waits until the stream has ended. */
  void awaitEnd(Duration limit) throws InterruptedException {
    reader.join(limit.toMillis());
  }
}
