package org.dsm4j.agent.run;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class EndNewsTest {
  private final EndNews news = new EndNews();

  @Test
  void theFirstLineIsToldAndItsConsequencesAreNot() {
    assertFalse(
        repeated("dsm: node 2 is lost (its connection broke); node 0 ends with status 75\n"));
    assertTrue(
        repeated("dsm: node 2 is lost (its connection broke); node 1 ends with status 75\n"));
    assertTrue(repeated("dsm: node 0 ended with status 75 (System.exit); the cluster ends\n"));
  }

  @Test
  void everythingElsePasses() {
    assertFalse(repeated("dsm: node 1 ended with status 3 (System.exit); the cluster ends\n"));
    assertFalse(repeated("dsm: node 1 joined\n"));
    assertFalse(repeated("node 1 ended with status 3 (says the application)\n"));
    assertFalse(repeated("\n"));
    assertFalse(repeated(""));
  }

  private boolean repeated(String line) {
    return news.isRepeated(line.getBytes(StandardCharsets.UTF_8));
  }
}
