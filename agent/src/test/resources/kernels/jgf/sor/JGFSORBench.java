package jgf.sor;

import java.util.Random;
import org.dsm4j.*;

class SOR {
  static double Gtotal = 0.0;
  @Shared public static volatile long sync[][];
  @Shared static double[][] G;
  public static int nthreads;

  static void SORrun(double omega, int num_iterations) {
    int M = G.length, N = G[0].length;
    SORRunner r = new SORRunner(Dsm.node(), omega, G, num_iterations, sync);
    r.run();
  }
}

class SORRunner implements Runnable {
  int id, num_iterations;
  double G[][], omega;
  volatile long sync[][];
  static final int CACHELINE = 128;

  SORRunner(int id, double omega, @Shared double G[][], int num_iterations, @Shared long[][] sync) {
    this.id = id;
    this.omega = omega;
    this.G = G;
    this.num_iterations = num_iterations;
    this.sync = sync;
  }

  public void run() {
    int M = G.length;
    int N = G[0].length;
    double omega_over_four = omega * 0.25;
    double one_minus_omega = 1.0 - omega;
    int Mm1 = M - 1;
    int Nm1 = N - 1;
    int ilow, iupper, slice, tslice, ttslice;
    tslice = (Mm1) / 2;
    ttslice = (tslice + SOR.nthreads - 1) / SOR.nthreads;
    slice = ttslice * 2;
    ilow = id * slice + 1;
    iupper = ((id + 1) * slice) + 1;
    if (iupper > Mm1) iupper = Mm1 + 1;
    if (id == (SOR.nthreads - 1)) iupper = Mm1 + 1;
    for (int p = 0; p < 2 * num_iterations; p++) {
      for (int i = ilow + (p % 2); i < iupper; i = i + 2) {
        double[] Gi = G[i];
        double[] Gim1 = G[i - 1];
        if (i == 1) {
          double[] Gip1 = G[i + 1];
          for (int j = 1; j < Nm1; j = j + 2)
            Gi[j] =
                omega_over_four * (Gim1[j] + Gip1[j] + Gi[j - 1] + Gi[j + 1])
                    + one_minus_omega * Gi[j];
        } else if (i == Mm1) {
          double[] Gim2 = G[i - 2];
          for (int j = 1; j < Nm1; j = j + 2)
            if ((j + 1) != Nm1)
              Gim1[j + 1] =
                  omega_over_four * (Gim2[j + 1] + Gi[j + 1] + Gim1[j] + Gim1[j + 2])
                      + one_minus_omega * Gim1[j + 1];
        } else {
          double[] Gip1 = G[i + 1];
          double[] Gim2 = G[i - 2];
          for (int j = 1; j < Nm1; j = j + 2) {
            Gi[j] =
                omega_over_four * (Gim1[j] + Gip1[j] + Gi[j - 1] + Gi[j + 1])
                    + one_minus_omega * Gi[j];
            if ((j + 1) != Nm1)
              Gim1[j + 1] =
                  omega_over_four * (Gim2[j + 1] + Gi[j + 1] + Gim1[j] + Gim1[j + 2])
                      + one_minus_omega * Gim1[j + 1];
          }
        }
      }
      // Signal this thread has done iteration
      synchronized (sync) {
        sync[id][0]++;
      }
      // Wait for neighbours
      if (id > 0)
        while (seen(id - 1) < p + 1)
          ;
      if (id < SOR.nthreads - 1)
        while (seen(id + 1) < p + 1)
          ;
    }
  }

  long seen(int who) {
    synchronized (sync) {
      return sync[who][0];
    }
  }
}

public class JGFSORBench {
  static final int size = 200, ITER = 20;
  private static final long RANDOM_SEED = 10101010;
  Random R = new Random(RANDOM_SEED);

  static double[][] RandomMatrix(int M, int N, Random R) {
    double A[][] = new double[M][N];
    for (int i = 0; i < N; i++) for (int j = 0; j < N; j++) A[i][j] = R.nextDouble() * 1e-6;
    return A;
  }

  public static void main(String argv[]) {
    SOR.nthreads = Dsm.nodes();
    JGFSORBench b = new JGFSORBench();
    if (Dsm.node() == 0) {
      SOR.G = Dsm.share(RandomMatrix(size, size, b.R));
      SOR.sync = new long[SOR.nthreads][16];
    }
    Dsm.barrier();
    SOR.SORrun(1.25, ITER);
    Dsm.barrier();
    if (Dsm.node() == 0) {
      for (int i = 1; i < size - 1; i++)
        for (int j = 1; j < size - 1; j++) SOR.Gtotal += SOR.G[i][j];
      System.out.println("Gtotal " + SOR.Gtotal + " " + (Math.abs(SOR.Gtotal) > 0));
    }
    Dsm.barrier();
  }
}
