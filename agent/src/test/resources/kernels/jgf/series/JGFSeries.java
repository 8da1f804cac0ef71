package jgf.series;

import org.dsm4j.*;

interface JGFSection2 {
  int INITSIZE = 10000;

  void JGFsetsize(int size);

  void JGFinitialise();

  void JGFkernel();

  void JGFvalidate();

  void JGFtidyup();

  default void JGFrun(int size) {
    JGFsetsize(size);
    JGFinitialise();
    JGFkernel();
    JGFvalidate();
    JGFtidyup();
  }
}

class SeriesTest {
  static int array_rows;
  @Shared public static double[][] TestArray;
}

class SeriesRunner extends SeriesTest implements Runnable {
  int id;

  SeriesRunner(int id) {
    this.id = id;
  }

  public void run() {
    double omega = 3.1415926535897932;
    if (id == 0) TestArray[0][0] = TrapezoidIntegrate(0.0, 2.0, 1000, 0.0, 0) / 2.0;
    int slice = (array_rows + Dsm.nodes() - 1) / Dsm.nodes(),
        ilow = Math.max(1, id * slice),
        iupper = Math.min(array_rows, (id + 1) * slice);
    for (int i = ilow; i < iupper; i++) {
      TestArray[0][i] = TrapezoidIntegrate(0.0, 2.0, 100, omega * i, 1);
      TestArray[1][i] = TrapezoidIntegrate(0.0, 2.0, 100, omega * i, 2);
    }
  }

  private double TrapezoidIntegrate(double x0, double x1, int nsteps, double omegan, int select) {
    double x = x0, dx = (x1 - x0) / nsteps, rvalue = thefunction(x0, omegan, select) / 2.0;
    if (nsteps != 1) {
      --nsteps;
      while (--nsteps > 0) {
        x += dx;
        rvalue += thefunction(x, omegan, select);
      }
    }
    return (rvalue + thefunction(x1, omegan, select) / 2.0) * dx;
  }

  private double thefunction(double x, double omegan, int select) {
    switch (select) {
      case 0:
        return Math.pow(x + 1.0, x);
      case 1:
        return Math.pow(x + 1.0, x) * Math.cos(omegan * x);
      case 2:
        return Math.pow(x + 1.0, x) * Math.sin(omegan * x);
    }
    return 0.0;
  }
}

public class JGFSeries extends SeriesTest implements JGFSection2 {
  private int sizes[] = {300, 1000};

  public void JGFsetsize(int s) {
    array_rows = sizes[s];
  }

  public void JGFinitialise() {
    if (Dsm.node() == 0) TestArray = new double[2][array_rows];
    Dsm.barrier();
  }

  public void JGFkernel() {
    Runnable[] objs = {new SeriesRunner(Dsm.node())};
    for (Runnable o : objs) o.run();
    Dsm.barrier();
  }

  public void JGFvalidate() {
    if (Dsm.node() != 0) return;
    double s = 0;
    for (int i = 0; i < 4; i++) for (int j = 0; j < 2; j++) System.out.println(TestArray[j][i]);
    for (double[] r : TestArray) for (double d : r) s += d;
    System.out.println(s);
  }

  public void JGFtidyup() {
    Dsm.barrier();
    if (Dsm.node() == 0) TestArray = null;
    System.gc();
  }

  public static void main(String[] a) {
    new JGFSeries().JGFrun(0);
    Dsm.barrier();
  }
}
