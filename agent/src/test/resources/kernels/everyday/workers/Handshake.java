package everyday.workers;

import org.dsm4j.*;

/**
 * A Base that extends Thread, with arrays as plain fields that workers copy from statics; threads
 * on each node.
 */
class SPBase extends Thread {
  public static final int IMAX = 10,
      isize2 = 5,
      jsize2 = 5 * (IMAX + 1),
      ksize2 = jsize2 * (IMAX + 1);
  protected int num_threads;
  double dt = .015, tx1, c1 = 1.4;
  @Shared
  protected static double u[] = new double[ksize2 * IMAX],
      rhs[] = new double[ksize2 * IMAX],
      forcing[] = new double[ksize2 * IMAX];
  @Shared protected static double ce[] = new double[5 * 13];
  @Shared protected static int grid_points[] = {0, 0, 0};
  double cv[] = new double[IMAX], lhs[] = new double[5 * (IMAX + 1)];
  SPBase master;

  SPBase() {
    super("sp");
    setDaemon(true);
  }

  static double max(double a, double b) {
    return a < b ? b : a;
  }

  static double dmax1(double a, double b, double c) {
    return max(max(a, b), c);
  }

  void exact_solution(double xi, double eta, double zeta, double dtemp[], int offset) {
    for (int m = 0; m <= 4; m++)
      dtemp[m + offset] =
          ce[m]
              + xi * (ce[m + 5] + xi * (ce[m + 20] + xi * ce[m + 35]))
              + eta * (ce[m + 10] + eta * ce[m + 25])
              + zeta * ce[m + 15];
  }
}

@Shared
class Mailbox {
  int task = -1;
  boolean done = true;
  double result;
  int gen;

  synchronized void post(int t) {
    while (!done) Quiet.wait(this);
    task = t;
    done = false;
    gen++;
    notifyAll();
  }

  synchronized int get(int seen) {
    while (gen == seen) Quiet.wait(this);
    return task;
  }

  synchronized void finish(double r) {
    result = r;
    done = true;
    notifyAll();
  }

  synchronized double await() {
    while (!done) Quiet.wait(this);
    return result;
  }
}

class Quiet {
  static void wait(Object o) {
    try {
      o.wait();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

class RHSWorker extends SPBase {
  final int id, lo, hi;
  final Mailbox box;

  RHSWorker(int id, int n, Mailbox b) {
    this.id = id;
    box = b;
    int k = grid_points[2] - 2;
    lo = 1 + k * id / n;
    hi = 1 + k * (id + 1) / n;
  }

  @Override
  public void run() {
    int seen = 0;
    for (; ; ) {
      int t = box.get(seen);
      seen++;
      if (t < 0) return;
      box.finish(step(t));
    }
  }

  double step(int t) {
    double s = 0;
    int gx = grid_points[0], gy = grid_points[1];
    switch (t) {
      case 0:
        for (int k = lo; k < hi; k++)
          for (int j = 0; j < gy; j++)
            for (int i = 0; i < gx; i++) {
              exact_solution(i * .1, j * .1, k * .1, u, i * isize2 + j * jsize2 + k * ksize2);
              for (int m = 0; m < 5; m++)
                forcing[m + i * isize2 + j * jsize2 + k * ksize2] = .01 * (m + 1);
            }
        break;
      case 1:
        for (int k = lo; k < hi; k++)
          for (int j = 1; j < gy - 1; j++)
            for (int i = 1; i < gx - 1; i++)
              for (int m = 0; m < 5; m++) {
                int o = m + i * isize2 + j * jsize2 + k * ksize2;
                rhs[o] =
                    forcing[o]
                        - u[o]
                        + .2
                            * (u[o + isize2]
                                + u[o - isize2]
                                + u[o + jsize2]
                                + u[o - jsize2]
                                + u[o + ksize2]
                                + u[o - ksize2]
                                - 2 * u[o]);
              }
        break;
      case 2:
        for (int k = lo; k < hi; k++)
          for (int j = 1; j < gy - 1; j++) {
            for (int i = 0; i < gx; i++) {
              cv[i] = u[1 + i * isize2 + j * jsize2 + k * ksize2];
              lhs[i * 5] = dmax1(1, cv[i], .5);
            }
            for (int i = 1; i < gx - 1; i++)
              for (int m = 0; m < 5; m++) {
                int o = m + i * isize2 + j * jsize2 + k * ksize2;
                rhs[o] /= lhs[i * 5] + dt;
              }
          }
        break;
      case 3:
        for (int k = lo; k < hi; k++)
          for (int j = 1; j < gy - 1; j++)
            for (int i = 1; i < gx - 1; i++)
              for (int m = 0; m < 5; m++) {
                int o = m + i * isize2 + j * jsize2 + k * ksize2;
                u[o] += dt * rhs[o];
                s += rhs[o] * rhs[o];
              }
        break;
      default:
        throw new IllegalArgumentException("task " + t);
    }
    return s;
  }
}

public class Handshake extends SPBase {
  @Shared static Mailbox[] boxes;

  public static void main(String[] argv) throws Exception {
    int me = Dsm.node(), n = Dsm.nodes(), per = 2;
    if (me == 0) {
      for (int i = 0; i < 3; i++) grid_points[i] = IMAX;
      for (int i = 0; i < ce.length; i++) ce[i] = 1 + i % 7 * .3;
      for (int i = 0; i < u.length; i++) u[i] = 1;
      Mailbox[] b = new Mailbox[n * per];
      for (int i = 0; i < b.length; i++) b[i] = new Mailbox();
      boxes = b;
    }
    Dsm.barrier();
    RHSWorker[] w = new RHSWorker[per];
    for (int t = 0; t < per; t++)
      (w[t] = new RHSWorker(me * per + t, n * per, boxes[me * per + t])).start();
    if (me == 0) {
      double norm = 0;
      run(0);
      for (int step = 0; step < 15; step++) {
        run(1);
        run(2);
        norm = run(3);
      }
      System.out.printf(
          "norm %.10e u %.10e%n", Math.sqrt(norm), u[2 + 4 * isize2 + 5 * jsize2 + 6 * ksize2]);
      for (Mailbox b : boxes) {
        b.await();
        b.post(-1);
      }
    }
    for (Thread t : w) t.join();
  }

  static double run(int task) {
    for (Mailbox b : boxes) b.post(task);
    double s = 0;
    for (Mailbox b : boxes) s += b.await();
    return s;
  }
}
