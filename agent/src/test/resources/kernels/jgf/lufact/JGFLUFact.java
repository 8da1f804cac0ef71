package jgf.lufact;

import org.dsm4j.*;

public class JGFLUFact {
  @Shared static double a[][], b[], x[];
  @Shared static int ipvt[];
  @Shared static Barrier br;
  int n = 120, ldaa = n, lda = ldaa + 1;

  @Shared
  static class Barrier {
    private int numWait, parties;
    private boolean sense;

    Barrier(int p) {
      parties = p;
    }

    synchronized void DoBarrier(int id) {
      boolean my = sense;
      if (++numWait == parties) {
        numWait = 0;
        sense = !my;
        notifyAll();
      } else
        while (sense == my)
          try {
            wait();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
    }
  }

  public static void main(String[] args) {
    JGFLUFact l = new JGFLUFact();
    if (Dsm.node() == 0) {
      a = new double[l.ldaa][l.lda];
      b = new double[l.ldaa];
      x = new double[l.ldaa];
      ipvt = new int[l.ldaa];
      l.matgen(a, l.lda, l.n, b);
      for (int i = 0; i < l.n; i++) x[i] = b[i];
      br = new Barrier(Dsm.nodes());
    }
    Dsm.barrier();
    l.dgefa(a, l.lda, l.n, ipvt, Dsm.node(), Dsm.nodes());
    if (Dsm.node() == 0) {
      l.dgesl(a, l.lda, l.n, ipvt, b, 0);
      double err = 0;
      for (int i = 0; i < l.n; i++) err = Math.max(err, Math.abs(b[i] - 1));
      System.out.println(
          "solved " + (err < 1e-9) + " " + ipvt[3] + " " + java.util.Arrays.hashCode(ipvt));
    }
    Dsm.barrier();
  }

  final double abs(double d) {
    return d >= 0 ? d : -d;
  }

  final double matgen(double a[][], int lda, int n, double b[]) {
    double norma = 0;
    int init = 1325;
    for (int i = 0; i < n; i++)
      for (int j = 0; j < n; j++) {
        init = 3125 * init % 65536;
        a[j][i] = (init - 32768.0) / 16384.0;
        norma = (a[j][i] > norma) ? a[j][i] : norma;
      }
    for (int i = 0; i < n; i++) b[i] = 0.0;
    for (int j = 0; j < n; j++) for (int i = 0; i < n; i++) b[i] += a[j][i];
    return norma;
  }

  final int dgefa(double a[][], int lda, int n, int ipvt[], int id, int nthreads) {
    double[] col_k, col_j;
    double t;
    int kp1, l, info = 0, nm1 = n - 1;
    for (int k = 0; k < nm1; k++) {
      col_k = a[k];
      kp1 = k + 1;
      l = idamax(n - k, col_k, k, 1) + k;
      if (id == 0) ipvt[k] = l;
      br.DoBarrier(id);
      if (col_k[l] != 0) {
        br.DoBarrier(id);
        if (id == 0) {
          if (l != k) {
            t = col_k[l];
            col_k[l] = col_k[k];
            col_k[k] = t;
          }
          t = -1.0 / col_k[k];
          dscal(n - kp1, t, col_k, kp1, 1);
        }
        br.DoBarrier(id);
        int slice = (n - kp1 + nthreads - 1) / nthreads,
            ilow = id * slice + kp1,
            iupper = Math.min(n, (id + 1) * slice + kp1);
        for (int j = ilow; j < iupper; j++) {
          col_j = a[j];
          t = col_j[l];
          if (l != k) {
            col_j[l] = col_j[k];
            col_j[k] = t;
          }
          daxpy(n - kp1, t, col_k, kp1, 1, col_j, kp1, 1);
        }
        br.DoBarrier(id);
      } else info = k;
    }
    if (id == 0) ipvt[n - 1] = n - 1;
    return info;
  }

  final void dgesl(double a[][], int lda, int n, int ipvt[], double b[], int job) {
    double t;
    int l, kb, nm1 = n - 1;
    for (int k = 0; k < nm1; k++) {
      l = ipvt[k];
      t = b[l];
      if (l != k) {
        b[l] = b[k];
        b[k] = t;
      }
      daxpy(n - k - 1, t, a[k], k + 1, 1, b, k + 1, 1);
    }
    for (kb = 0; kb < n; kb++) {
      int k = n - (kb + 1);
      b[k] /= a[k][k];
      t = -b[k];
      daxpy(k, t, a[k], 0, 1, b, 0, 1);
    }
  }

  final void daxpy(
      int n, double da, double dx[], int dx_off, int incx, double dy[], int dy_off, int incy) {
    if ((n > 0) && (da != 0)) {
      if (incx != 1 || incy != 1) throw new IllegalArgumentException();
      for (int i = 0; i < n; i++) dy[i + dy_off] += da * dx[i + dx_off];
    }
  }

  final void dscal(int n, double da, double dx[], int dx_off, int incx) {
    for (int i = 0; i < n; i++) dx[i + dx_off] *= da;
  }

  final int idamax(int n, double dx[], int dx_off, int incx) {
    double dmax, dtemp;
    int itemp = 0;
    if (n < 1) return -1;
    if (n == 1) return 0;
    dmax = abs(dx[dx_off]);
    for (int i = 0; i < n; i++) {
      dtemp = abs(dx[i + dx_off]);
      if (dtemp > dmax) {
        itemp = i;
        dmax = dtemp;
      }
    }
    return itemp;
  }
}
