package jgf.sparse;

import java.util.Random;
import org.dsm4j.*;

class SparseMatmult {
  public static double ytotal = 0.0;
  @Shared public static double yt[];
  @Shared static int lowsum[], highsum[];

  public static void test(
      double y[],
      double val[],
      int row[],
      int col[],
      double x[],
      int NUM_ITERATIONS,
      int lowsum[],
      int highsum[]) {
    int id = Dsm.node();
    for (int reps = 0; reps < NUM_ITERATIONS; reps++)
      for (int i = lowsum[id]; i < highsum[id]; i++) yt[row[i]] += x[col[i]] * val[i];
    Dsm.barrier();
    if (id == 0) for (int i = 0; i < row.length; i++) ytotal += yt[row[i]];
  }
}

public class JGFSparse extends SparseMatmult {
  static final int M = 2000, nz = 10000, SPARSE_NUM_ITER = 40;
  @Shared static double[] x, val;
  @Shared static int[] row, col;

  static double[] RandomVector(int N, Random R) {
    double A[] = new double[N];
    for (int i = 0; i < N; i++) A[i] = R.nextDouble() * 1e-6;
    return A;
  }

  public static void main(String[] args) {
    Random R = new Random(1);
    if (Dsm.node() == 0) {
      x = Dsm.share(RandomVector(M, R));
      yt = new double[M];
      val = new double[nz];
      col = new int[nz];
      row = new int[nz];
      int[] ilow = new int[Dsm.nodes()], iup = new int[Dsm.nodes()], rowt = new int[nz];
      for (int i = 0; i < nz; i++) {
        rowt[i] = Math.abs(R.nextInt()) % M;
      }
      java.util.Arrays.sort(rowt);
      for (int i = 0; i < nz; i++) {
        row[i] = rowt[i];
        col[i] = Math.abs(R.nextInt()) % M;
        val[i] = R.nextDouble();
      }
      lowsum = new int[Dsm.nodes()];
      highsum = new int[Dsm.nodes()];
      int sect = (M + Dsm.nodes() - 1) / Dsm.nodes(), at = 0;
      for (int t = 0; t < Dsm.nodes(); t++) {
        lowsum[t] = at;
        while (at < nz && rowt[at] < (t + 1) * sect) at++;
        highsum[t] = at;
      }
    }
    Dsm.barrier();
    test(yt, val, row, col, x, SPARSE_NUM_ITER, lowsum, highsum);
    if (Dsm.node() == 0) System.out.println("ytotal " + ytotal);
    Dsm.barrier();
  }
}
