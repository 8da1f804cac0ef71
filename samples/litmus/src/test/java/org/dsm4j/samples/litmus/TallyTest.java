package org.dsm4j.samples.litmus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** From counts to verdicts, the table and the status. */
class TallyTest {
  /** MP: the second read is the second place. */
  private static final Outcome BOTH_OLD = new Outcome(0x00);

  private static final Outcome FLAG_WITHOUT_DATA = new Outcome(0x01);

  private static Tally tally(Variant variant) {
    return new Tally(new Row(Shapes.named("MP"), variant, Placement.APART));
  }

  @Test
  void aLineCarriesAllCounts() {
    Tally sent = tally(Variant.PLAIN);
    assertTrue(sent.add(BOTH_OLD, 1, 1));
    assertFalse(sent.add(BOTH_OLD, 1, 0));
    sent.add(FLAG_WITHOUT_DATA, 3, 2);
    Tally received = tally(Variant.PLAIN);
    received.add(FLAG_WITHOUT_DATA, 1, 0);
    received.add(sent.line().split(" "));
    assertEquals(6, received.runs());
    assertEquals(4, received.count(FLAG_WITHOUT_DATA));
    assertEquals(4, received.count(Verdict.WEAK));
    assertEquals(2, received.countDistinct(Verdict.WEAK));
    assertEquals(2, received.count(Verdict.SEQUENTIAL));
  }

  @Test
  void aForbiddenOutcomeFailsItsRow() {
    Tally bad = tally(Variant.VOLATILE);
    bad.add(FLAG_WITHOUT_DATA, 1, 1);
    Summary summary = Summary.of(List.of(bad), true);
    assertEquals(1, summary.failed());
    assertEquals(1, summary.forbidden());
  }

  @Test
  void aRowThatWasNeverRunFails() {
    assertEquals(1, Summary.of(List.of(tally(Variant.LOCKED)), true).failed());
  }

  @Test
  void aRunIsTameIfNothingWeakWasSeenAcrossNodes() {
    Tally plain = tally(Variant.PLAIN);
    plain.add(BOTH_OLD, 10, 10);
    plain.add(FLAG_WITHOUT_DATA, 1, 0);
    assertTrue(Summary.of(List.of(plain), true).isTame());
    assertFalse(Summary.of(List.of(plain), false).isTame());
    Tally locked = tally(Variant.LOCKED);
    locked.add(BOTH_OLD, 10, 10);
    assertFalse(Summary.of(List.of(locked), true).isTame());
    plain.add(FLAG_WITHOUT_DATA, 1, 1);
    assertFalse(Summary.of(List.of(plain, locked), true).isTame());
  }

  @Test
  void theTableMarksWhatIsWeakAndWhatIsForbidden() {
    Tally plain = tally(Variant.PLAIN);
    plain.add(BOTH_OLD, 1200, 0);
    plain.add(FLAG_WITHOUT_DATA, 3, 0);
    assertEquals(
        "MP             plain      apart      1,203   [0,0] 1,200  [1,0]~ 3\n",
        print(plain, false));
    Tally locked = tally(Variant.LOCKED);
    locked.add(FLAG_WITHOUT_DATA, 3, 0);
    assertEquals("MP             locked     apart          3   [1,0]! 3\n", print(locked, false));
    assertEquals(
        "{\"shape\":\"MP\",\"variant\":\"locked\",\"pages\":\"apart\",\"runs\":3,\"outcomes\":"
            + "[{\"outcome\":\"1,0\",\"count\":3,\"verdict\":\"FORBIDDEN\"}]}\n",
        print(locked, true));
  }

  private static String print(Tally tally, boolean json) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new Report(new PrintStream(bytes, true, StandardCharsets.UTF_8), json).print(tally);
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
