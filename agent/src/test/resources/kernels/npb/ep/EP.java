package npb.ep;

import java.util.concurrent.locks.*;
import org.dsm4j.*;

public class EP {
  static final int NQ = 10, MK = 12, NK = 1 << MK, M = 16;
  @Shared static double sx, sy;
  @Shared static long[] q = new long[NQ];
  @Shared static ReentrantLock lock = new ReentrantLock();
  @Shared static int next;

  static int fetch() {
    lock.lock();
    try {
      return next++;
    } finally {
      lock.unlock();
    }
  }

  public static void main(String[] args) throws Exception {
    double[] x = new double[2 * NK];
    long[] qq = new long[NQ];
    long lsx = 0, lsy = 0;
    double px = 0, py = 0;
    final int np = 1 << (M - MK);
    for (int kk; (kk = fetch()) < np; ) {
      long seed = 271828183L;
      long an = 1220703125L, k = (long) kk * 2 * NK;
      for (; k != 0; k >>= 1) {
        if ((k & 1) == 1) seed = seed * an & (1L << 46) - 1;
        an = an * an & (1L << 46) - 1;
      }
      for (int i = 0; i < 2 * NK; i++) {
        seed = seed * 1220703125L & (1L << 46) - 1;
        x[i] = seed * 0x1p-46;
      }
      for (int i = 0; i < NK; i++) {
        double x1 = 2 * x[2 * i] - 1, x2 = 2 * x[2 * i + 1] - 1, t1 = x1 * x1 + x2 * x2;
        if (t1 <= 1.0) {
          double t2 = Math.sqrt(-2 * Math.log(t1) / t1), t3 = x1 * t2, t4 = x2 * t2;
          int l = (int) Math.max(Math.abs(t3), Math.abs(t4));
          qq[l]++;
          px += t3;
          py += t4;
        }
      }
    }
    lock.lock();
    try {
      sx += px;
      sy += py;
      for (int i = 0; i < NQ; i++) q[i] += qq[i];
    } finally {
      lock.unlock();
    }
    Dsm.barrier();
    if (Dsm.node() == 0) {
      long gc = 0;
      for (int i = 0; i < NQ; i++) {
        gc += q[i];
        System.out.println(i + " " + q[i]);
      }
      System.out.printf("No. Gaussian Pairs = %d sums %.8e %.8e%n", gc, sx, sy);
    }
    Dsm.barrier();
  }
}
