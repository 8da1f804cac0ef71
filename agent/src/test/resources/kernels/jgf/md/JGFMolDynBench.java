package jgf.md;

import org.dsm4j.*;

@Shared
class Particle {
  public double xcoord, ycoord, zcoord;
  public double xvelocity, yvelocity, zvelocity;
  int part_id;
  final Runner runner;
  double[][] sh_force;
  double[][][] sh_force2;

  Particle(
      double x,
      double y,
      double z,
      double xv,
      double yv,
      double zv,
      double[][] f,
      double[][][] f2,
      int id,
      Runner r) {
    xcoord = x;
    ycoord = y;
    zcoord = z;
    xvelocity = xv;
    yvelocity = yv;
    zvelocity = zv;
    sh_force = f;
    sh_force2 = f2;
    part_id = id;
    runner = r;
  }

  void domove(double side) {
    xcoord += xvelocity + sh_force[0][part_id];
    ycoord += yvelocity + sh_force[1][part_id];
    zcoord += zvelocity + sh_force[2][part_id];
    if (xcoord < 0) xcoord += side;
    if (xcoord > side) xcoord -= side;
    if (ycoord < 0) ycoord += side;
    if (ycoord > side) ycoord -= side;
    if (zcoord < 0) zcoord += side;
    if (zcoord > side) zcoord -= side;
    xvelocity += sh_force[0][part_id];
    yvelocity += sh_force[1][part_id];
    zvelocity += sh_force[2][part_id];
  }

  void force(
      double side, double rcoff, int mdsize, int x, Particle[] one, double[][] myforce, Acc acc) {
    double sideh = 0.5 * side, rcoffs = rcoff * rcoff, fxi = 0, fyi = 0, fzi = 0;
    for (int i = x + 1; i < mdsize; i++) {
      double xx = xcoord - one[i].xcoord, yy = ycoord - one[i].ycoord, zz = zcoord - one[i].zcoord;
      if (xx < -sideh) xx += side;
      if (xx > sideh) xx -= side;
      if (yy < -sideh) yy += side;
      if (yy > sideh) yy -= side;
      if (zz < -sideh) zz += side;
      if (zz > sideh) zz -= side;
      double rd = xx * xx + yy * yy + zz * zz;
      if (rd <= rcoffs) {
        double rrd = 1.0 / rd,
            rrd2 = rrd * rrd,
            rrd3 = rrd2 * rrd,
            rrd4 = rrd2 * rrd2,
            rrd6 = rrd2 * rrd4,
            rrd7 = rrd6 * rrd;
        acc.epot += rrd6 - rrd3;
        double r148 = rrd7 - 0.5 * rrd4;
        acc.vir -= rd * r148;
        double fx = xx * r148;
        fxi += fx;
        myforce[0][i] -= fx;
        double fy = yy * r148;
        fyi += fy;
        myforce[1][i] -= fy;
        double fz = zz * r148;
        fzi += fz;
        myforce[2][i] -= fz;
        acc.interactions++;
      }
    }
    myforce[0][x] += fxi;
    myforce[1][x] += fyi;
    myforce[2][x] += fzi;
  }
}

class Acc {
  double epot, vir;
  int interactions;
}

@Shared
abstract class Barrier {
  protected final int nprocs;

  Barrier(int n) {
    if (n <= 0) throw new IllegalArgumentException("no threads");
    nprocs = n;
  }

  abstract void DoBarrier(int myid);
}

@Shared
class TournamentBarrier extends Barrier {
  private final Cell[] cells;

  @Shared
  private static final class Cell {
    volatile boolean flag;
  }

  TournamentBarrier(int n) {
    super(n);
    cells = new Cell[n];
    for (int i = 0; i < n; i++) cells[i] = new Cell();
  }

  void DoBarrier(int myid) {
    boolean donevalue = !cells[myid].flag;
    int roundmask = 3;
    while (((myid & roundmask) == 0) && (roundmask < (nprocs << 2))) {
      int spacing = (roundmask + 1) >> 2;
      for (int b = 1; b <= 3 && myid + b * spacing < nprocs; b++) {
        while (cells[myid + b * spacing].flag != donevalue) Thread.onSpinWait();
      }
      roundmask = (roundmask << 2) + 3;
    }
    cells[myid].flag = donevalue;
    while (cells[0].flag != donevalue) Thread.yield();
  }
}

@Shared
class Runner implements Runnable {
  static final int PARTSIZE = 256, mm = 4, movemx = 5;
  final int id, nthreads;
  final Barrier br;
  final double[][] sh_force;
  final double[][][] sh_force2;
  Particle one[];
  @Shared static double epot, vir, ek;
  @Shared static int interactions;

  Runner(int id, int n, double[][] f, double[][][] f2, Barrier b) {
    this.id = id;
    nthreads = n;
    sh_force = f;
    sh_force2 = f2;
    br = b;
  }

  public void run() {
    double side = Math.pow(PARTSIZE / 0.83134, 0.3333333), rcoff = mm / 4.0 + 1;
    Particle[] parts = new Particle[PARTSIZE];
    java.util.Random r = new java.util.Random(7);
    for (int i = 0; i < PARTSIZE; i++)
      parts[i] =
          new Particle(
              (i % 7 + .5) * side / 7,
              (i / 7 % 7 + .5) * side / 7,
              (i / 49 + .5) * side / 7,
              r.nextGaussian() * .01,
              r.nextGaussian() * .01,
              r.nextGaussian() * .01,
              sh_force,
              sh_force2,
              i,
              this);
    one = parts;
    br.DoBarrier(id);
    double myEk = 0;
    for (int move = 0; move < movemx; move++) {
      for (Particle p : one) p.domove(side);
      br.DoBarrier(id);
      if (id == 0)
        for (int j = 0; j < 3; j++) for (int i = 0; i < PARTSIZE; i++) sh_force[j][i] = 0.0;
      for (int j = 0; j < 3; j++) java.util.Arrays.fill(sh_force2[j][id], 0.0);
      br.DoBarrier(id);
      double[][] mine = {sh_force2[0][id], sh_force2[1][id], sh_force2[2][id]};
      Acc acc = new Acc();
      for (int i = id; i < PARTSIZE; i += nthreads)
        one[i].force(side, rcoff, PARTSIZE, i, one, mine, acc);
      synchronized (Runner.class) {
        epot += acc.epot;
        vir += acc.vir;
        interactions += acc.interactions;
      }
      br.DoBarrier(id);
      if (id == 0) {
        for (int k = 0; k < 3; k++)
          for (int i = 0; i < PARTSIZE; i++) {
            double s = 0;
            for (int j = 0; j < nthreads; j++) s += sh_force2[k][j][i];
            sh_force[k][i] = s * 0.5 * 1e-4;
          }
      }
      br.DoBarrier(id);
    }
    if (id == 0) {
      for (Particle p : one)
        myEk += p.xvelocity * p.xvelocity + p.yvelocity * p.yvelocity + p.zvelocity * p.zvelocity;
      ek = myEk;
    }
    br.DoBarrier(id);
  }
}

public class JGFMolDynBench {
  @Shared static Runner[] thobjects;

  public static void main(String[] args) {
    int n = Dsm.nodes();
    if (Dsm.node() == 0) {
      Barrier br = new TournamentBarrier(n);
      double[][] f = new @Shared double[3][Runner.PARTSIZE];
      double[][][] f2 = new @Shared double[3][n][Runner.PARTSIZE];
      Runner[] rs = new Runner[n];
      for (int i = 0; i < n; i++) rs[i] = new Runner(i, n, f, f2, br);
      thobjects = rs;
    }
    Dsm.barrier();
    thobjects[Dsm.node()].run();
    if (Dsm.node() == 0)
      System.out.printf(
          "ek %.9e epot %.9e vir %.9e int %d%n",
          Runner.ek, Runner.epot, Runner.vir, Runner.interactions);
    Dsm.barrier();
  }
}
