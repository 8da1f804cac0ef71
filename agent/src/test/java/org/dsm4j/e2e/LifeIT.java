package org.dsm4j.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Life plays the same game on any number of nodes. The expected lines are those of the sample's
 * single-threaded reference; its test GameTest holds the same table against it.
 */
class LifeIT {
  private static final Duration LIMIT = Duration.ofSeconds(90);

  @ParameterizedTest
  @CsvSource({
    "1, acorn, 96x160, 150, generation 150 population 149 crc32 822BA887",
    "2, acorn, 96x160, 150, generation 150 population 149 crc32 822BA887",
    "4, acorn, 96x160, 150, generation 150 population 149 crc32 822BA887",
    "8, acorn, 96x160, 150, generation 150 population 149 crc32 822BA887",
    "2, acorn, 512x512, 60, generation 60 population 78 crc32 BA2C954C",
    "3, gosper-gun, 60x300, 120, generation 120 population 56 crc32 67CB66F5",
    "8, r-pentomino, 8x1031, 77, generation 77 population 5 crc32 3F18D1BA",
    "5, glider, 9x3, 36, generation 36 population 6 crc32 1B3F47EB",
  })
  void endsWithTheLineOfTheReference(
      int nodes, String pattern, String grid, String iterations, String line)
      throws IOException, InterruptedException {
    try (Run run =
        Run.life(
            nodes, List.of(), "--pattern", pattern, "--grid", grid, "--iterations", iterations)) {
      run.expectStatus(0, LIMIT);
      List<String> out = run.out().all();
      assertTrue(!out.isEmpty() && withoutPrefix(out.get(out.size() - 1)).equals(line), run::dump);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void endsWithTheSameLineWithSeveralThreadsOnEachNode(int nodes)
      throws IOException, InterruptedException {
    String[] arguments = {
      "--pattern", "acorn", "--grid", "96x160", "--iterations", "150", "--threads", "4"
    };
    try (Run run = Run.life(nodes, List.of(), arguments)) {
      run.expectStatus(0, LIMIT);
      List<String> out = run.out().all();
      assertEquals(
          "generation 150 population 149 crc32 822BA887",
          out.isEmpty() ? "" : withoutPrefix(out.get(out.size() - 1)),
          run::dump);
    }
  }

  @Test
  void tellsWhatTheRunCost() throws IOException, InterruptedException {
    try (Run run = Run.life(2, List.of(), "--iterations", "50", "--summary")) {
      run.expectStatus(0, LIMIT);
      String out = String.join("\n", run.out().all());
      for (String word :
          List.of("generations/s", "faults", "pages", "bytes", "locks", "barriers")) {
        assertTrue(out.contains(word), () -> word + run.dump());
      }
      assertTrue(out.matches("(?s).*faults +[1-9].*pages +[1-9].*"), run::dump);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "2 | --pattern nowhere.rle          | no such file",
        "2 | --pattern FOLDER/noise.rle     | is not RLE",
        "2 | --pattern gosper-gun --grid 20x20 | larger than the grid",
        "2 | --grid 0x10                    | no cells",
        "4 | --pattern glider --grid 3x10   | 4 nodes cannot share 3 rows",
        "1 | --iterations many              | is not a number",
        "2 | --speed 9                      | unknown argument",
      })
  void refusesBadInputWithOneLineAndStatusTwo(
      int nodes, String arguments, String message, @TempDir Path folder)
      throws IOException, InterruptedException {
    Files.writeString(folder.resolve("noise.rle"), "this is no pattern\n");
    String[] words = arguments.strip().replace("FOLDER", folder.toString()).split(" ");
    try (Run run = Run.life(nodes, List.of(), words)) {
      run.expectStatus(2, LIMIT);
      List<String> err = run.err().all();
      assertEquals(1, err.size(), run::dump);
      assertTrue(withoutPrefix(err.get(0)).startsWith("life: "), run::dump);
      assertTrue(err.get(0).contains(message), run::dump);
      assertEquals(List.of(), run.out().all(), run::dump);
    }
  }

  private static String withoutPrefix(String line) {
    return line.replaceFirst("^\\[?\\d+[\\]:|] ?", "");
  }
}
