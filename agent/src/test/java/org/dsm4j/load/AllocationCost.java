package org.dsm4j.load;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import org.dsm4j.Dsm;
import org.dsm4j.Shared;
import org.dsm4j.SharedRegion;

/**
 * What it costs to make a shared object: CPU time of the process, the collector's and the kernel's
 * included, in nanoseconds for each, median of several rounds. Run on a node, and without the agent
 * for what Java's own objects cost.
 */
public final class AllocationCost {
  private static final int OBJECTS = 1_000_000;

  private AllocationCost() {}

  @Shared
  static class Body {
    final double x;
    final double y;
    final double z;
    int mass;

    Body(double x, double y, double z, int mass) {
      this.x = x;
      this.y = y;
      this.z = z;
      this.mass = mass;
    }
  }

  @Shared
  static class Link {
    final Link next;
    int value;

    Link(Link next, int value) {
      this.next = next;
      this.value = value;
    }
  }

  @Shared
  static class Guarded {
    volatile int state;
  }

  static Guarded guarded;
  @Shared static Body last;
  @Shared static Link head;
  @Shared static int[] array;
  @Shared static Object[] objects;

  private interface Kernel {
    long run();
  }

  /** Prints a line for each kind of allocation. An argument: how many rounds. */
  public static void main(String[] args) {
    int rounds = args.length == 0 ? 15 : Integer.parseInt(args[0]);
    measure("object of four fields", rounds, AllocationCost::bodies);
    measure("the same in a list", rounds, AllocationCost::list);
    measure("object with a volatile", rounds, AllocationCost::guarded);
    measure("int[4]", rounds, AllocationCost::arrays);
    measure("Object[4]", rounds, AllocationCost::objectArrays);
    try {
      Dsm.node();
    } catch (IllegalStateException withoutAgent) {
      return;
    }
    measure("object made and freed", rounds, AllocationCost::freed);
    measure("object in a region", rounds, () -> inRegion(AllocationCost::bodies));
    measure("list in a region", rounds, () -> inRegion(AllocationCost::list));
  }

  private static long inRegion(Kernel kernel) {
    SharedRegion region = Dsm.region("cost " + Dsm.node());
    try (SharedRegion.Scope scope = region.enter()) {
      return kernel.run();
    } finally {
      region.free();
    }
  }

  private static long bodies() {
    Body body = null;
    for (int i = 0; i < OBJECTS; i++) {
      body = new Body(i, i + 1, i + 2, i);
    }
    last = body;
    return OBJECTS;
  }

  private static long list() {
    Link at = null;
    for (int i = 0; i < OBJECTS; i++) {
      at = new Link(at, i);
    }
    head = at;
    return OBJECTS;
  }

  private static long guarded() {
    for (int i = 0; i < OBJECTS; i++) {
      guarded = new Guarded();
    }
    return OBJECTS;
  }

  private static long arrays() {
    @Shared int[] made = null;
    for (int i = 0; i < OBJECTS; i++) {
      made = new @Shared int[4];
    }
    array = made;
    return OBJECTS;
  }

  private static long objectArrays() {
    @Shared Object[] made = null;
    for (int i = 0; i < OBJECTS; i++) {
      made = new @Shared Object[4];
    }
    objects = made;
    return OBJECTS;
  }

  private static long freed() {
    for (int i = 0; i < OBJECTS; i++) {
      Dsm.free(new Body(i, i, i, i));
    }
    return OBJECTS;
  }

  private static void measure(String what, int rounds, Kernel kernel) {
    OperatingSystemMXBean system =
        (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    double[] costs = new double[rounds];
    for (int round = 0; round < rounds; round++) {
      long start = system.getProcessCpuTime();
      long made = kernel.run();
      costs[round] = (double) (system.getProcessCpuTime() - start) / made;
    }
    Arrays.sort(costs);
    System.out.printf(Locale.ROOT, "%-24s %7.1f ns%n", what, costs[rounds / 2]);
  }
}
