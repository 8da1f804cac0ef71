package npb.cg;

public class Random48 {
  double tran = 314159265.0, amult = 1220703125.0;
  static final double r23 = Math.pow(0.5, 23),
      r46 = Math.pow(r23, 2),
      t23 = Math.pow(2.0, 23),
      t46 = Math.pow(t23, 2);

  public double randlc(double a) {
    double t1 = r23 * a;
    double a1 = (int) t1;
    double a2 = a - t23 * a1;
    t1 = r23 * tran;
    double x1 = (int) t1;
    double x2 = tran - t23 * x1;
    t1 = a1 * x2 + a2 * x1;
    double t2 = (int) (r23 * t1);
    double zz = t1 - t23 * t2;
    double t3 = t23 * zz + a2 * x2;
    double t4 = (int) (r46 * t3);
    tran = t3 - t46 * t4;
    return r46 * tran;
  }
}
