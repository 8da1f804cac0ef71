package org.dsm4j.samples.loops;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * What loops over shared arrays cost, in ns an element of thread CPU time: the best of many runs of
 * each of {@link Kernels}. Started without the agent it tells what plain Java costs.
 *
 * <p>Arguments: names of kernels; none: all.
 */
public final class Loops {
  private static final long RUN_NANOS = 400_000_000;
  private static final long WARM_UP_NANOS = 600_000_000;
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private Loops() {}

  private static Map<String, DoubleSupplier> kernels() {
    Map<String, DoubleSupplier> all = new LinkedHashMap<>();
    all.put("local x[i] *= k", Kernels::scaleLocal);
    all.put("static x[i] *= k", Kernels::scaleStatic);
    all.put("static sum", Kernels::sumStatic);
    all.put("static y[i] += k * x[i]", Kernels::axpyStatic);
    all.put("static counts[keys[i]]++", Kernels::histogram);
    all.put("static matmul ijk", Kernels::matmul);
    all.put("static matmul ikj", Kernels::matmulInPlace);
    all.put("static jacobi", Kernels::jacobi);
    all.put("static columns", Kernels::columns);
    all.put("static cube", Kernels::cube);
    all.put("shared this.e[i] sum", Kernels::sumOfSharedObject);
    all.put("shared this.e[i] *= k", Kernels::scaleOfSharedObject);
    all.put("plain this.e[i] sum", Kernels::sumOfPlainObject);
    all.put("plain this.e[i] *= k", Kernels::scaleOfPlainObject);
    all.put("bodies[i].px sum", Kernels::sumOverObjects);
    all.put("bodies forces", Kernels::forces);
    all.put("bodies moves", Kernels::moves);
    all.put("for (Body b : bodies)", Kernels::forEachObject);
    all.put("x[i] by a method", Kernels::byMethod);
    all.put("x[i] and a call", Kernels::callInside);
    all.put("words[i].length()", Kernels::textLengths);
    return all;
  }

  public static void main(String[] arguments) {
    Kernels.fill();
    kernels()
        .forEach(
            (name, kernel) -> {
              if (arguments.length == 0 || List.of(arguments).contains(name)) {
                System.out.printf("%-28s %8.3f%n", name, best(kernel));
              }
            });
  }

  private static double best(DoubleSupplier kernel) {
    run(kernel, WARM_UP_NANOS);
    return run(kernel, RUN_NANOS);
  }

  private static double run(DoubleSupplier kernel, long nanos) {
    double best = Double.MAX_VALUE;
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() - end < 0) {
      long from = THREADS.getCurrentThreadCpuTime();
      double elements = 0;
      long spent;
      do {
        elements += kernel.getAsDouble();
        spent = THREADS.getCurrentThreadCpuTime() - from;
      } while (spent < 5_000_000);
      best = Math.min(best, spent / elements);
    }
    return best;
  }
}
