package org.dsm4j.samples.buffer;

import org.dsm4j.Dsm;
import org.dsm4j.Shared;
import org.dsm4j.samples.team.Arguments;
import org.dsm4j.samples.team.Team;

/**
 * A bounded buffer. Nodes with even numbers produce, those with odd numbers consume; a node alone
 * does both. Every item must come out once, each producer's in the order in which it made them.
 */
public final class Buffer {
  @Shared private static final Object sums = new Object();
  @Shared private static long sum;
  @Shared private static long taken;

  private final Store store;
  private final int threads;
  private final int items;

  private Buffer(Store store, int threads, int items) {
    this.store = store;
    this.threads = threads;
    this.items = items;
  }

  /** Runs; {@code --help} lists the options. */
  public static void main(String[] args) throws InterruptedException {
    Arguments arguments = new Arguments("buffer", args);
    int threads = arguments.number("--threads", 2, 1, 1000, "producers or consumers on each node");
    int room = arguments.number("--room", 16, 1, 1_000_000, "items that the buffer holds");
    int items = arguments.number("--items", 800, 0, 40_000, "items of all producers");
    String with = arguments.choice("--with", "how threads wait", "monitors", "conditions");
    if (arguments.areRead()) {
      Store store = with.equals("conditions") ? new ConditionStore() : new MonitorStore();
      new Buffer(store, threads, items).run(room);
    }
  }

  private void run(int room) throws InterruptedException {
    boolean alone = Dsm.nodes() == 1;
    int producers = threads * ((Dsm.nodes() + 1) / 2);
    if (Dsm.node() == 0) {
      Ring.create(room, items, producers);
      sum = 0;
      taken = 0;
    }
    Team team = new Team("buffer", threads);
    Dsm.barrier();
    if (Dsm.node() % 2 == 0) {
      for (int i = 0; i < threads; i++) {
        int producer = Dsm.node() / 2 * threads + i;
        team.start("producer-" + producer, () -> produce(producer, producers));
      }
    }
    if (Dsm.node() % 2 == 1 || alone) {
      for (int i = 0; i < threads; i++) {
        team.start("consumer-" + i, this::consume);
      }
    }
    team.join();
    if (Dsm.node() == 0) {
      team.report(
          taken == items && sum == expected(), String.format("%d items, a sum of %d", taken, sum));
    }
  }

  private void produce(int producer, int producers) throws InterruptedException {
    int end = Ring.first(producer + 1, items, producers);
    for (int item = Ring.first(producer, items, producers); item < end; item++) {
      store.put(producer, item);
    }
    store.leave();
  }

  private void consume() throws InterruptedException {
    long values = 0;
    long count = 0;
    for (long value = store.take(); value != Store.NONE; value = store.take()) {
      values += value;
      count++;
    }
    synchronized (sums) {
      sum += values;
      taken += count;
    }
  }

  private long expected() {
    long all = 0;
    for (int item = 0; item < items; item++) {
      all += Ring.value(item);
    }
    return all;
  }
}
