package org.dsm4j.core.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StaticsLayoutTest {
  private static FieldSpec field(String name, String descriptor) {
    return new FieldSpec(name, descriptor, false);
  }

  @Test
  void everyFieldIsAlignedAndNoTwoOverlap() {
    Random random = new Random(1);
    String[] types = {"Z", "B", "S", "C", "I", "F", "J", "D", "[I", "Ljava/lang/String;"};
    for (int round = 0; round < 200; round++) {
      List<FieldSpec> fields = new ArrayList<>();
      for (int i = 0; i <= random.nextInt(40); i++) {
        fields.add(field("f" + i, types[random.nextInt(types.length)]));
      }
      StaticsLayout layout = StaticsLayout.of("a.B", fields);
      boolean[] taken = new boolean[(int) layout.bytes()];
      for (FieldSpec each : fields) {
        int offset = layout.offset(each.name());
        assertEquals(0, offset % each.size(), layout.fingerprint());
        for (int i = offset; i < offset + each.size(); i++) {
          assertTrue(!taken[i], layout.fingerprint());
          taken[i] = true;
        }
      }
      assertEquals(0, layout.bytes() % StaticsLayout.BLOCK_ALIGNMENT);
    }
  }

  @Test
  void orderOfDeclarationDoesNotMatter() {
    List<FieldSpec> fields =
        new ArrayList<>(
            List.of(field("b", "I"), field("a", "I"), field("z", "J"), field("c", "B")));
    String fingerprint = StaticsLayout.of("a.B", fields).fingerprint();
    Collections.reverse(fields);
    assertEquals(fingerprint, StaticsLayout.of("a.B", fields).fingerprint());
    assertEquals("a.B{J z@0;I a@8;I b@12;B c@16}", fingerprint);
  }

  @Test
  void fingerprintTellsTypeNameAndVolatile() {
    String plain = StaticsLayout.of("A", List.of(field("x", "I"))).fingerprint();
    assertNotEquals(plain, StaticsLayout.of("A", List.of(field("x", "F"))).fingerprint());
    assertNotEquals(plain, StaticsLayout.of("A", List.of(field("y", "I"))).fingerprint());
    assertNotEquals(plain, StaticsLayout.of("C", List.of(field("x", "I"))).fingerprint());
    assertEquals(
        "A{volatile I x@0}",
        StaticsLayout.of("A", List.of(new FieldSpec("x", "I", true))).fingerprint());
  }

  @Test
  void refusesWhatIsNoField() {
    assertThrows(IllegalArgumentException.class, () -> field("x", "V"));
    assertThrows(IllegalArgumentException.class, () -> field("x", ""));
    assertThrows(IllegalArgumentException.class, () -> StaticsLayout.of("A", List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> StaticsLayout.of("A", List.of(field("x", "I"), field("x", "J"))));
    StaticsLayout layout = StaticsLayout.of("A", List.of(field("x", "I")));
    assertThrows(IllegalArgumentException.class, () -> layout.offset("y"));
  }
}
