package org.dsm4j.samples.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
  @Test
  void readsAllArgumentsInBothForms() throws BadInputException {
    Options wanted = new Options("a.rle", 12, 34, 56, 7, true, Options.Drawing.NEVER, false);
    assertEquals(
        wanted,
        Options.parse(
            "--pattern",
            "a.rle",
            "--grid",
            "12x34",
            "--iterations",
            "56",
            "--threads",
            "7",
            "--summary",
            "--no-draw"));
    assertEquals(
        wanted,
        Options.parse(
            "--summary",
            "--no-draw",
            "--grid=12x34",
            "--iterations=56",
            "--threads=7",
            "--pattern=a.rle"));
  }

  @Test
  void playsSomethingWithoutArguments() throws BadInputException {
    Options options = Options.parse();
    assertTrue(Patterns.NAMES.contains(options.pattern()));
    assertTrue(options.rows() > 0 && options.columns() > 0 && options.iterations() > 0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--grid 0x5        | no cells",
        "--grid 5x0        | no cells",
        "--grid 5          | is not ROWSxCOLS",
        "--grid x5         | is not ROWSxCOLS",
        "--grid -1x5       | is not ROWSxCOLS",
        "--grid 5x5x5      | is not ROWSxCOLS",
        "--grid 65536x65536| more cells than an array can hold",
        "--grid 99999999999x1| is not ROWSxCOLS",
        "--iterations -1   | is not a number from 0",
        "--iterations 1e3  | is not a number from 0",
        "--iterations      | needs a value",
        "--threads 0       | is not a number from 1",
        "--speed 3         | unknown argument '--speed'",
        "life.rle          | unknown argument 'life.rle'",
      })
  void refusesBadArgumentsInOneLine(String arguments, String message) {
    BadInputException e =
        assertThrows(BadInputException.class, () -> Options.parse(arguments.strip().split(" ")));
    assertTrue(e.getMessage().contains(message), e.getMessage());
    assertEquals(1, e.getMessage().lines().count());
  }
}
