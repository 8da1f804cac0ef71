package org.dsm4j.samples.team;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {
  @Test
  void readsValuesInBothForms() {
    Arguments arguments = new Arguments("test", "--size=7", "--with", "locks", "--threads", "3");
    assertEquals(3, arguments.number("--threads", 1, 1, 9, ""));
    assertEquals(7, arguments.number("--size", 1, 1, 9, ""));
    assertEquals(5, arguments.number("--rows", 5, 1, 9, ""));
    assertEquals("locks", arguments.choice("--with", "", "monitors", "locks"));
    assertEquals("a", arguments.choice("--other", "", "a", "b"));
    assertTrue(arguments.areRead());
  }

  @ParameterizedTest
  @ValueSource(strings = {"--size", "--size=0", "--size=ten", "--size=10", "--speed=1", "fast"})
  void refusesWhatItDoesNotKnow(String word) {
    Arguments arguments = new Arguments("test", word);
    assertThrows(
        IllegalArgumentException.class,
        () -> {
          arguments.number("--size", 1, 1, 9, "");
          arguments.areRead();
        });
  }
}
