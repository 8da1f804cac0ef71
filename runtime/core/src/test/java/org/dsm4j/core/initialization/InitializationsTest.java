package org.dsm4j.core.initialization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class InitializationsTest {
  private static final Runner T0 = new Runner(0, 1);
  private static final Runner T1 = new Runner(1, 1);
  private static final Runner T2 = new Runner(2, 1);

  private final List<String> answers = new ArrayList<>();
  private final Initializations initializations =
      new Initializations(
          1_000_000_000L,
          new Initializations.Answers() {
            @Override
            public void begun(long request, Outcome outcome, String failure) {
              answers.add(request + " " + outcome + (failure == null ? "" : " " + failure));
            }

            @Override
            public void returned(long request) {
              answers.add(request + " returned");
            }
          });

  private List<String> take() {
    List<String> taken = new ArrayList<>(answers);
    answers.clear();
    return taken;
  }

  @Test
  void theFirstRunsTheOthersWaitThenSeeIt() {
    initializations.begin(1, "A", T0, "main", 0);
    initializations.begin(2, "A", T1, "main", 0);
    initializations.begin(3, "A", T2, "main", 0);
    assertEquals(List.of("1 RUN"), take());
    assertTrue(initializations.done(4, "A", T0, null, 5));
    List<String> after = take();
    assertEquals(3, after.size());
    assertTrue(after.containsAll(List.of("2 DONE", "3 DONE", "4 returned")), after.toString());
    initializations.begin(5, "A", T2, "main", 9);
    assertEquals(List.of("5 DONE"), take());
  }

  @Test
  void aFailureIsEverybodysFailure() {
    initializations.begin(1, "A", T0, "main", 0);
    initializations.begin(2, "A", T1, "main", 0);
    initializations.done(3, "A", T0, "java.lang.Error: boom", 0);
    initializations.begin(4, "A", T2, "main", 0);
    assertTrue(
        take()
            .containsAll(
                List.of(
                    "1 RUN",
                    "2 FAILED java.lang.Error: boom",
                    "3 returned",
                    "4 FAILED java.lang.Error: boom")));
  }

  @Test
  void aCycleBetweenTwoNodesGoesOnAsInOneJvm() {
    initializations.begin(1, "A", T0, "main", 0);
    initializations.begin(2, "B", T1, "main", 0);
    initializations.begin(3, "B", T0, "main", 0);
    assertEquals(List.of("1 RUN", "2 RUN"), take(), "node 0 waits for B");
    initializations.begin(4, "A", T1, "main", 0);
    assertEquals(List.of("4 RECURSIVE"), take(), "the last edge of the cycle is not drawn");
    initializations.done(5, "B", T1, null, 0);
    assertEquals(
        List.of("3 DONE"), take(), "node 1 saw A half-made: it returns when A is complete");
    initializations.done(6, "A", T0, null, 0);
    assertTrue(take().containsAll(List.of("5 returned", "6 returned")));
  }

  @Test
  void aCycleOfThreeIsFound() {
    initializations.begin(1, "A", T0, "main", 0);
    initializations.begin(2, "B", T1, "main", 0);
    initializations.begin(3, "C", T2, "main", 0);
    initializations.begin(4, "B", T0, "main", 0);
    initializations.begin(5, "C", T1, "main", 0);
    take();
    initializations.begin(6, "A", T2, "main", 0);
    assertEquals(List.of("6 RECURSIVE"), take());
  }

  @Test
  void twoThreadsOfOneNodeAreTwoRunners() {
    Runner other = new Runner(0, 2);
    initializations.begin(1, "A", T0, "main", 0);
    initializations.begin(2, "A", other, "worker", 0);
    assertEquals(List.of("1 RUN"), take());
    initializations.begin(3, "A", T0, "main", 0);
    assertEquals(List.of("3 RECURSIVE"), take(), "its own class");
    initializations.done(4, "A", T0, null, 0);
    assertTrue(take().containsAll(List.of("2 DONE", "4 returned")));
  }

  @Test
  void nestedInitializersReturnAtOnce() {
    initializations.begin(1, "A", T0, "main", 0);
    initializations.begin(2, "B", T0, "main", 0);
    initializations.done(3, "B", T0, null, 0);
    initializations.done(4, "A", T0, null, 0);
    assertEquals(List.of("1 RUN", "2 RUN", "3 returned", "4 returned"), take());
  }

  @Test
  void theWaitIsBoundedAndNamesClassNodeAndThread() {
    initializations.begin(1, "a.B", T1, "worker-7", 100);
    initializations.begin(2, "a.B", T0, "main", 100);
    initializations.expire(100 + 999_999_999L);
    assertEquals(List.of("1 RUN"), take());
    initializations.expire(100 + 1_000_000_000L);
    List<String> answer = take();
    assertEquals(1, answer.size());
    String text = answer.get(0);
    assertTrue(
        text.startsWith("2 TIMED_OUT")
            && text.contains("a.B")
            && text.contains("node 1")
            && text.contains("worker-7"),
        text);
    initializations.done(3, "a.B", T1, null, 0);
    assertEquals(List.of("3 returned"), take(), "the one that gave up is not answered again");
  }

  @Test
  void onlyTheRunnerCanEndIt() {
    initializations.begin(1, "A", T0, "main", 0);
    assertFalse(initializations.done(2, "A", T1, null, 0));
    assertFalse(initializations.done(2, "B", T0, null, 0));
    assertTrue(initializations.done(2, "A", T0, null, 0));
    assertFalse(initializations.done(2, "A", T0, null, 0));
  }

  @Test
  void timeMayWrapAround() {
    initializations.begin(1, "A", T0, "main", Long.MAX_VALUE - 5);
    initializations.begin(2, "A", T1, "main", Long.MAX_VALUE - 5);
    initializations.expire(Long.MIN_VALUE + 10);
    assertEquals(List.of("1 RUN"), take(), "15 ns are not a second");
  }

  /**
   * Random programs: threads that initialize classes which need other classes, cycles included.
   * Nobody may hang: with no time passing, everyone comes to an end, and every class runs exactly
   * once.
   */
  @Test
  void randomDependenciesNeverHang() {
    for (long seed = 0; seed < 500; seed++) {
      new RandomProgram(seed).run();
    }
  }

  private static final class RandomProgram implements Initializations.Answers {
    private final Random random;
    private final long seed;
    private final Initializations initializations = new Initializations(Long.MAX_VALUE, this);
    private final Map<Integer, List<Integer>> needs = new HashMap<>();
    private final Map<Integer, Integer> runs = new HashMap<>();
    private final List<Simulated> threads = new ArrayList<>();
    private final Map<Long, Simulated> asked = new HashMap<>();
    private long nextRequest = 1;

    /** A thread: a stack of classes, each with the number of needs it has dealt with. */
    private static final class Simulated {
      final Runner runner;
      final List<int[]> stack = new ArrayList<>();
      final List<Integer> entered = new ArrayList<>();
      boolean waits;
      int asksFor = -1;
      boolean over;

      Simulated(Runner runner, int first) {
        this.runner = runner;
        this.asksFor = first;
      }
    }

    RandomProgram(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      int classes = 2 + random.nextInt(5);
      for (int c = 0; c < classes; c++) {
        List<Integer> list = new ArrayList<>();
        for (int i = 0; i < random.nextInt(3); i++) {
          list.add(random.nextInt(classes));
        }
        needs.put(c, list);
      }
      for (int t = 0; t < 2 + random.nextInt(4); t++) {
        threads.add(new Simulated(new Runner(t, 1), random.nextInt(classes)));
      }
    }

    void run() {
      while (true) {
        List<Simulated> able = threads.stream().filter(t -> !t.over && !t.waits).toList();
        if (able.isEmpty()) {
          break;
        }
        step(able.get(random.nextInt(able.size())));
      }
      assertTrue(threads.stream().allMatch(t -> t.over), "seed " + seed + ": a thread hangs");
      runs.forEach((c, times) -> assertEquals(1, times, "seed " + seed + ": class " + c));
    }

    private void step(Simulated thread) {
      if (thread.asksFor >= 0) {
        thread.waits = true;
        asked.put(nextRequest, thread);
        initializations.begin(nextRequest++, "C" + thread.asksFor, thread.runner, "t", 0);
        return;
      }
      if (thread.stack.isEmpty()) {
        thread.over = true;
        return;
      }
      int[] top = thread.stack.get(thread.stack.size() - 1);
      List<Integer> list = needs.get(top[0]);
      if (top[1] < list.size()) {
        int next = list.get(top[1]++);
        // A class that this JVM has entered is not asked for again: HotSpot's own guard.
        if (!thread.entered.contains(next)) {
          thread.asksFor = next;
        }
      } else {
        thread.stack.remove(thread.stack.size() - 1);
        thread.waits = true;
        asked.put(nextRequest, thread);
        assertTrue(initializations.done(nextRequest++, "C" + top[0], thread.runner, null, 0));
      }
    }

    @Override
    public void begun(long request, Outcome outcome, String failure) {
      Simulated thread = asked.remove(request);
      thread.waits = false;
      thread.entered.add(thread.asksFor);
      if (outcome == Outcome.RUN) {
        runs.merge(thread.asksFor, 1, Integer::sum);
        thread.stack.add(new int[] {thread.asksFor, 0});
      }
      thread.asksFor = -1;
    }

    @Override
    public void returned(long request) {
      asked.remove(request).waits = false;
    }
  }
}
