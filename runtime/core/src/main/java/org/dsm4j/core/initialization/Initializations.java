package org.dsm4j.core.initialization;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Runs each class's shared initializer once in the cluster (rule 3): JVMS 5.5 with nodes for
 * threads. Who comes second waits; a cycle of waits among threads is seen in the wait-for graph
 * when its last edge would be drawn, and that request goes on with what is there instead, as a
 * recursive request does within one thread. Such a thread's own outermost initializer then only
 * counts as returned when the classes it saw half-made are complete, so that afterwards it finds
 * them as one JVM would show them.
 *
 * <p>Not thread-safe: the manager's. Times are nanoseconds, compared by subtraction.
 */
public final class Initializations {
  /** Where answers go. */
  public interface Answers {
    /** The answer to the {@code begin} that was numbered {@code request}. */
    void begun(long request, Outcome outcome, String failure);

    /** The answer to the {@code done} that was numbered {@code request}. */
    void returned(long request);
  }

  private enum Phase {
    RUNNING,
    DONE,
    FAILED
  }

  private static final class ClassState {
    final String owner;
    final Runner runner;
    final String threadName;
    Phase phase = Phase.RUNNING;
    String failure;

    ClassState(String owner, Runner runner, String threadName) {
      this.owner = owner;
      this.runner = runner;
      this.threadName = threadName;
    }
  }

  private record Waiter(long request, Runner runner, ClassState target, long since) {}

  private record Returning(long request, Set<ClassState> unfinished, long since) {}

  private final long boundNanos;
  private final Answers answers;
  private final Map<String, ClassState> classes = new HashMap<>();
  private final Map<Runner, Waiter> waiting = new HashMap<>();
  private final Map<Runner, ArrayDeque<ClassState>> running = new HashMap<>();
  private final Map<Runner, Set<ClassState>> sawHalfMade = new HashMap<>();
  private final List<Returning> returning = new ArrayList<>();

  /**
   * Nothing initialized yet.
   *
   * @param boundNanos how long a class may be waited for
   */
  public Initializations(long boundNanos, Answers answers) {
    this.boundNanos = boundNanos;
    this.answers = answers;
  }

  /**
   * A thread is about to initialize a class's shared statics; answered now or later through {@link
   * Answers#begun}.
   */
  public void begin(long request, String owner, Runner runner, String threadName, long now) {
    ClassState state = classes.get(owner);
    if (state == null) {
      state = new ClassState(owner, runner, threadName);
      classes.put(owner, state);
      running.computeIfAbsent(runner, r -> new ArrayDeque<>()).push(state);
      answers.begun(request, Outcome.RUN, null);
    } else if (state.phase != Phase.RUNNING) {
      answerFinished(request, state);
    } else if (closesCycle(state, runner)) {
      if (!state.runner.equals(runner)) {
        sawHalfMade.computeIfAbsent(runner, r -> new LinkedHashSet<>()).add(state);
      }
      answers.begun(request, Outcome.RECURSIVE, null);
    } else {
      waiting.put(runner, new Waiter(request, runner, state, now));
    }
  }

  private boolean closesCycle(ClassState target, Runner runner) {
    Set<Runner> seen = new HashSet<>();
    Runner next = target.runner;
    while (seen.add(next)) {
      if (next.equals(runner)) {
        return true;
      }
      Waiter waiter = waiting.get(next);
      if (waiter == null) {
        return false;
      }
      next = waiter.target.runner;
    }
    return false;
  }

  private void answerFinished(long request, ClassState state) {
    if (state.phase == Phase.DONE) {
      answers.begun(request, Outcome.DONE, null);
    } else {
      answers.begun(request, Outcome.FAILED, state.failure);
    }
  }

  /**
   * The initializer that this thread was told to run has ended.
   *
   * @param failure null, or why it failed
   * @return false if this thread was not running that class's initializer
   */
  public boolean done(long request, String owner, Runner runner, String failure, long now) {
    ClassState state = classes.get(owner);
    if (state == null || state.phase != Phase.RUNNING || !state.runner.equals(runner)) {
      return false;
    }
    state.phase = failure == null ? Phase.DONE : Phase.FAILED;
    state.failure = failure;
    ArrayDeque<ClassState> stack = running.get(runner);
    stack.remove(state);
    wakeWaiters(state);
    finishReturns(state);
    if (!stack.isEmpty()) {
      answers.returned(request);
      return true;
    }
    running.remove(runner);
    returnWhenComplete(request, sawHalfMade.remove(runner), now);
    return true;
  }

  private void wakeWaiters(ClassState state) {
    for (Iterator<Waiter> it = waiting.values().iterator(); it.hasNext(); ) {
      Waiter waiter = it.next();
      if (waiter.target == state) {
        it.remove();
        answerFinished(waiter.request, state);
      }
    }
  }

  private void finishReturns(ClassState state) {
    for (Iterator<Returning> it = returning.iterator(); it.hasNext(); ) {
      Returning thread = it.next();
      thread.unfinished.remove(state);
      if (thread.unfinished.isEmpty()) {
        it.remove();
        answers.returned(thread.request);
      }
    }
  }

  private void returnWhenComplete(long request, Set<ClassState> halfMade, long now) {
    if (halfMade != null) {
      halfMade.removeIf(state -> state.phase != Phase.RUNNING);
    }
    if (halfMade == null || halfMade.isEmpty()) {
      answers.returned(request);
    } else {
      returning.add(new Returning(request, halfMade, now));
    }
  }

  /** Answers those who have waited for longer than the bound. */
  public void expire(long now) {
    for (Iterator<Waiter> it = waiting.values().iterator(); it.hasNext(); ) {
      Waiter waiter = it.next();
      if (now - waiter.since >= boundNanos) {
        it.remove();
        answers.begun(waiter.request, Outcome.TIMED_OUT, describe(waiter.target));
      }
    }
    for (Iterator<Returning> it = returning.iterator(); it.hasNext(); ) {
      Returning thread = it.next();
      if (now - thread.since >= boundNanos) {
        it.remove();
        answers.returned(thread.request);
      }
    }
  }

  private String describe(ClassState state) {
    return "the static initializer of class "
        + state.owner
        + " has been running on node "
        + state.runner.node()
        + " in thread \""
        + state.threadName
        + "\" for more than "
        + boundNanos / 1_000_000
        + " ms; see what it waits for there, or widen the setting init-timeout";
  }
}
