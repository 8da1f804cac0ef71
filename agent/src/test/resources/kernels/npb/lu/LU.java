package npb.lu;

import org.dsm4j.*;

// SSOR-like pipelined lower/upper sweeps with 5 components, flat arrays with computed offsets.
class LUBase {
  static final int isiz1 = 12, isiz2 = 12, isiz3 = 12;
  static final int isize1 = 5, jsize1 = 5 * isiz1, ksize1 = 5 * isiz1 * isiz2;
  @Shared
  static double[] u = new double[5 * isiz1 * isiz2 * isiz3],
      rsd = new double[5 * isiz1 * isiz2 * isiz3];
  @Shared static double[][][] flux = new double[isiz3][isiz2][5];
  @Shared static boolean[] done;
  static final double omega = 1.2, dt = .5;
  int nx = isiz1, ny = isiz2, nz = isiz3;
}

@Shared
class Turn { // a neighbour-to-neighbour pipeline flag
  private int todo;

  synchronized void post() {
    todo++;
    notify();
  }

  synchronized void take() throws InterruptedException {
    while (todo == 0) wait();
    todo--;
  }
}

public class LU extends LUBase {
  @Shared static Turn[] down, up;
  final int id, n;

  LU(int id, int n) {
    this.id = id;
    this.n = n;
  }

  public static void main(String[] args) throws Exception {
    if (Dsm.node() == 0) {
      for (int k = 0; k < isiz3; k++)
        for (int j = 0; j < isiz2; j++)
          for (int i = 0; i < isiz1; i++)
            for (int m = 0; m < 5; m++)
              u[m + i * isize1 + j * jsize1 + k * ksize1] = Math.sin(i + 2 * j + 3 * k + m);
      Turn[] d = new Turn[Dsm.nodes()];
      for (int i = 0; i < d.length; i++) d[i] = new Turn();
      down = d;
      up = new Turn[Dsm.nodes()];
      for (int i = 0; i < up.length; i++) up[i] = new Turn();
    }
    Dsm.barrier();
    new LU(Dsm.node(), Dsm.nodes()).ssor(8);
    Dsm.barrier();
    if (Dsm.node() == 0) {
      double[] norm = new double[5];
      l2norm(norm);
      for (int m = 0; m < 5; m++) System.out.printf("rsdnm[%d] %.12e%n", m, norm[m]);
      System.out.printf("flux %.12e%n", flux[isiz3 - 1][3][2] + flux[0][isiz2 - 1][4]);
    }
    Dsm.barrier();
  }

  static void l2norm(double[] sum) {
    for (int k = 0; k < isiz3; k++)
      for (int j = 0; j < isiz2; j++)
        for (int i = 0; i < isiz1; i++)
          for (int m = 0; m < sum.length; m++) {
            double x = rsd[m + i * isize1 + j * jsize1 + k * ksize1];
            sum[m] += x * x;
          }
    for (int m = 0; m < 5; m++) sum[m] = Math.sqrt(sum[m]);
  }

  void ssor(int iters) throws InterruptedException {
    int lower = ny * id / n, upper = ny * (id + 1) / n;
    double tmp[] = new double[5], tv[][] = new double[5][5];
    for (int it = 0; it < iters; it++) {
      for (int k = 0; k < nz; k++)
        for (int j = lower; j < upper; j++)
          for (int i = 0; i < nx; i++)
            for (int m = 0; m < 5; m++)
              rsd[m + i * isize1 + j * jsize1 + k * ksize1] =
                  dt * u[m + i * isize1 + j * jsize1 + k * ksize1];
      Dsm.barrier();
      for (int k = 1; k < nz; k++) {
        if (id > 0) down[id].take();
        blts(k, Math.max(1, lower), upper, tmp, tv);
        if (id < n - 1) down[id + 1].post();
      }
      Dsm.barrier();
      for (int k = nz - 2; k >= 0; k--) {
        if (id < n - 1) up[id].take();
        buts(k, lower, Math.min(ny - 1, upper), tmp);
        if (id > 0) up[id - 1].post();
      }
      Dsm.barrier();
      double f = 1.0 / (omega * (2.0 - omega));
      for (int k = 0; k < nz; k++)
        for (int j = lower; j < upper; j++) {
          double[] row = flux[k][j];
          for (int i = 0; i < nx; i++)
            for (int m = 0; m < 5; m++) {
              int o = m + i * isize1 + j * jsize1 + k * ksize1;
              u[o] += f * rsd[o] * 0.01;
              row[m] += rsd[o];
            }
        }
      Dsm.barrier();
    }
  }

  void blts(int k, int jlo, int jhi, double[] tmp, double[][] tv) {
    for (int j = jlo; j < jhi; j++)
      for (int i = 1; i < nx; i++) {
        for (int m = 0; m < 5; m++) {
          int o = m + i * isize1 + j * jsize1 + k * ksize1;
          tmp[m] = rsd[o] - omega * 0.1 * (rsd[o - ksize1] + rsd[o - jsize1] + rsd[o - isize1]);
          for (int l = 0; l < 5; l++) tv[m][l] = l == m ? 2.0 + 0.01 * u[o] : 0.05 * (l + m);
        }
        for (int m = 0; m < 5; m++) { // gaussian elimination
          double t = 1.0 / tv[m][m];
          for (int l = m + 1; l < 5; l++) {
            double w = tv[l][m] * t;
            for (int q = m; q < 5; q++) tv[l][q] -= w * tv[m][q];
            tmp[l] -= w * tmp[m];
          }
        }
        for (int m = 4; m >= 0; m--) {
          for (int l = m + 1; l < 5; l++) tmp[m] -= tv[m][l] * tmp[l];
          tmp[m] /= tv[m][m];
          rsd[m + i * isize1 + j * jsize1 + k * ksize1] = tmp[m];
        }
      }
  }

  void buts(int k, int jlo, int jhi, double[] tmp) {
    for (int j = jhi - 1; j >= jlo; j--)
      for (int i = nx - 2; i >= 0; i--)
        for (int m = 0; m < 5; m++) {
          int o = m + i * isize1 + j * jsize1 + k * ksize1;
          rsd[o] -= omega * 0.05 * (rsd[o + ksize1] + rsd[o + jsize1] + rsd[o + isize1]);
        }
  }
}
