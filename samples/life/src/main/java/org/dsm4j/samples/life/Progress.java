package org.dsm4j.samples.life;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A progress line on standard error, only for runs that take a while. Time is an argument. */
final class Progress {
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final int iterations;
  private final long startNanos;
  private long nextNanos;

  Progress(int iterations, long nowNanos) {
    this.iterations = iterations;
    this.startNanos = nowNanos;
    this.nextNanos = nowNanos + INTERVAL_NANOS;
  }

  void show(int generation, long nowNanos) {
    String line = line(generation, nowNanos);
    if (line != null) {
      System.err.println(line);
    }
  }

  /** The line that is due now, or null. */
  String line(int generation, long nowNanos) {
    if (generation == iterations || nowNanos - nextNanos < 0) {
      return null;
    }
    nextNanos = nowNanos + INTERVAL_NANOS;
    double perSecond = generation * 1e9 / (nowNanos - startNanos);
    return String.format(
        Locale.ROOT,
        "life: generation %d of %d, %.0f generations/s",
        generation,
        iterations,
        perSecond);
  }
}
