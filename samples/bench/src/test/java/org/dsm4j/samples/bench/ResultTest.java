package org.dsm4j.samples.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class ResultTest {
  private static final Result RESULT =
      new Result("fault.read")
          .with("nodes", 2)
          .with("transport", "tcp")
          .with("regime", "polling")
          .with("p50_us", 26.04)
          .with("ratio", 2.4149);

  @Test
  void isOneJsonObjectInALineInTheOrderOfItsFields() {
    assertEquals(
        "{\"bench\":\"fault.read\",\"nodes\":2,\"transport\":\"tcp\",\"regime\":\"polling\","
            + "\"p50_us\":26.0,\"ratio\":2.41}",
        RESULT.json());
  }

  @Test
  void aRowNamesTheMemory() {
    assertEquals(
        "read release               polling       ratio 1.00",
        Report.row(
            new Result("read")
                .with("regime", "polling")
                .with("memory", "release")
                .with("ratio", 1.0)));
  }

  @Test
  void isARowForPeople() {
    assertEquals(
        "fault.read                 polling      p50_us 26.0     ratio 2.41", Report.row(RESULT));
  }
}
