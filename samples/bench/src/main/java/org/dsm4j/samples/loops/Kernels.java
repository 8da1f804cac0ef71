package org.dsm4j.samples.loops;

import org.dsm4j.Shared;

/**
 * Loops over arrays as programs are written: fields used directly, grids by both indices, objects
 * by their array. One thread.
 */
final class Kernels {
  static final int LENGTH = 1 << 16;
  static final int SIDE = 192;
  static final int BODIES = 1000;

  @Shared static double[] x = new double[LENGTH];
  @Shared static double[] y = new double[LENGTH];
  @Shared static int[] keys = new int[LENGTH];
  @Shared static int[] counts = new int[256];
  @Shared static double[][] a = new double[SIDE][SIDE];
  @Shared static double[][] b = new double[SIDE][SIDE];
  @Shared static double[][] c = new double[SIDE][SIDE];
  @Shared static double[][][] cube = new double[40][40][40];
  @Shared static Body[] bodies = new Body[BODIES];
  @Shared static String[] words = new String[4096];

  /** A point with mass. */
  @Shared
  static final class Body {
    double px;
    double py;
    double vx;
    double vy;
    double mass = 1;
  }

  /** Arrays in the fields of a shared object. */
  @Shared
  static final class SharedVector {
    double[] elements = new double[LENGTH];

    double sum() {
      double sum = 0;
      for (int i = 0; i < elements.length; i++) {
        sum += elements[i];
      }
      return sum;
    }

    void scale(double factor) {
      for (int i = 0; i < elements.length; i++) {
        elements[i] *= factor;
      }
    }
  }

  /** An ordinary object that holds a shared array. */
  static final class Vector {
    final double[] elements;

    Vector(@Shared double[] elements) {
      this.elements = elements;
    }

    double sum() {
      double sum = 0;
      for (int i = 0; i < elements.length; i++) {
        sum += elements[i];
      }
      return sum;
    }

    void scale(double factor) {
      for (int i = 0; i < elements.length; i++) {
        elements[i] *= factor;
      }
    }
  }

  private static SharedVector sharedVector;
  private static Vector vector;

  private Kernels() {}

  static void fill() {
    sharedVector = new SharedVector();
    vector = new Vector(x);
    for (int i = 0; i < LENGTH; i++) {
      x[i] = i % 17;
      y[i] = i % 13;
      keys[i] = i * 31 & 255;
    }
    for (int i = 0; i < SIDE; i++) {
      for (int j = 0; j < SIDE; j++) {
        a[i][j] = (i + j) % 7;
        b[i][j] = (i * j) % 5;
      }
    }
    for (int i = 0; i < BODIES; i++) {
      Body body = new Body();
      body.px = i % 31;
      body.py = i % 29;
      bodies[i] = body;
    }
    for (int i = 0; i < words.length; i++) {
      words[i] = "a word, number " + i % 100;
    }
  }

  static double scaleLocal() {
    double[] local = x;
    for (int i = 0; i < local.length; i++) {
      local[i] *= 1.0000001;
    }
    return local.length;
  }

  static double scaleStatic() {
    for (int i = 0; i < x.length; i++) {
      x[i] *= 1.0000001;
    }
    return x.length;
  }

  static double sumStatic() {
    double sum = 0;
    for (int i = 0; i < LENGTH; i++) {
      sum += x[i];
    }
    keep(sum);
    return LENGTH;
  }

  static double axpyStatic() {
    for (int i = 0; i < LENGTH; i++) {
      y[i] += 0.0001 * x[i];
    }
    return LENGTH;
  }

  static double histogram() {
    for (int i = 0; i < LENGTH; i++) {
      counts[keys[i]]++;
    }
    return LENGTH;
  }

  static double matmul() {
    for (int i = 0; i < SIDE; i++) {
      for (int j = 0; j < SIDE; j++) {
        double sum = 0;
        for (int k = 0; k < SIDE; k++) {
          sum += a[i][k] * b[k][j];
        }
        c[i][j] = sum;
      }
    }
    return (double) SIDE * SIDE * SIDE;
  }

  static double matmulInPlace() {
    for (int i = 0; i < SIDE; i++) {
      for (int k = 0; k < SIDE; k++) {
        for (int j = 0; j < SIDE; j++) {
          c[i][j] += a[i][k] * b[k][j];
        }
      }
    }
    return (double) SIDE * SIDE * SIDE;
  }

  static double jacobi() {
    for (int i = 1; i < SIDE - 1; i++) {
      for (int j = 1; j < SIDE - 1; j++) {
        c[i][j] = 0.25 * (a[i - 1][j] + a[i + 1][j] + a[i][j - 1] + a[i][j + 1]);
      }
    }
    return (double) (SIDE - 2) * (SIDE - 2);
  }

  static double columns() {
    double sum = 0;
    for (int j = 0; j < SIDE; j++) {
      for (int i = 0; i < SIDE; i++) {
        sum += a[i][j];
      }
    }
    keep(sum);
    return (double) SIDE * SIDE;
  }

  static double cube() {
    double sum = 0;
    for (int i = 1; i < 39; i++) {
      for (int j = 1; j < 39; j++) {
        for (int k = 1; k < 39; k++) {
          cube[i][j][k] = 0.5 * (cube[i - 1][j][k] + cube[i][j + 1][k] + cube[i][j][k - 1]) + 1;
        }
      }
    }
    keep(sum);
    return 38.0 * 38 * 38;
  }

  static double sumOfSharedObject() {
    keep(sharedVector.sum());
    return LENGTH;
  }

  static double scaleOfSharedObject() {
    sharedVector.scale(1.0000001);
    return LENGTH;
  }

  static double sumOfPlainObject() {
    keep(vector.sum());
    return LENGTH;
  }

  static double scaleOfPlainObject() {
    vector.scale(1.0000001);
    return LENGTH;
  }

  static double sumOverObjects() {
    double sum = 0;
    for (int i = 0; i < BODIES; i++) {
      sum += bodies[i].px;
    }
    keep(sum);
    return BODIES;
  }

  static double forces() {
    for (int i = 0; i < 100; i++) {
      for (int j = 0; j < BODIES; j++) {
        if (i != j) {
          double dx = bodies[j].px - bodies[i].px;
          double dy = bodies[j].py - bodies[i].py;
          double d = bodies[j].mass / (dx * dx + dy * dy + 1);
          bodies[i].vx += dx * d;
          bodies[i].vy += dy * d;
        }
      }
    }
    return 100.0 * BODIES;
  }

  static double moves() {
    for (int i = 0; i < BODIES; i++) {
      bodies[i].px += bodies[i].vx * 1e-9;
      bodies[i].py += bodies[i].vy * 1e-9;
    }
    return BODIES;
  }

  static double forEachObject() {
    double sum = 0;
    for (Body body : bodies) {
      sum += body.px + body.py;
    }
    keep(sum);
    return BODIES;
  }

  private static double at(int i) {
    return x[i];
  }

  static double byMethod() {
    double sum = 0;
    for (int i = 0; i < LENGTH; i++) {
      sum += at(i);
    }
    keep(sum);
    return LENGTH;
  }

  private static double weight(double value) {
    return value > 3 ? value : 3 - value;
  }

  static double callInside() {
    double sum = 0;
    for (int i = 0; i < LENGTH; i++) {
      sum += weight(x[i]) + y[i];
    }
    keep(sum);
    return LENGTH;
  }

  static double textLengths() {
    int sum = 0;
    for (int i = 0; i < words.length; i++) {
      sum += words[i].length();
    }
    keep(sum);
    return words.length;
  }

  private static volatile double kept;

  private static void keep(double value) {
    kept = value;
  }
}
