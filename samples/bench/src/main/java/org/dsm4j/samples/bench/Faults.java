package org.dsm4j.samples.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.dsm4j.Consistency;

/**
 * A cold access to one page that another node has written: the time from before the load or store
 * to after it. Rounds of faults and of raw exchanges take turns, so that whatever else the machine
 * does falls on both.
 */
final class Faults {
  private static final int PAGES = 4096;
  private static final int WARMUP_ROUNDS = 2;
  private static final int ROUNDS = 5;

  private Faults() {}

  static List<Result> run(Lab lab) throws TimeoutException {
    List<Result> results = new ArrayList<>();
    for (Consistency mode : Consistency.values()) {
      results.add(measure(lab, "fault.read", mode, false));
      results.add(measure(lab, "fault.write", mode, true));
    }
    return results;
  }

  private static Result measure(Lab lab, String name, Consistency mode, boolean write)
      throws TimeoutException {
    Pages pages = new Pages("bench." + name + mode, PAGES, mode);
    Samples faults = new Samples(PAGES * ROUNDS);
    Samples raw = new Samples(PAGES * ROUNDS);
    for (int round = 0; round < WARMUP_ROUNDS + ROUNDS; round++) {
      boolean counts = round >= WARMUP_ROUNDS;
      byte value = (byte) (round + 1);
      if (lab.prepares()) {
        pages.writeAll(value);
      }
      lab.barrier();
      if (lab.measures()) {
        Samples times = counts ? faults : new Samples(PAGES);
        if (write) {
          pages.write(times, value);
        } else {
          pages.read(times, value);
        }
      }
      lab.barrier();
      long[] exchanges = lab.raw(Lab.PAGE_BYTES, PAGES / 8, PAGES);
      if (counts) {
        raw.addAll(exchanges);
      }
      lab.barrier();
    }
    pages.free();
    Result result = lab.result(name).with("memory", Lab.word(mode));
    return lab.measures() ? compare(result, faults, raw) : result;
  }

  private static Result compare(Result result, Samples faults, Samples raw) {
    double rawMicros = raw.micros(50);
    return result
        .with(faults)
        .with("raw_p50_us", rawMicros)
        .with("ratio", faults.micros(50) / rawMicros);
  }
}
