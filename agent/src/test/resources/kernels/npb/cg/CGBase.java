package npb.cg;

import org.dsm4j.Shared;

@Shared
public class CGBase {
  public static final String BMName = "CG";
  public char CLASS = 'S';
  public int na, nonzer, niter;
  public double shift, rcond, zeta_verify_value;
  public int nz, naa, nzz;
  public int firstrow, lastrow, firstcol, lastcol;
  public int colidx[], rowstr[], iv[], arow[], acol[];
  public double v[], aelt[], a[], p[], q[], x[], z[], r[];
  public double rhomaster[], dmaster[], rnormmaster[];
  public int num_threads;
  public CGWorker worker[];
  public CG master;
  public double alpha, beta, rho;
  public transient Random48 rng = new Random48();
  public static final int OMEGA = 1, ALPHA = 2, RHO = 3, BETA = 4, NORM = 5;

  public CGBase() {}

  public CGBase(char clss, int np) {
    CLASS = clss;
    num_threads = np;
    switch (CLASS) {
      case 'S':
        na = 1400;
        nonzer = 7;
        shift = 10;
        niter = 5;
        break;
      case 'W':
        na = 7000;
        nonzer = 8;
        shift = 12;
        niter = 15;
        break;
      default:
        throw new IllegalArgumentException("class " + clss);
    }
    naa = na;
    nzz = na * (nonzer + 1) * 2;
    nz = nzz;
    rcond = .1;
    colidx = new int[nz + 1];
    rowstr = new int[na + 2];
    a = new double[nz + 1];
    p = new double[na + 3];
    q = new double[na + 3];
    r = new double[na + 3];
    x = new double[na + 3];
    z = new double[na + 3];
    int np1 = num_threads == 0 ? 1 : num_threads;
    rhomaster = new double[np1];
    dmaster = new double[np1];
    rnormmaster = new double[np1];
  }
}
