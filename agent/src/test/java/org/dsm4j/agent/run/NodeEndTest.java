package org.dsm4j.agent.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the end of a process means. */
class NodeEndTest {
  @ParameterizedTest
  @CsvSource({
    "0, false, 0",
    "3, true, 3",
    "1, false, 1",
    "75, true, 75",
    "137, false, 75",
    "137, true, 137",
    "134, false, 75",
    "130, true, 130",
    "255, true, 255"
  })
  void aNodeThatWasKilledIsLost(int status, boolean deliberate, int cluster) {
    assertEquals(cluster, new NodeEnd(0, status, deliberate).clusterStatus());
  }
}
