package org.dsm4j.e2e.programs;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.dsm4j.Dsm;
import org.dsm4j.samples.life.Life;
import org.dsm4j.samples.sor.Sor;

/**
 * Plays samples, then prints every counter of the engine that is not 0, and the CPU time of the
 * thread of its own, in clock ticks of 10 ms.
 */
public final class Quiet {
  /** Place of the ticks in user mode, then those in the kernel, after the name; proc(5). */
  private static final int USER_TICKS = 11;

  private Quiet() {}

  /** Runs the program that the first argument names. */
  public static void main(String[] args) throws Exception {
    if (args[0].equals("life")) {
      Life.main(new String[] {"--iterations", "300", "--threads", "2"});
    } else {
      Sor.main(new String[] {"--threads", "2"});
    }
    Map<String, Long> counted = new TreeMap<>(Dsm.statistics().counters());
    counted.values().removeIf(value -> value == 0);
    System.out.println("service " + serviceTicks());
    System.out.println("counted " + counted);
  }

  private static long serviceTicks() throws IOException {
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path task : tasks) {
        String line = Files.readString(task.resolve("stat"));
        String[] words = line.substring(line.lastIndexOf(')') + 2).split(" ");
        if (line.contains("(dsm-service")) {
          return Long.parseLong(words[USER_TICKS]) + Long.parseLong(words[USER_TICKS + 1]);
        }
      }
    }
    throw new IOException("no service thread");
  }
}
