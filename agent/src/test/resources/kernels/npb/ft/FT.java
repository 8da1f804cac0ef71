package npb.ft;

import java.util.concurrent.CyclicBarrier;
import org.dsm4j.*;

// 3-D FFT, complex numbers interleaved, as NPB keeps them.
public class FT {
  static final int REAL = 0, IMAG = 1;
  @Shared static final int nx = 32, ny = 16, nz = 16;
  @Shared static double xtr[] = new double[2 * nx * ny * nz];
  @Shared static double xnt[] = new double[2 * nx * ny * nz];
  @Shared
  static double exp1[] = new double[2 * nx],
      exp2[] = new double[2 * ny],
      exp3[] = new double[2 * nz];
  @Shared static double checksum[] = new double[2 * 10];
  @Shared static CyclicBarrier bar = new CyclicBarrier(Dsm.nodes());
  static int nthr = Dsm.nodes(), me = Dsm.node();

  static int log2(int n) {
    int l = 0;
    while (1 << l < n) l++;
    return l;
  }

  static void CompExp(int n, double exponent[]) {
    int ln = 1, k = 0;
    exponent[0] = log2(n);
    for (int i = 1; i < n; i++) {
      exponent[2 * i + REAL] = Math.cos(-2 * Math.PI * i / n);
      exponent[2 * i + IMAG] = Math.sin(-2 * Math.PI * i / n);
    }
    exponent[1] = 0;
  }

  // in place radix-2 on a stride, scratch local
  static void fft(int sign, int n, double[] data, int off, int stride, double[] w, double[] buf) {
    for (int i = 0; i < n; i++) {
      buf[2 * i] = data[off + i * stride];
      buf[2 * i + 1] = data[off + i * stride + 1];
    }
    for (int i = 1, j = 0; i < n; i++) {
      int bit = n >> 1;
      for (; (j & bit) != 0; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i < j) {
        double t = buf[2 * i];
        buf[2 * i] = buf[2 * j];
        buf[2 * j] = t;
        t = buf[2 * i + 1];
        buf[2 * i + 1] = buf[2 * j + 1];
        buf[2 * j + 1] = t;
      }
    }
    for (int len = 2; len <= n; len <<= 1)
      for (int i = 0; i < n; i += len)
        for (int k = 0; k < len / 2; k++) {
          int e = k * (n / len);
          double wr = e == 0 ? 1 : w[2 * e], wi = e == 0 ? 0 : sign * w[2 * e + 1];
          int p = 2 * (i + k), q = 2 * (i + k + len / 2);
          double tr = buf[q] * wr - buf[q + 1] * wi, ti = buf[q] * wi + buf[q + 1] * wr;
          buf[q] = buf[p] - tr;
          buf[q + 1] = buf[p + 1] - ti;
          buf[p] += tr;
          buf[p + 1] += ti;
        }
    for (int i = 0; i < n; i++) {
      data[off + i * stride] = buf[2 * i];
      data[off + i * stride + 1] = buf[2 * i + 1];
    }
  }

  static void await() {
    try {
      bar.await();
    } catch (Exception e) {
      throw new RuntimeException(e);
    }
  }

  static void fft3d(int sign, double[] x) {
    double[] plane = new double[2 * Math.max(nx, Math.max(ny, nz))];
    for (int k = nz * me / nthr; k < nz * (me + 1) / nthr; k++)
      for (int j = 0; j < ny; j++) fft(sign, nx, x, 2 * nx * (j + ny * k), 2, exp1, plane);
    for (int k = nz * me / nthr; k < nz * (me + 1) / nthr; k++)
      for (int i = 0; i < nx; i++) fft(sign, ny, x, 2 * (i + nx * ny * k), 2 * nx, exp2, plane);
    await();
    for (int j = ny * me / nthr; j < ny * (me + 1) / nthr; j++)
      for (int i = 0; i < nx; i++) fft(sign, nz, x, 2 * (i + nx * j), 2 * nx * ny, exp3, plane);
    await();
  }

  public static void main(String[] args) {
    if (me == 0) {
      CompExp(nx, exp1);
      CompExp(ny, exp2);
      CompExp(nz, exp3);
      java.util.Random rnd = new java.util.Random(5);
      for (int i = 0; i < xtr.length; i++) xtr[i] = rnd.nextDouble();
    }
    await();
    fft3d(1, xtr);
    for (int it = 0; it < 6; it++) {
      for (int k = nz * me / nthr; k < nz * (me + 1) / nthr; k++)
        for (int j = 0; j < ny; j++)
          for (int i = 0; i < nx; i++) {
            int p = 2 * (i + nx * (j + ny * k));
            double f = Math.exp(-1e-4 * (it + 1) * (i * i + j * j + k * k));
            xnt[p + REAL] = xtr[p + REAL] * f;
            xnt[p + IMAG] = xtr[p + IMAG] * f;
          }
      await();
      fft3d(-1, xnt);
      if (me == it % nthr) {
        double re = 0, im = 0;
        for (int j = 1; j <= 256; j++) {
          int p = 2 * (j % nx + nx * (3 * j % ny + ny * (5 * j % nz)));
          re += xnt[p];
          im += xnt[p + 1];
        }
        checksum[2 * it + REAL] = re / (nx * ny * nz);
        checksum[2 * it + IMAG] = im / (nx * ny * nz);
      }
      await();
    }
    if (me == 0)
      for (int i = 0; i < 6; i++)
        System.out.printf(
            "Iteration %d checksum = %.9e %.9e%n", i, checksum[2 * i], checksum[2 * i + 1]);
    await();
  }
}
