package jgf.sor;

import org.dsm4j.*;

// neighbours spin on volatile flags held by objects
public class JGFSORSpin {
  @Shared
  static class Flag {
    volatile long at;
  }

  @Shared static Flag[] flags;
  @Shared static double[][] grid;

  public static void main(String[] a) {
    int id = Dsm.node(), n = Dsm.nodes(), size = 130, iters = 30;
    if (id == 0) {
      grid = new double[size][size];
      for (int i = 0; i < size; i++)
        for (int j = 0; j < size; j++) grid[i][j] = (i * 31 + j * 17) % 101;
      flags = new Flag[n];
      for (int i = 0; i < n; i++) flags[i] = new Flag();
    }
    Dsm.barrier();
    int lo = 1 + (size - 2) * id / n, hi = 1 + (size - 2) * (id + 1) / n;
    for (int it = 0; it < iters; it++) {
      for (int color = 0; color < 2; color++) {
        for (int i = lo; i < hi; i++)
          for (int j = 1 + (i + color & 1); j < size - 1; j += 2)
            grid[i][j] +=
                0.3
                    * (grid[i - 1][j]
                        + grid[i + 1][j]
                        + grid[i][j - 1]
                        + grid[i][j + 1]
                        - 4 * grid[i][j]);
        flags[id].at++;
        long want = flags[id].at;
        if (id > 0)
          while (flags[id - 1].at < want)
            ;
        if (id + 1 < n)
          while (flags[id + 1].at < want)
            ;
      }
    }
    Dsm.barrier();
    if (id == 0) {
      double s = 0;
      for (double[] row : grid) for (double v : row) s += v;
      System.out.println(s);
    }
    Dsm.barrier();
  }
}
