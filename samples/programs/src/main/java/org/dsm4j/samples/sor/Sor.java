package org.dsm4j.samples.sor;

import java.util.Arrays;
import org.dsm4j.Dsm;
import org.dsm4j.Shared;
import org.dsm4j.samples.team.Arguments;
import org.dsm4j.samples.team.Team;

/**
 * Red-black successive over-relaxation: heat spreads from the rim of a grid. Rows are split over
 * all threads of all nodes, with a barrier after each colour; the result is that of one thread, to
 * the bit.
 */
public final class Sor {
  @Shared static double[][] grid;

  private final Team team;
  private final int rows;
  private final int columns;
  private final int iterations;

  private Sor(Team team, int rows, int columns, int iterations) {
    this.team = team;
    this.rows = rows;
    this.columns = columns;
    this.iterations = iterations;
  }

  /** Runs; {@code --help} lists the options. */
  public static void main(String[] args) throws InterruptedException {
    Arguments arguments = new Arguments("sor", args);
    int threads = arguments.number("--threads", 2, 1, 1000, "threads on each node");
    int rows = arguments.number("--rows", 256, 3, 1 << 20, "rows of the grid");
    int columns = arguments.number("--columns", 256, 3, 1 << 20, "columns of the grid");
    int iterations = arguments.number("--iterations", 50, 0, 1_000_000_000, "iterations");
    if (arguments.areRead()) {
      new Sor(new Team("sor", threads), rows, columns, iterations).run();
    }
  }

  private void run() throws InterruptedException {
    if (Dsm.node() == 0) {
      grid = new double[rows][columns];
    }
    Dsm.barrier();
    team.start(this::relax);
    team.join();
    if (Dsm.node() == 0) {
      double[][] expected = alone();
      boolean right = true;
      double sum = 0;
      for (int row = 0; row < rows; row++) {
        // equals of doubles is that of their bits
        right &= Arrays.equals(expected[row], grid[row]);
        sum += Arrays.stream(expected[row]).sum();
      }
      team.report(
          right, String.format("%d x %d, %d iterations, sum %s", rows, columns, iterations, sum));
    }
  }

  /** A member's rows, which it also fills, so that their pages are where they are used. */
  private void relax(int member) throws Exception {
    int first = team.first(member, rows);
    int end = team.first(member + 1, rows);
    for (int row = first; row < end; row++) {
      Relaxation.fill(grid[row], row, rows);
    }
    team.barrier();
    int inner = Math.max(first, 1);
    int innerEnd = Math.min(end, rows - 1);
    for (int half = 0; half < 2 * iterations; half++) {
      for (int row = inner; row < innerEnd; row++) {
        Relaxation.relax(grid[row - 1], grid[row], grid[row + 1], (row + half) % 2);
      }
      team.barrier();
    }
  }

  /** What one thread makes of it on the heap. */
  private double[][] alone() {
    double[][] heap = new double[rows][columns];
    for (int row = 0; row < rows; row++) {
      Relaxation.fill(heap[row], row, rows);
    }
    for (int half = 0; half < 2 * iterations; half++) {
      for (int row = 1; row < rows - 1; row++) {
        Relaxation.relax(heap[row - 1], heap[row], heap[row + 1], (row + half) % 2);
      }
    }
    return heap;
  }
}
