package npb.cg;

import org.dsm4j.Shared;

@Shared
public class CGWorker extends CGBase implements Runnable {
  public int id;
  public boolean done = true;
  public boolean stop;
  public int TaskOrder;
  int start1, end1;

  public CGWorker(CG conj, int num, int strt, int end) {
    Init(conj);
    id = num;
    start1 = strt;
    end1 = end;
    master = conj;
  }

  void Init(CG conj) {
    na = conj.na;
    nz = conj.nz;
    rowstr = conj.rowstr;
    colidx = conj.colidx;
    a = conj.a;
    p = conj.p;
    q = conj.q;
    r = conj.r;
    x = conj.x;
    z = conj.z;
    dmaster = conj.dmaster;
    rhomaster = conj.rhomaster;
    rnormmaster = conj.rnormmaster;
  }

  public void run() {
    int state;
    for (; ; ) {
      synchronized (this) {
        while (done == true && !stop) {
          try {
            wait();
          } catch (InterruptedException ie) {
          }
        }
        if (stop) return;
        state = TaskOrder;
      }
      switch (state) {
        case OMEGA:
          step1();
          break;
        case ALPHA:
          step2();
          break;
        case RHO:
          step3();
          break;
        case BETA:
          break;
        case NORM:
          step4();
          break;
      }
      synchronized (master) {
        done = true;
        master.notify();
      }
    }
  }

  void step1() { // q = A.p
    double sum = 0.0;
    for (int j = start1; j <= end1; j++) {
      double s = 0.0;
      for (int k = rowstr[j]; k < rowstr[j + 1]; k++) s += a[k] * p[colidx[k]];
      q[j] = s;
    }
    for (int j = start1; j <= end1; j++) sum += p[j] * q[j];
    dmaster[id] = sum;
  }

  void step2() {
    double sum = 0.0;
    for (int j = start1; j <= end1; j++) {
      z[j] = z[j] + master.alpha * p[j];
      r[j] = r[j] - master.alpha * q[j];
    }
    for (int j = start1; j <= end1; j++) sum += r[j] * r[j];
    rhomaster[id] = sum;
  }

  void step3() {
    for (int j = start1; j <= end1; j++) p[j] = r[j] + master.beta * p[j];
  }

  void step4() {
    double sum = 0.0;
    for (int j = start1; j <= end1; j++) {
      double s = 0.0;
      for (int k = rowstr[j]; k <= rowstr[j + 1] - 1; k++) s += a[k] * z[colidx[k]];
      r[j] = s;
    }
    for (int j = start1; j <= end1; j++) sum += (x[j] - r[j]) * (x[j] - r[j]);
    rnormmaster[id] = sum;
  }
}
