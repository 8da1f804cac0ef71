package org.dsm4j.samples.life;

/**
 * Conway's Game of Life on a torus, its rows split over the nodes of a cluster: plain Java, two
 * {@code @Shared} arrays and a barrier a generation.
 *
 * <pre>
 * dsm run -n 4 -jar life.jar --pattern acorn --grid 512x512 --iterations 1000
 * </pre>
 *
 * <p>The last line of node 0 is {@code generation K population P crc32 XXXXXXXX}, the same for any
 * number of nodes. Bad input ends every node with status 2, after one line from node 0. Without the
 * agent it is an ordinary program of one JVM.
 */
public final class Life {
  private static final int STATUS_MISUSE = 2;

  private Life() {}

  /** Plays as the arguments say; {@code --help} lists them. */
  public static void main(String[] args) throws InterruptedException {
    Cluster cluster = Cluster.join();
    try {
      Options options = Options.parse(args);
      if (options.help()) {
        if (cluster.node() == 0) {
          System.out.print(Options.HELP);
        }
        return;
      }
      Pattern pattern = Patterns.load(options.pattern());
      Placement.check(pattern, options.rows(), options.columns(), cluster.nodes());
      new Game(cluster, options, pattern).play();
    } catch (BadInputException e) {
      if (cluster.node() == 0) {
        System.err.println("life: " + e.getMessage());
      }
      // All nodes have found the same. None leaves before node 0 has said it, or it would seem to
      // have ended the others.
      cluster.barrier();
      System.exit(STATUS_MISUSE);
    }
  }
}
