package org.dsm4j.samples.litmus;

import java.util.SplittableRandom;
import java.util.concurrent.BrokenBarrierException;
import org.dsm4j.Dsm;
import org.dsm4j.DsmBarrier;

/** Runs one thread of a batch. */
final class Player {
  private static final long AWAIT_NANOS = 200_000;
  private static final int AWAIT_TRIES = 2;
  private static final long TICK_NANOS = 500_000;

  /** One in so many pauses gives the processor away. */
  private static final int YIELDS = 64;

  private final Batch batch;
  private final int thread;
  private final Guards guards;
  private final SplittableRandom random;
  private final Program program;
  private final Variable[] variables;

  Player(Batch batch, int thread, Guards guards) {
    this.batch = batch;
    this.thread = thread;
    this.guards = guards;
    this.random = batch.random(thread);
    this.program = batch.row().shape().programs().get(thread);
    this.variables = batch.guarded();
  }

  /** Plays; returns when all threads of the batch have. */
  void play() throws InterruptedException, BrokenBarrierException {
    DsmBarrier barrier = phases(batch.row().shape().threads());
    if (thread == batch.cleaner()) {
      clean();
    }
    barrier.await();
    touch();
    barrier.await();
    awaitTick();
    int[] found = new int[batch.instances()];
    for (int instance : batch.order(thread)) {
      found[instance] = run(instance);
    }
    Results.publish(batch, thread, found);
    barrier.await();
    if (thread == batch.reader()) {
      Results.publish(batch, Results.FINALS, finals());
    }
  }

  /** The barrier of so many threads, for the phases of a batch. */
  private static DsmBarrier phases(int threads) {
    return Dsm.barrier("litmus.phase." + threads, threads);
  }

  /**
   * Threads leave a barrier one after the other; who leaves it within the same tick of the clock,
   * which is the same one for all processes of a machine, begins at the same time.
   */
  private static void awaitTick() {
    long tick = Math.floorDiv(System.nanoTime(), TICK_NANOS) + 1;
    while (Math.floorDiv(System.nanoTime(), TICK_NANOS) < tick) {
      Thread.onSpinWait();
    }
  }

  private void clean() {
    for (Variable variable : batch.bare()) {
      for (int instance = 0; instance < batch.instances(); instance++) {
        variable.put(instance, 0);
      }
    }
  }

  /** Some variables are on this node before it begins, and may be old when they are read. */
  private void touch() {
    for (Variable variable : batch.bare()) {
      boolean wanted = random.nextInt(4) != 0;
      for (int instance = 0; wanted && instance < batch.instances(); instance++) {
        if (variable.get(instance) != 0) {
          throw new AssertionError(
              batch.row().name()
                  + ": a variable is not 0 behind the barrier after it was set to 0, "
                  + batch);
        }
      }
    }
  }

  private int[] finals() {
    Shape shape = batch.row().shape();
    int[] found = new int[batch.instances()];
    for (int instance = 0; instance < found.length; instance++) {
      long bits = 0;
      for (int place = 0; place < shape.finals().size(); place++) {
        int value = batch.bare()[shape.finals().get(place)].get(instance);
        bits = Outcome.with(bits, place, value);
      }
      found[instance] = (int) bits;
    }
    return found;
  }

  /** One instance; what was observed, in the places of this thread. */
  private int run(int instance) {
    long observed = 0;
    int place = 0;
    int latest = -1;
    int next = 0;
    while (next < program.length()) {
      Op op = program.op(next++);
      pause();
      switch (op.kind()) {
        case WRITE -> variables[op.variable()].put(instance, op.value());
        case READ -> {
          latest = variables[op.variable()].get(instance);
          observed = Outcome.with(observed, place++, latest);
        }
        case QUERY -> latest = variables[op.variable()].get(instance);
        case AWAIT -> latest = await(variables[op.variable()], instance, op.value());
        case INCREMENT -> {
          Variable variable = variables[op.variable()];
          variable.put(instance, variable.get(instance) + 1);
        }
        case ATOMIC -> variables[op.variable()].add(instance);
        case IF -> next = latest == op.value() ? op.target() : next;
        case GO -> next = op.target();
        case NOTE -> observed = Outcome.with(observed, place++, 1);
        case LOCK -> guards.ofInstance(instance).lock();
        case UNLOCK -> guards.ofInstance(instance).unlock();
        default -> throw new AssertionError(op);
      }
    }
    for (; place < program.observed(); place++) {
      observed = Outcome.with(observed, place, Outcome.NONE);
    }
    return (int) observed;
  }

  private static int await(Variable variable, int instance, int wanted) {
    long start = System.nanoTime();
    int found = variable.get(instance);
    for (int tries = 1; found != wanted; tries++) {
      if (tries >= AWAIT_TRIES && System.nanoTime() - start > AWAIT_NANOS) {
        break;
      }
      Thread.onSpinWait();
      found = variable.get(instance);
    }
    return found;
  }

  /**
   * On a machine with fewer cores than threads, who only spins keeps the others from overlapping.
   */
  private void pause() {
    if (batch.jitter() == 0) {
      return;
    }
    int turns = random.nextInt(batch.jitter());
    if (turns % YIELDS == 0) {
      Thread.yield();
    }
    for (; turns > 0; turns--) {
      Thread.onSpinWait();
    }
  }
}
