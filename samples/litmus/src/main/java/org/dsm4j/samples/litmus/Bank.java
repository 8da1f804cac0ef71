package org.dsm4j.samples.litmus;

import java.util.SplittableRandom;

/**
 * Memory for the instances of a batch: elements in a row.
 *
 * @param elements how many
 * @param elementBytes size of each
 * @param access how they are accessed
 */
record Bank(int elements, int elementBytes, Access access) {
  /** What counts as a page. */
  static final int PAGE_BYTES = 4096;

  private static final int[] APART_STEP_BYTES = {8, 8, 64, 512, PAGE_BYTES + 64};
  private static final int[] SAME_STEP_BYTES = {0, 0, 64, 256, PAGE_BYTES + 64};

  /** Makes a variable of elements. */
  interface Access {
    /**
     * A variable of a shape.
     *
     * @param number which one
     * @param spread where its instances lie
     */
    Variable variable(int number, Spread spread);
  }

  /**
   * Places a batch at random.
   *
   * @param variables how many an instance has
   * @param instances how many there are
   */
  Spread place(Placement placement, int variables, int instances, SplittableRandom random) {
    return placement == Placement.SAME || variables == 1
        ? side(placement, variables, instances, random)
        : apart(variables, instances, random);
  }

  /** Variables side by side. A single one that is to lie apart does so from its other instances. */
  private Spread side(Placement placement, int variables, int instances, SplittableRandom random) {
    int stepBytes =
        placement == Placement.APART
            ? PAGE_BYTES
            : SAME_STEP_BYTES[random.nextInt(SAME_STEP_BYTES.length)];
    int step = Math.min(elements / instances, Math.max(variables, stepBytes / elementBytes));
    int first = random.nextInt(elements - step * instances + 1);
    return new Spread(first, step, 1);
  }

  /** All instances of one variable, then, a page later, all of the next. */
  private Spread apart(int variables, int instances, SplittableRandom random) {
    int stepBytes = APART_STEP_BYTES[random.nextInt(APART_STEP_BYTES.length)];
    int gap = PAGE_BYTES / elementBytes;
    int most = (elements / variables - gap) / instances;
    int step = Math.max(1, Math.min(most, stepBytes / elementBytes));
    int variableStep = instances * step + gap;
    int first = random.nextInt(elements - variables * variableStep + 1);
    return new Spread(first, step, variableStep);
  }
}
