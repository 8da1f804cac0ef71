package org.dsm4j.samples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionsTest {
  @Test
  void readsNamesRegimeAndForm() {
    Options options = Options.parse("lock", "--regime", "blocking", "--json", "fault");
    assertEquals(EnumSet.of(Suite.FAULT, Suite.LOCK), options.suites());
    assertEquals(Regime.BLOCKING, options.regime());
    assertTrue(options.json());
  }

  @Test
  void runsAllWithoutNames() {
    assertEquals(EnumSet.allOf(Suite.class), Options.parse().suites());
    assertEquals(EnumSet.allOf(Suite.class), Options.parse("all", "--regime=polling").suites());
  }

  @ParameterizedTest
  @ValueSource(strings = {"fault2", "--fast", "--regime", "--regime=idle"})
  void refusesWhatItDoesNotKnow(String argument) {
    assertThrows(IllegalArgumentException.class, () -> Options.parse(argument));
  }
}
