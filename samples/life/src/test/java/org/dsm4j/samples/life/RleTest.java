package org.dsm4j.samples.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RleTest {
  private static final List<Pattern.Run> GLIDER =
      List.of(new Pattern.Run(0, 1, 1), new Pattern.Run(1, 2, 1), new Pattern.Run(2, 0, 3));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x = 3, y = 3, rule = B3/S23\nbo$2bo$3o!",
        "x=3,y=3\nbo$2bo$3o!",
        "X = 3 , Y = 3 , RULE = b3/s23\nbo$2bo$3o!",
        "x = 3, y = 3, rule = 23/3\nbob$bbo$3o$!",
        "#N Glider\n#C by hand\nx = 3, y = 3\n\nbo$\n2b\no$3\no\n!\nwhatever follows $%&",
        "x = 3, y = 3\r\nbo$2bo$\r\n# a comment between\r\n3o!\r\n",
        "x = 3, y = 3\n\tbo $ 2bo $ 3o !",
      })
  void readsTheGliderHoweverItIsWritten(String text) throws BadInputException {
    assertEquals(new Pattern(3, 3, GLIDER), Rle.parse(text));
  }

  @Test
  void skipsEmptyRowsByCount() throws BadInputException {
    assertEquals(
        List.of(new Pattern.Run(0, 0, 1), new Pattern.Run(12, 10, 2)),
        Rle.parse("x = 20, y = 13\no12$10b2o!").runs());
  }

  @Test
  void readsAnEmptyPattern() throws BadInputException {
    assertEquals(new Pattern(0, 0, List.of()), Rle.parse("x = 0, y = 0\n!"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "\"\"                          | no header line",
        "\"#C only a comment\"         | no header line",
        "\"bo$2bo$3o!\"                | line 1: not a header",
        "\"x = -3, y = 3\nbo!\"        | line 1: not a header",
        "\"x = 9999999999, y = 3\nbo!\"| line 1: not a header",
        "\"x = 3, y = 3\nbo$2bo$3o\"   | ends without '!'",
        "\"x = 3, y = 3\n\nbo$2bq$3o!\"| line 3: unexpected 'q'",
        "\"x = 3, y = 3\n0o!\"         | line 2: a run of 0 cells",
        "\"x = 3, y = 3\n4o!\"         | line 2: a living cell outside",
        "\"x = 3, y = 3\n3bo!\"        | line 2: a living cell outside",
        "\"x = 3, y = 3\n3$o!\"        | line 2: a living cell outside",
        "\"x = 3, y = 3\n99999999999o!\"| line 2: a run longer than any grid",
        "\"x = 3, y = 3, rule = B36/S23\nbo!\"| line 1: rule B36/S23 is not that of Life",
        "\"x = 3, y = 3\nb\u0001o!\"   | line 2: unexpected '\\u0001'",
      })
  void refusesWhatIsNotRleAndNamesTheLine(String text, String message) {
    BadInputException e = assertThrows(BadInputException.class, () -> Rle.parse(text));
    assertTrue(e.getMessage().contains(message), e.getMessage());
  }
}
