package org.dsm4j.samples.litmus;

import org.dsm4j.Dsm;
import org.dsm4j.DsmLock;
import org.dsm4j.Shared;

/**
 * What protects variables: some locks and monitors for each, shared by its instances. No access
 * holds two of them.
 */
final class Guards {
  private static final int VARIABLES = 8;
  private static final int STRIPES = 8;

  /** Not one for its elements, but as objects to synchronize on. */
  @Shared private static int[][] monitors = new int[VARIABLES * STRIPES][1];

  private final DsmLock[][] locks = new DsmLock[VARIABLES][STRIPES];
  private final DsmLock[] instances = new DsmLock[STRIPES];

  Guards() {
    for (int stripe = 0; stripe < STRIPES; stripe++) {
      for (int variable = 0; variable < VARIABLES; variable++) {
        locks[variable][stripe] = Dsm.lock("litmus.variable." + variable + "." + stripe);
      }
      instances[stripe] = Dsm.lock("litmus.instance." + stripe);
    }
  }

  /** The lock of an instance, for shapes that take one themselves. */
  DsmLock ofInstance(int instance) {
    return instances[instance % STRIPES];
  }

  /** The variable, with each access under a lock of its own. */
  Variable locked(Variable variable, int number) {
    return new Locked(variable, locks[number]);
  }

  /** The variable, with each access synchronized. */
  static Variable synchronizedOn(Variable variable, int number) {
    return new Monitored(variable, number);
  }

  private record Locked(Variable variable, DsmLock[] locks) implements Variable {
    @Override
    public int get(int instance) {
      DsmLock lock = locks[instance % STRIPES];
      lock.lock();
      try {
        return variable.get(instance);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void put(int instance, int value) {
      DsmLock lock = locks[instance % STRIPES];
      lock.lock();
      try {
        variable.put(instance, value);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void add(int instance) {
      DsmLock lock = locks[instance % STRIPES];
      lock.lock();
      try {
        variable.add(instance);
      } finally {
        lock.unlock();
      }
    }
  }

  private record Monitored(Variable variable, int number) implements Variable {
    private int monitor(int instance) {
      return number * STRIPES + instance % STRIPES;
    }

    @Override
    public int get(int instance) {
      @Shared int[] monitor = monitors[monitor(instance)];
      synchronized (monitor) {
        return variable.get(instance);
      }
    }

    @Override
    public void put(int instance, int value) {
      @Shared int[] monitor = monitors[monitor(instance)];
      synchronized (monitor) {
        variable.put(instance, value);
      }
    }

    @Override
    public void add(int instance) {
      @Shared int[] monitor = monitors[monitor(instance)];
      synchronized (monitor) {
        variable.add(instance);
      }
    }
  }
}
