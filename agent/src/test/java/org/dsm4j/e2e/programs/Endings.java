package org.dsm4j.e2e.programs;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import org.dsm4j.Dsm;
import org.dsm4j.Shared;

/** Ways for a node to end. */
public final class Endings {
  private static final int FAILING_NODE = 1;

  @Shared static int[] numbers;

  private Endings() {}

  /** The argument names the way. */
  public static void main(String[] args) throws IOException {
    if (Dsm.node() == 0) {
      numbers = new int[3 * 1024];
    }
    Dsm.barrier();
    switch (args[0]) {
      case "early" -> early();
      case "echo" -> echo();
      default -> fail(args[0]);
    }
  }

  /** Every node writes its part; all but node 0 end; node 0 reads what they left. */
  private static void early() {
    @Shared int[] cells = numbers;
    int share = cells.length / Dsm.nodes();
    for (int i = 0; i < share; i++) {
      cells[Dsm.node() * share + i] = i < 1000 ? Dsm.node() + 1 : 0;
    }
    Dsm.barrier();
    if (Dsm.node() == 0) {
      int sum = 0;
      for (int i = 0; i < cells.length; i++) {
        sum += cells[i];
      }
      System.out.println("sum " + sum);
    }
  }

  private static void echo() throws IOException {
    BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
    System.out.println(Dsm.node() + " got " + in.readLine());
  }

  /** One node fails, the others wait for it in a barrier. */
  private static void fail(String how) {
    if (Dsm.node() == FAILING_NODE) {
      switch (how) {
        case "exit3" -> System.exit(3);
        case "halt5" -> Runtime.getRuntime().halt(5);
        default -> throw new IllegalStateException("this node fails");
      }
    }
    Dsm.barrier();
  }
}
