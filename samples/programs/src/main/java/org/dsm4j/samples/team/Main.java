package org.dsm4j.samples.team;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.dsm4j.Dsm;
import org.dsm4j.samples.bank.Bank;
import org.dsm4j.samples.buffer.Buffer;
import org.dsm4j.samples.kmeans.Kmeans;
import org.dsm4j.samples.lru.Lru;
import org.dsm4j.samples.mandelbrot.Mandelbrot;
import org.dsm4j.samples.soak.Soak;
import org.dsm4j.samples.sor.Sor;
import org.dsm4j.samples.sort.Sort;
import org.dsm4j.samples.tsp.Tsp;
import org.dsm4j.samples.wordcount.WordCount;

/**
 * Runs one of the programs, which check themselves: the last line of node 0 tells what was done and
 * ends with {@code verified}; a wrong result ends all nodes with status 1.
 *
 * <pre>
 * dsm run -n 4 -jar programs.jar bank --threads 4
 * </pre>
 */
public final class Main {
  private static final int STATUS_MISUSE = 2;

  private static final String HELP =
      """
      usage: programs PROGRAM [--threads T] [option...]

        bank        transfers between accounts under two locks each, with an auditor who locks all
        buffer      producers and consumers on different nodes, and a bounded buffer between them
        sort        a parallel merge sort of one array
        sor         red-black successive over-relaxation of a grid
        tsp         the shortest round trip through all cities, by branch and bound
        kmeans      clusters of points, by the method of k means
        wordcount   the words of a novel, in a hash map that all nodes have
        lru         a cache of bounded size that all nodes ask and fill
        mandelbrot  a picture whose rows are given out one by one
        soak        locks and writes for a long time while one node is idle: memory must not grow
        all         all but soak, one after the other; takes --threads and --short, for small sizes

      each of them explains its options with --help
      """;

  private Main() {}

  /** Runs the program that the first argument names. */
  public static void main(String[] args) throws Exception {
    try {
      run(args);
    } catch (IllegalArgumentException e) {
      if (Dsm.node() == 0) {
        System.err.println("programs: " + e.getMessage());
      }
      // All nodes have found the same. None leaves before node 0 has said it, or it would seem to
      // have ended the others.
      Dsm.barrier();
      System.exit(STATUS_MISUSE);
    }
  }

  private static void run(String[] args) throws Exception {
    String name = args.length == 0 ? "" : args[0];
    String[] rest = Arrays.copyOfRange(args, Math.min(1, args.length), args.length);
    switch (name) {
      case "bank" -> Bank.main(rest);
      case "buffer" -> Buffer.main(rest);
      case "sort" -> Sort.main(rest);
      case "sor" -> Sor.main(rest);
      case "tsp" -> Tsp.main(rest);
      case "kmeans" -> Kmeans.main(rest);
      case "wordcount" -> WordCount.main(rest);
      case "lru" -> Lru.main(rest);
      case "mandelbrot" -> Mandelbrot.main(rest);
      case "all" -> all(rest);
      case "soak" -> Soak.main(rest);
      case "--help", "-h" -> {
        if (Dsm.node() == 0) {
          System.out.print(HELP);
        }
      }
      default ->
          throw new IllegalArgumentException(
              "the first argument names a program; --help lists them");
    }
  }

  private static void all(String[] args) throws Exception {
    List<String> words = new ArrayList<>(List.of(args));
    boolean small = words.remove("--short");
    Arguments arguments = new Arguments("all", words.toArray(String[]::new));
    int threads = arguments.number("--threads", 2, 1, 1000, "threads on each node");
    if (!arguments.areRead()) {
      return;
    }
    String team = "--threads=" + threads;
    Bank.main(new String[] {team, "--with=monitors"});
    Bank.main(new String[] {team, "--with=locks"});
    Buffer.main(new String[] {team, "--with=monitors"});
    Buffer.main(new String[] {team, "--with=conditions"});
    Sort.main(new String[] {team});
    Sor.main(new String[] {team});
    Tsp.main(new String[] {team, "--cities", small ? "9" : "13"});
    Kmeans.main(new String[] {team, "--points", small ? "2000" : "20000"});
    WordCount.main(new String[] {team, "--lines", small ? "2000" : "100000"});
    Lru.main(new String[] {team, "--requests", small ? "600" : "2000"});
    Mandelbrot.main(new String[] {team, "--limit", small ? "100" : "1000"});
  }
}
