package npb.cg;

import org.dsm4j.*;

@Shared
public class CG extends CGBase {
  public boolean serial = false;
  public static final int cgitmax = 25;
  @Shared static CG cg = null;

  public CG(char CLSS, int np, boolean ser) {
    super(CLSS, np);
    serial = ser;
  }

  public static void main(String argv[]) {
    int np = Dsm.nodes();
    if (Dsm.node() == 0) {
      cg = new CG(argv.length > 0 ? argv[0].charAt(0) : 'S', np, false);
      cg.setup();
    }
    Dsm.barrier();
    CGWorker w = cg.worker[Dsm.node()];
    if (Dsm.node() != 0) {
      w.run();
    } else {
      Thread t = new Thread(w);
      t.start();
      cg.runBenchMark();
      for (CGWorker o : cg.worker)
        synchronized (o) {
          o.stop = true;
          o.notifyAll();
        }
      try {
        t.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  void setup() {
    makea();
    worker = new CGWorker[num_threads];
    int div = na / num_threads, rem = na % num_threads, start = 1;
    for (int i = 0; i < num_threads; i++) {
      int end = start + div - 1 + (i < rem ? 1 : 0);
      worker[i] = new CGWorker(this, i, start, end);
      start = end + 1;
    }
  }

  // A symmetric, diagonally dominant sparse matrix.
  void makea() {
    int count[] = new int[na + 2];
    int[][] cols = new int[na + 1][];
    double[][] vals = new double[na + 1][];
    int[] len = new int[na + 1];
    for (int i = 1; i <= na; i++) {
      cols[i] = new int[nonzer * 6];
      vals[i] = new double[nonzer * 6];
    }
    for (int i = 1; i <= na; i++) {
      cols[i][0] = i;
      vals[i][0] = shift + rng.randlc(rng.amult);
      len[i]++;
    }
    for (int i = 1; i <= na; i++)
      for (int k = 0; k < nonzer / 2; k++) {
        int j = 1 + (int) (rng.randlc(rng.amult) * na);
        double val = rng.randlc(rng.amult);
        if (len[i] >= nonzer * 2 || len[j] >= nonzer * 2 || i == j) continue;
        cols[i][len[i]] = j;
        vals[i][len[i]++] = val;
        cols[j][len[j]] = i;
        vals[j][len[j]++] = val;
      }
    int k = 1;
    for (int i = 1; i <= na; i++) {
      rowstr[i] = k;
      for (int e = 0; e < len[i]; e++) {
        colidx[k] = cols[i][e];
        a[k++] = vals[i][e];
      }
    }
    rowstr[na + 1] = k;
  }

  void runBenchMark() {
    double zeta = 0;
    for (int i = 1; i <= na; i++) x[i] = 1.0;
    double rnorm = 0;
    for (int it = 1; it <= niter; it++) {
      rnorm = conj_grad();
      double tnorm1 = 0, tnorm2 = 0;
      for (int j = 1; j <= na; j++) {
        tnorm1 += x[j] * z[j];
        tnorm2 += z[j] * z[j];
      }
      tnorm2 = 1.0 / Math.sqrt(tnorm2);
      zeta = shift + 1.0 / tnorm1;
      System.out.printf("    %5d       %.6e  %.8f%n", it, Math.round(rnorm * 1e6) / 1e6, zeta);
      for (int j = 1; j <= na; j++) x[j] = tnorm2 * z[j];
    }
    System.out.printf("zeta = %.9f rnorm<1e-8 %b%n", zeta, rnorm < 1e-8);
  }

  double conj_grad() {
    rho = 0.0;
    for (int j = 1; j <= na + 2; j++) {
      q[j] = 0.0;
      z[j] = 0.0;
      r[j] = x[j];
      p[j] = r[j];
    }
    for (int j = 1; j <= na; j++) rho += r[j] * r[j];
    for (int it = 1; it <= cgitmax; it++) {
      ExecuteTask(OMEGA);
      double d = 0;
      for (int m = 0; m < num_threads; m++) d += dmaster[m];
      alpha = rho / d;
      double rho0 = rho;
      ExecuteTask(ALPHA);
      rho = 0.0;
      for (int m = 0; m < num_threads; m++) rho += rhomaster[m];
      beta = rho / rho0;
      ExecuteTask(RHO);
    }
    ExecuteTask(NORM);
    double rnorm = 0;
    for (double d : rnormmaster) rnorm += d;
    return Math.sqrt(rnorm);
  }

  void ExecuteTask(int OrderNum) {
    for (int m = 0; m < num_threads; m++)
      synchronized (worker[m]) {
        worker[m].TaskOrder = OrderNum;
        worker[m].done = false;
        worker[m].alpha = alpha;
        worker[m].beta = beta;
        worker[m].notify();
      }
    synchronized (this) {
      for (int m = 0; m < num_threads; m++)
        while (!worker[m].done) {
          try {
            wait();
          } catch (InterruptedException e) {
          }
          notifyAll();
        }
    }
  }
}
