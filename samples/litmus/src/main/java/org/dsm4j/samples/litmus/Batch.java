package org.dsm4j.samples.litmus;

import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.dsm4j.Consistency;

/**
 * Many instances of a row that are run between two barriers. Everything in it follows from its
 * seed, so that all nodes find the same.
 */
final class Batch {
  /** The most that a batch may have. */
  static final int INSTANCES_MAX = 256;

  private static final int[] JITTERS = {0, 30, 300, 300, 1500};
  private static final int DISTINCT_PERCENT = 75;
  private static final int ONE_ORDER_PERCENT = 70;
  private static final int NOISE_PERCENT = 50;

  private final Row row;
  private final int number;
  private final long seed;
  private final int instances;
  private final int[] nodes;
  private final boolean distinct;
  private final Variable[] bare;
  private final Variable[] guarded;
  private final int cleaner;
  private final int reader;
  private final int jitter;
  private final boolean oneOrder;
  private final boolean noisy;

  /**
   * A batch.
   *
   * @param number counts the batches of a run
   * @param wanted instances; less are run if the variables do not suffice
   * @param clusterNodes how many nodes there are
   */
  Batch(Row row, int number, long seed, int wanted, int clusterNodes, Guards guards) {
    this.row = row;
    this.number = number;
    this.seed = seed;
    SplittableRandom random = new SplittableRandom(seed);
    Shape shape = row.shape();
    int threads = shape.threads();
    nodes = spread(threads, clusterNodes, random);
    distinct = IntStream.of(nodes).distinct().count() == threads;
    cleaner = random.nextInt(threads);
    reader = random.nextInt(threads);
    jitter = JITTERS[random.nextInt(JITTERS.length)];
    oneOrder = random.nextInt(100) < ONE_ORDER_PERCENT;
    noisy = random.nextInt(100) < NOISE_PERCENT;
    int variables = shape.variables().length();
    int own = (int) IntStream.range(0, variables).filter(v -> !shape.isPayload(v)).count();
    instances =
        row.variant() == Variant.VOLATILE
            ? Math.min(wanted, VolatileCells.instances(row.placement(), own))
            : wanted;
    bare = new Variable[variables];
    guarded = new Variable[variables];
    bind(own, random, guards);
  }

  /** Which node each thread is on: mostly each on one of its own, if there are enough. */
  private static int[] spread(int threads, int nodes, SplittableRandom random) {
    boolean distinct = nodes >= threads && random.nextInt(100) < DISTINCT_PERCENT;
    int needed = distinct ? threads : Math.min(2, Math.min(nodes, threads));
    while (true) {
      int[] chosen = IntStream.range(0, threads).map(thread -> random.nextInt(nodes)).toArray();
      if (IntStream.of(chosen).distinct().count() >= needed) {
        return chosen;
      }
    }
  }

  private void bind(int own, SplittableRandom random, Guards guards) {
    Shape shape = row.shape();
    boolean large = random.nextBoolean();
    Bank bank =
        switch (row.variant()) {
          case PLAIN, LOCKED, MONITOR -> ArrayBanks.of(shape.kind(), large);
          case RELEASE -> MemoryBanks.of(shape.kind(), Consistency.RELEASE);
          case SEQUENTIAL -> MemoryBanks.of(shape.kind(), Consistency.SEQUENTIAL);
          case VOLATILE -> null;
        };
    Spread spread = bank == null ? null : bank.place(row.placement(), own, instances, random);
    Bank payload = ArrayBanks.payload(large);
    int payloads = bare.length - own;
    Spread payloadSpread =
        payloads == 0 ? null : payload.place(row.placement(), payloads, instances, random);
    for (int number = 0; number < bare.length; number++) {
      if (shape.isPayload(number)) {
        bare[number] = payload.access().variable(number - own, payloadSpread);
        guarded[number] = bare[number];
      } else {
        bare[number] =
            bank == null
                ? VolatileCells.variable(shape.kind(), row.placement(), number, own)
                : bank.access().variable(number, spread);
        guarded[number] = guard(bare[number], number, guards);
      }
    }
  }

  private Variable guard(Variable variable, int number, Guards guards) {
    return switch (row.variant()) {
      case LOCKED -> guards.locked(variable, number);
      case MONITOR -> Guards.synchronizedOn(variable, number);
      default -> variable;
    };
  }

  Row row() {
    return row;
  }

  int number() {
    return number;
  }

  int instances() {
    return instances;
  }

  /** The node of a thread. */
  int node(int thread) {
    return nodes[thread];
  }

  /** Whether each thread is on another node. */
  boolean isDistinct() {
    return distinct;
  }

  /** The variables as they are accessed before and after, when nobody else does. */
  Variable[] bare() {
    return bare;
  }

  /** The variables as the threads of the shape access them. */
  Variable[] guarded() {
    return guarded;
  }

  /** The thread that sets all variables to 0 before. */
  int cleaner() {
    return cleaner;
  }

  /** The thread that reads what is left afterwards. */
  int reader() {
    return reader;
  }

  /** The longest pause between two operations, in turns of a loop; 0 = none. */
  int jitter() {
    return jitter;
  }

  /** Whether something else goes on beside it. */
  boolean isNoisy() {
    return noisy;
  }

  /** A source of random numbers for a thread. */
  SplittableRandom random(int thread) {
    return new SplittableRandom(seed + 1 + thread);
  }

  /** In which order a thread runs the instances. */
  int[] order(int thread) {
    SplittableRandom random = oneOrder ? new SplittableRandom(seed) : random(thread);
    int[] order = IntStream.range(0, instances).toArray();
    for (int i = instances - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
    return order;
  }

  /** What there is to know of a batch that went wrong. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("batch " + number + ", " + instances + " instances");
    for (int thread = 0; thread < nodes.length; thread++) {
      text.append(thread == 0 ? ", threads on nodes " : ",").append(nodes[thread]);
    }
    return text.append(noisy ? ", with locks and collections beside it" : "").toString();
  }
}
