package org.dsm4j.samples.litmus;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

/**
 * The outcomes that a shape may have, found by going through all its executions.
 *
 * <ul>
 *   <li>{@link #sequential}: all interleavings (Lamport 1979). That is what JLS 17.4.3 promises to
 *       programs whose conflicts are all ordered, hence to variants whose variables are volatile or
 *       protected by locks, and what SEQUENTIAL memory promises for its typed accesses.
 *   <li>{@link #racy}: happens-before consistency (JLS 17.4.5) with no order but that of each
 *       thread: a read sees any write that does not come after it and that none in between hides.
 *       RELEASE memory allows no more: aligned variables, long ones too, are never seen half
 *       written. Writes of two nodes that race may leave a mix of their bytes
 *       (docs/memory-model.md), but only of bytes that they leave alike: no two values of a {@link
 *       Variable} have one in common.
 * </ul>
 */
final class Model {
  private final Shape shape;
  private final boolean atomic;
  private final Set<Long> outcomes = new HashSet<>();
  private final Set<State> seen = new HashSet<>();

  private Model(Shape shape, boolean atomic) {
    this.shape = shape;
    this.atomic = atomic;
  }

  /**
   * The outcomes of all interleavings.
   *
   * @param atomic whether {@link Op.Kind#ATOMIC} is one step; else it is a read and a write
   */
  static Set<Long> sequential(Shape shape, boolean atomic) {
    Model model = new Model(shape, atomic);
    model.explore(new State(shape));
    return model.outcomes;
  }

  /**
   * The outcomes that unordered accesses may have. Only for shapes that take no lock and write
   * nothing that depends on what they read.
   */
  static Set<Long> racy(Shape shape) {
    Model model = new Model(shape, true);
    model.combine(0, 0, new ArrayList<>());
    return model.outcomes;
  }

  // ---- interleavings

  /** Where all threads are, and what is in memory. */
  private static final class State {
    final int[] next;
    final int[] latest;
    final int[] adding;
    final int[] place;
    final int[] memory;
    int owner = -1;
    long outcome;

    State(Shape shape) {
      int threads = shape.threads();
      next = new int[threads];
      latest = new int[threads];
      adding = new int[threads];
      Arrays.fill(adding, -1);
      place = new int[threads];
      for (int thread = 0; thread < threads; thread++) {
        place[thread] = shape.firstPlace(thread);
      }
      memory = new int[shape.variables().length()];
    }

    State(State other) {
      next = other.next.clone();
      latest = other.latest.clone();
      adding = other.adding.clone();
      place = other.place.clone();
      memory = other.memory.clone();
      owner = other.owner;
      outcome = other.outcome;
    }

    private int[][] parts() {
      return new int[][] {next, latest, adding, place, memory, {owner}};
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof State state
          && outcome == state.outcome
          && Arrays.deepEquals(parts(), state.parts());
    }

    @Override
    public int hashCode() {
      return Objects.hash(outcome, Arrays.deepHashCode(parts()));
    }
  }

  private void explore(State state) {
    if (!seen.add(state)) {
      return;
    }
    boolean ended = true;
    for (int thread = 0; thread < shape.threads(); thread++) {
      Program program = shape.programs().get(thread);
      if (state.next[thread] < program.length()) {
        ended = false;
        State after = new State(state);
        if (step(after, thread, program.op(state.next[thread]))) {
          explore(after);
        }
      }
    }
    if (ended) {
      outcomes.add(finish(state));
    }
  }

  /** One step of a thread; false if it has to wait. */
  private boolean step(State state, int thread, Op op) {
    int variable = op.variable();
    int next = state.next[thread] + 1;
    switch (op.kind()) {
      case WRITE -> state.memory[variable] = op.value();
      case READ -> {
        state.latest[thread] = state.memory[variable];
        observe(state, thread, state.latest[thread]);
      }
      case QUERY, AWAIT -> state.latest[thread] = state.memory[variable];
      case INCREMENT, ATOMIC -> {
        if (atomic && op.kind() == Op.Kind.ATOMIC) {
          state.memory[variable]++;
        } else if (state.adding[thread] < 0) {
          state.adding[thread] = state.memory[variable];
          next--;
        } else {
          state.memory[variable] = state.adding[thread] + 1;
          state.adding[thread] = -1;
        }
      }
      case IF -> next = state.latest[thread] == op.value() ? op.target() : next;
      case GO -> next = op.target();
      case NOTE -> observe(state, thread, 1);
      case LOCK -> {
        if (state.owner >= 0) {
          return false;
        }
        state.owner = thread;
      }
      case UNLOCK -> state.owner = -1;
      default -> throw new AssertionError(op);
    }
    state.next[thread] = next;
    return true;
  }

  private static void observe(State state, int thread, int value) {
    state.outcome = Outcome.with(state.outcome, state.place[thread]++, value);
  }

  /** What was not observed is marked, and what is left in memory added. */
  private long finish(State state) {
    long outcome = state.outcome;
    for (int thread = 0; thread < shape.threads(); thread++) {
      outcome = absent(outcome, state.place[thread], shape.firstPlace(thread + 1));
    }
    int place = shape.firstPlace(shape.threads());
    for (int variable : shape.finals()) {
      outcome = Outcome.with(outcome, place++, state.memory[variable]);
    }
    return outcome;
  }

  private static long absent(long outcome, int from, int to) {
    long marked = outcome;
    for (int place = from; place < to; place++) {
      marked = Outcome.with(marked, place, Outcome.NONE);
    }
    return marked;
  }

  // ---- happens-before consistency

  /** Chooses what each thread reads, thread by thread. */
  private void combine(int thread, long outcome, List<int[]> lastWrites) {
    if (thread == shape.threads()) {
      conclude(outcome, lastWrites, 0);
      return;
    }
    int[] written = new int[shape.variables().length()];
    Arrays.fill(written, -1);
    run(thread, 0, shape.firstPlace(thread), -1, outcome, written, lastWrites);
  }

  private void run(
      int thread,
      int at,
      int place,
      int latest,
      long outcome,
      int[] written,
      List<int[]> lastWrites) {
    Program program = shape.programs().get(thread);
    if (at == program.length()) {
      lastWrites.add(written);
      combine(thread + 1, absent(outcome, place, shape.firstPlace(thread + 1)), lastWrites);
      lastWrites.remove(lastWrites.size() - 1);
      return;
    }
    Op op = program.op(at);
    switch (op.kind()) {
      case WRITE -> {
        int[] after = written.clone();
        after[op.variable()] = op.value();
        run(thread, at + 1, place, latest, outcome, after, lastWrites);
      }
      case READ -> {
        for (int value : visible(thread, op.variable(), written)) {
          long read = Outcome.with(outcome, place, value);
          run(thread, at + 1, place + 1, value, read, written, lastWrites);
        }
      }
      case IF -> {
        int next = latest == op.value() ? op.target() : at + 1;
        run(thread, next, place, latest, outcome, written, lastWrites);
      }
      default -> throw new IllegalArgumentException(shape.name() + " says itself what is allowed");
    }
  }

  /** What a thread may read: what it wrote last, or else 0; and whatever others write at all. */
  private Set<Integer> visible(int thread, int variable, int[] written) {
    Set<Integer> values = new TreeSet<>();
    values.add(Math.max(0, written[variable]));
    for (int other = 0; other < shape.threads(); other++) {
      Program program = shape.programs().get(other);
      for (int i = 0; other != thread && i < program.length(); i++) {
        Op op = program.op(i);
        if (op.kind() == Op.Kind.WRITE && op.variable() == variable) {
          values.add(op.value());
        }
      }
    }
    return values;
  }

  /** At the end any thread's last write may be found, or 0 if there is none. */
  private void conclude(long outcome, List<int[]> lastWrites, int index) {
    if (index == shape.finals().size()) {
      outcomes.add(outcome);
      return;
    }
    int variable = shape.finals().get(index);
    Set<Integer> values = new TreeSet<>();
    for (int[] written : lastWrites) {
      if (written[variable] >= 0) {
        values.add(written[variable]);
      }
    }
    if (values.isEmpty()) {
      values.add(0);
    }
    int place = shape.firstPlace(shape.threads()) + index;
    for (int value : values) {
      conclude(Outcome.with(outcome, place, value), lastWrites, index + 1);
    }
  }
}
