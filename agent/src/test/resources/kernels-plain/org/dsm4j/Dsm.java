package org.dsm4j;

/**
 * What the kernels call, in one JVM without the agent: their right answers come from such a run.
 */
public final class Dsm {
  private Dsm() {}

  public static int node() {
    return 0;
  }

  public static int nodes() {
    return 1;
  }

  public static void barrier() {
    // one node, one thread: everybody is there
  }

  public static <T> T share(T array) {
    return array;
  }
}
