package org.dsm4j.internal;

import static org.dsm4j.Consistency.RELEASE;
import static org.dsm4j.Consistency.SEQUENTIAL;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class StaticsLayoutTest {
  private static StaticField plain(String name, String descriptor) {
    return new StaticField(name, descriptor, "", false, false);
  }

  private static StaticField ofVolatile(String name, String descriptor) {
    return new StaticField(name, descriptor, "", true, false);
  }

  @Test
  void plainAndVolatileFieldsHaveBlocksOfTheirOwn() {
    StaticsLayout layout =
        new StaticsLayout(
            List.of(
                plain("b", "B"),
                ofVolatile("flag", "Z"),
                plain("i", "I"),
                ofVolatile("count", "J"),
                plain("a", "[D")));
    assertEquals(13, layout.bytes(RELEASE));
    assertEquals(0, layout.offset("a"));
    assertEquals(8, layout.offset("i"));
    assertEquals(12, layout.offset("b"));
    assertEquals(9, layout.bytes(SEQUENTIAL));
    assertEquals(0, layout.offset("count"));
    assertEquals(8, layout.offset("flag"));
    assertEquals(RELEASE, plain("b", "B").mode());
    assertEquals(SEQUENTIAL, ofVolatile("flag", "Z").mode());
  }

  @Test
  void theFingerprintTellsBothBlocks() {
    assertEquals(
        "volatile J x; I y",
        new StaticsLayout(List.of(plain("y", "I"), ofVolatile("x", "J"))).fingerprint());
  }

  @Test
  void whatIsElsewhereIsInNeitherBlock() {
    StaticsLayout layout =
        new StaticsLayout(
            List.of(
                new StaticField("named", "I", "everywhere", true, false),
                new StaticField("lock", "Ljava/lang/Object;", "", false, true)));
    assertEquals(0, layout.bytes(RELEASE) + layout.bytes(SEQUENTIAL));
  }
}
