package org.dsm4j.samples.team;

import java.util.Arrays;
import org.dsm4j.Dsm;
import org.dsm4j.samples.bank.Bank;
import org.dsm4j.samples.buffer.Buffer;
import org.dsm4j.samples.soak.Soak;
import org.dsm4j.samples.sor.Sor;
import org.dsm4j.samples.sort.Sort;

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
      usage: programs bank|buffer|sort|sor|soak|all [--threads T] [option...]

        bank    transfers between accounts under two locks each, with an auditor who locks all
        buffer  producers and consumers on different nodes, and a bounded buffer between them
        sort    a parallel merge sort of one array
        sor     red-black successive over-relaxation of a grid
        soak    locks and writes for a long time while one node is idle: memory must not grow
        all     the first four, one after the other; takes options that all of them have

      each of them explains its options with --help
      """;

  private Main() {}

  /** Runs the program that the first argument names. */
  public static void main(String[] args) throws InterruptedException {
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

  private static void run(String[] args) throws InterruptedException {
    String name = args.length == 0 ? "" : args[0];
    String[] rest = Arrays.copyOfRange(args, Math.min(1, args.length), args.length);
    switch (name) {
      case "bank" -> Bank.main(rest);
      case "buffer" -> Buffer.main(rest);
      case "sort" -> Sort.main(rest);
      case "sor" -> Sor.main(rest);
      case "all" -> all(rest);
      case "soak" -> Soak.main(rest);
      case "--help", "-h" -> {
        if (Dsm.node() == 0) {
          System.out.print(HELP);
        }
      }
      default ->
          throw new IllegalArgumentException(
              "the first argument names a program: bank, buffer, sort, sor, soak or all");
    }
  }

  private static void all(String[] args) throws InterruptedException {
    Bank.main(and(args, "--with=monitors"));
    Bank.main(and(args, "--with=locks"));
    Buffer.main(and(args, "--with=monitors"));
    Buffer.main(and(args, "--with=conditions"));
    Sort.main(args);
    Sor.main(args);
  }

  private static String[] and(String[] args, String more) {
    String[] all = Arrays.copyOf(args, args.length + 1);
    all[args.length] = more;
    return all;
  }
}
