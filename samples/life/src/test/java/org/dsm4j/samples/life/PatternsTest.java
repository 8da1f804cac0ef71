package org.dsm4j.samples.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PatternsTest {
  @ParameterizedTest
  @CsvSource({"acorn,7,3,7", "glider,3,3,5", "gosper-gun,36,9,36", "r-pentomino,3,3,5"})
  void shipsTheClassics(String name, int width, int height, int population)
      throws BadInputException {
    Pattern pattern = Patterns.load(name);
    assertEquals(width, pattern.width());
    assertEquals(height, pattern.height());
    assertEquals(population, pattern.runs().stream().mapToInt(Pattern.Run::length).sum());
  }

  @Test
  void readsAFileOfThePatternsFolder() throws BadInputException {
    assertEquals(Patterns.load("acorn"), Patterns.load("patterns/acorn.rle"));
  }

  @Test
  void namesWhatCannotBeRead(@TempDir Path folder) throws IOException {
    assertMessage(folder.resolve("none.rle"), "no such file; shipped are acorn, glider");
    assertMessage(folder, "is a directory");
    Path noise = Files.write(folder.resolve("noise.rle"), new byte[] {-1, 0, 1, 2});
    assertMessage(noise, "is not RLE: line 1");
  }

  private static void assertMessage(Path file, String message) {
    BadInputException e =
        assertThrows(BadInputException.class, () -> Patterns.load(file.toString()));
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }
}
