package npb.mg;

import org.dsm4j.*;

class MGBase extends Thread {
  public static final String BMName = "MG";
  static final int lt = 5, lm = 5, nm = 2 + (1 << lm);
  @Shared static double[] u, v, r;
  @Shared static double[] a = {-8.0 / 3.0, 0.0, 1.0 / 6.0, 1.0 / 12.0};
  @Shared static double[] c = {-3.0 / 8.0, +1.0 / 32.0, -1.0 / 64.0, 0.0};
  @Shared static int[] nx = new int[10], ir = new int[10];
  @Shared static volatile boolean ready;
  @Shared static double[] part = new double[64];
  @Shared static int waiting = 0, phase = 0;
  @Shared static final Object gate = new Object();
  int id, nthreads;

  static void sync(int parties) {
    synchronized (gate) {
      int my = phase;
      if (++waiting == parties) {
        waiting = 0;
        phase++;
        gate.notifyAll();
        return;
      }
      while (my == phase)
        try {
          gate.wait();
        } catch (InterruptedException e) {
          throw new RuntimeException(e);
        }
    }
  }
}

public class MG extends MGBase {
  MG(int id, int n) {
    this.id = id;
    nthreads = n;
  }

  public static void main(String[] args) throws Exception {
    int np = Dsm.nodes();
    if (Dsm.node() == 0) {
      int total = 0;
      for (int k = lt; k >= 1; k--) {
        nx[k] = 2 + (1 << k);
        ir[k] = total;
        total += nx[k] * nx[k] * nx[k];
      }
      u = new double[total];
      r = new double[total];
      v = new double[nm * nm * nm];
      zran3(v, nx[lt]);
      ready = true;
    }
    while (!ready) Thread.onSpinWait();
    int per = 2;
    MG[] mine = new MG[per];
    for (int t = 0; t < per; t++) {
      mine[t] = new MG(Dsm.node() * per + t, np * per);
      mine[t].start();
    }
    for (Thread t : mine) t.join();
    if (Dsm.node() == 0) System.out.printf("rnm2 %.10e%n", norm());
    Dsm.barrier();
  }

  static void zran3(double[] z, int n) {
    long s = 12345;
    for (int k = 0; k < 20; k++) {
      s = s * 6364136223846793005L + 1442695040888963407L;
      int p = (int) ((s >>> 33) % ((long) (n - 2) * (n - 2) * (n - 2)));
      int i = p % (n - 2) + 1, j = p / (n - 2) % (n - 2) + 1, l = p / ((n - 2) * (n - 2)) + 1;
      z[i + n * (j + n * l)] = (k & 1) == 0 ? 1 : -1;
    }
  }

  static double norm() {
    int n = nx[lt];
    double s = 0;
    for (int i3 = 1; i3 < n - 1; i3++)
      for (int i2 = 1; i2 < n - 1; i2++)
        for (int i1 = 1; i1 < n - 1; i1++) {
          double x = r[i1 + n * (i2 + n * i3)];
          s += x * x;
        }
    return Math.sqrt(s / ((double) (n - 2) * (n - 2) * (n - 2)));
  }

  @Override
  public void run() {
    resid(lt, true);
    for (int it = 0; it < 4; it++) {
      mg3P();
      resid(lt, true);
    }
  }

  int lo(int n) {
    return 1 + (n - 2) * id / nthreads;
  }

  int hi(int n) {
    return 1 + (n - 2) * (id + 1) / nthreads;
  }

  void mg3P() {
    for (int k = lt; k >= 2; k--) rprj3(k);
    zero(1);
    psinv(1);
    for (int k = 2; k < lt; k++) {
      zero(k);
      interp(k);
      resid(k, false);
      psinv(k);
    }
    interp(lt);
    resid(lt, true);
    psinv(lt);
  }

  void zero(int k) {
    int n = nx[k], off = ir[k];
    for (int i3 = lo(n); i3 < hi(n); i3++)
      for (int i = 0; i < n * n; i++) u[off + i + n * n * i3] = 0.0;
    comm(u, off, n);
  }

  void resid(int k, boolean top) {
    int n = nx[k], off = ir[k];
    double[] u1 = new double[n], u2 = new double[n];
    double[] rhs = top ? v : r;
    int ro = top ? 0 : off;
    for (int i3 = lo(n); i3 < hi(n); i3++)
      for (int i2 = 1; i2 < n - 1; i2++) {
        for (int i1 = 0; i1 < n; i1++) {
          u1[i1] =
              u[off + i1 + n * (i2 - 1 + n * i3)]
                  + u[off + i1 + n * (i2 + 1 + n * i3)]
                  + u[off + i1 + n * (i2 + n * (i3 - 1))]
                  + u[off + i1 + n * (i2 + n * (i3 + 1))];
          u2[i1] =
              u[off + i1 + n * (i2 - 1 + n * (i3 - 1))]
                  + u[off + i1 + n * (i2 + 1 + n * (i3 - 1))]
                  + u[off + i1 + n * (i2 - 1 + n * (i3 + 1))]
                  + u[off + i1 + n * (i2 + 1 + n * (i3 + 1))];
        }
        for (int i1 = 1; i1 < n - 1; i1++) {
          r[off + i1 + n * (i2 + n * i3)] =
              rhs[ro + i1 + n * (i2 + n * i3)]
                  - a[0] * u[off + i1 + n * (i2 + n * i3)]
                  - a[2] * (u2[i1] + u1[i1 - 1] + u1[i1 + 1])
                  - a[3] * (u2[i1 - 1] + u2[i1 + 1]);
        }
      }
    sync(nthreads);
    comm(r, off, n);
  }

  void psinv(int k) {
    int n = nx[k], off = ir[k];
    double r1[] = new double[n], r2[] = new double[n];
    for (int i3 = lo(n); i3 < hi(n); i3++)
      for (int i2 = 1; i2 < n - 1; i2++) {
        for (int i1 = 0; i1 < n; i1++) {
          r1[i1] =
              r[off + i1 + n * (i2 - 1 + n * i3)]
                  + r[off + i1 + n * (i2 + 1 + n * i3)]
                  + r[off + i1 + n * (i2 + n * (i3 - 1))]
                  + r[off + i1 + n * (i2 + n * (i3 + 1))];
          r2[i1] =
              r[off + i1 + n * (i2 - 1 + n * (i3 - 1))]
                  + r[off + i1 + n * (i2 + 1 + n * (i3 - 1))]
                  + r[off + i1 + n * (i2 - 1 + n * (i3 + 1))]
                  + r[off + i1 + n * (i2 + 1 + n * (i3 + 1))];
        }
        for (int i1 = 1; i1 < n - 1; i1++)
          u[off + i1 + n * (i2 + n * i3)] +=
              c[0] * r[off + i1 + n * (i2 + n * i3)]
                  + c[1]
                      * (r[off + i1 - 1 + n * (i2 + n * i3)]
                          + r[off + i1 + 1 + n * (i2 + n * i3)]
                          + r1[i1])
                  + c[2] * (r2[i1] + r1[i1 - 1] + r1[i1 + 1]);
      }
    sync(nthreads);
    comm(u, off, n);
  }

  void rprj3(int k) {
    int n = nx[k], m = nx[k - 1], off = ir[k], o2 = ir[k - 1];
    for (int j3 = lo(m); j3 < hi(m); j3++)
      for (int j2 = 1; j2 < m - 1; j2++)
        for (int j1 = 1; j1 < m - 1; j1++) {
          double s = 0;
          for (int d3 = -1; d3 <= 1; d3++)
            for (int d2 = -1; d2 <= 1; d2++)
              for (int d1 = -1; d1 <= 1; d1++) {
                int w = Math.abs(d1) + Math.abs(d2) + Math.abs(d3);
                s += r[off + 2 * j1 + d1 + n * (2 * j2 + d2 + n * (2 * j3 + d3))] * 0.5 / (1 << w);
              }
          r[o2 + j1 + m * (j2 + m * j3)] = s;
        }
    sync(nthreads);
    comm(r, o2, m);
  }

  void interp(int k) {
    int n = nx[k], m = nx[k - 1], off = ir[k], o2 = ir[k - 1];
    for (int i3 = lo(n); i3 < hi(n); i3++)
      for (int i2 = 1; i2 < n - 1; i2++)
        for (int i1 = 1; i1 < n - 1; i1++) {
          double s = 0;
          int cnt = 0;
          for (int d3 = 0; d3 <= (i3 & 1); d3++)
            for (int d2 = 0; d2 <= (i2 & 1); d2++)
              for (int d1 = 0; d1 <= (i1 & 1); d1++, cnt++)
                s += u[o2 + i1 / 2 + d1 + m * (i2 / 2 + d2 + m * (i3 / 2 + d3))];
          u[off + i1 + n * (i2 + n * i3)] += s / cnt;
        }
    sync(nthreads);
    comm(u, off, n);
  }

  void comm(@Shared double[] z, int off, int n) {
    for (int i3 = lo(n); i3 < hi(n); i3++) {
      for (int i2 = 1; i2 < n - 1; i2++) {
        z[off + n * (i2 + n * i3)] = z[off + n - 2 + n * (i2 + n * i3)];
        z[off + n - 1 + n * (i2 + n * i3)] = z[off + 1 + n * (i2 + n * i3)];
      }
      for (int i1 = 0; i1 < n; i1++) {
        z[off + i1 + n * n * i3] = z[off + i1 + n * (n - 2 + n * i3)];
        z[off + i1 + n * (n - 1 + n * i3)] = z[off + i1 + n * (1 + n * i3)];
      }
    }
    sync(nthreads);
    if (id == 0) {
      System.arraycopy(z, off + n * n * (n - 2), z, off, n * n);
      System.arraycopy(z, off + n * n, z, off + n * n * (n - 1), n * n);
    }
    sync(nthreads);
  }
}
