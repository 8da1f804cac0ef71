package org.dsm4j.samples.litmus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {
  @Test
  void defaultsAreAllShapesOnTwoToFourNodesForTenMinutes() {
    Options options = Options.parse();
    assertEquals(List.of(), options.shapes());
    assertEquals(List.of(2, 3, 4), options.nodes());
    assertEquals(Duration.ofMinutes(10), options.time());
    assertEquals(Duration.ofSeconds(80), Options.parse("--short").time());
  }

  @Test
  void everythingCanBeNamed() {
    Options options =
        Options.parse(
            "--shape",
            "mp,iriw",
            "--variant=plain",
            "--nodes=4,2",
            "--seed=7",
            "--time",
            "9",
            "--json");
    assertEquals(List.of("MP", "IRIW"), options.shapes());
    assertEquals(List.of(Variant.PLAIN), options.variants());
    assertEquals(4, options.rows().size());
    assertEquals(List.of(4, 2), options.nodes());
    assertEquals(7, options.seed());
    assertEquals(Duration.ofSeconds(9), options.time());
    assertTrue(options.json());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--speed 9 | unknown argument '--speed'",
        "--nodes | --nodes needs a value",
        "--nodes 0 | --nodes is 0; allowed: a number from 1 to 16",
        "--nodes 2,x | --nodes is x; allowed",
        "--time -1 | --time is -1; allowed",
        "--seed abc | --seed is abc; allowed",
        "--variant final | there is no variant 'final'; there are plain, release",
        "--shape MPP | there is no shape 'MPP'; there are MP, SB",
      })
  void whatIsWrongIsToldInOneLine(String arguments, String message) {
    IllegalArgumentException thrown =
        assertThrows(IllegalArgumentException.class, () -> Options.parse(arguments.split(" ")));
    assertTrue(thrown.getMessage().contains(message), thrown::getMessage);
  }
}
