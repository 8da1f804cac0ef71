package org.dsm4j.samples.lru;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.dsm4j.Dsm;
import org.dsm4j.Shared;
import org.dsm4j.samples.team.Arguments;
import org.dsm4j.samples.team.Team;

/**
 * A cache of what is slow to find out, which all nodes ask and fill. Some questions are asked far
 * more often than others. The requests are written down in the order in which the cache answered
 * them: a LinkedHashMap, asked the same, must answer the same.
 */
public final class Lru {
  private static final int QUESTIONS = 4000;

  @Shared private static LruCache<Integer, String> cache;

  /**
   * What was asked, in this order; the complement of a question that the cache could answer. It is
   * written under the monitor of the cache.
   */
  @Shared private static int[] notes;

  @Shared private static int noted;

  /** The sum of the lengths of all answers, which does not depend on who asked first. */
  @Shared private static final AtomicLong letters = new AtomicLong();

  private final Team team;
  private final int capacity;
  private final int requests;

  private Lru(Team team, int capacity, int requests) {
    this.team = team;
    this.capacity = capacity;
    this.requests = requests;
  }

  /** Runs; {@code --help} lists the options. */
  public static void main(String[] args) throws InterruptedException {
    Arguments arguments = new Arguments("lru", args);
    int threads = arguments.number("--threads", 2, 1, 1000, "threads on each node");
    int capacity = arguments.number("--capacity", 100, 1, 1_000_000, "entries of the cache");
    int requests = arguments.number("--requests", 2000, 1, 100_000_000, "requests of all threads");
    if (arguments.areRead()) {
      new Lru(new Team("lru", threads), capacity, requests).run();
    }
  }

  private void run() throws InterruptedException {
    if (Dsm.node() == 0) {
      cache = new LruCache<>(capacity);
      notes = new int[requests];
      noted = 0;
      letters.set(0);
    }
    Dsm.barrier();
    team.start(this::ask);
    team.join();
    if (Dsm.node() == 0) {
      report();
    }
  }

  private void ask(int member) {
    long sum = 0;
    for (int i = team.first(member, requests); i < team.first(member + 1, requests); i++) {
      int question = question(i);
      sum += answer(question).length();
    }
    letters.addAndGet(sum);
  }

  /** The i-th of all requests: small numbers come often, large ones seldom. */
  private static int question(int i) {
    double random = new Random(i).nextDouble();
    return 1 + (int) (QUESTIONS * Math.pow(random, 4));
  }

  private static String answer(int question) {
    synchronized (cache) {
      String known = cache.get(question);
      if (known != null) {
        notes[noted++] = ~question;
        return known;
      }
    }
    String found = factors(question);
    synchronized (cache) {
      notes[noted++] = question;
      cache.put(question, found);
    }
    return found;
  }

  /** A number as the product of its prime factors. */
  private static String factors(int number) {
    List<String> factors = new ArrayList<>();
    int left = number;
    for (int factor = 2; factor <= left; factor++) {
      for (; left % factor == 0; left /= factor) {
        factors.add("" + factor);
      }
    }
    return number + " = " + String.join(" x ", factors);
  }

  private void report() {
    Map<Integer, String> map =
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<Integer, String> eldest) {
            return size() > capacity;
          }
        };
    boolean right = noted == requests;
    for (int note : notes) {
      if (note < 0) {
        right &= map.get(~note) != null;
      } else {
        map.put(note, factors(note));
      }
    }
    right &= new ArrayList<>(map.keySet()).equals(cache.keys());
    for (Map.Entry<Integer, String> entry : map.entrySet()) {
      right &= entry.getValue().equals(cache.get(entry.getKey()));
    }
    long expected = 0;
    for (int i = 0; i < requests; i++) {
      expected += factors(question(i)).length();
    }
    right &= letters.get() == expected;
    team.report(
        right,
        String.format("%d requests, %d letters, %d entries", requests, expected, cache.size()));
  }
}
