package org.dsm4j.samples.litmus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the model finds against what the literature says of each shape. */
class ModelTest {
  /** The outcome that each shape is named for: no interleaving has it, unordered accesses may. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MP | 1,0",
        "SB | 0,0",
        "LB | 1,1",
        "IRIW | 1,0,1,0",
        "CoRR | 1,0",
        "CoRR | 2,1",
        "CoRR | 2,0",
        "CoRW | 2 x=2",
        "CoWR | 2 x=1",
        "2+2W | x=1 y=1",
        "WRC | 1,1,0",
        "ISA2 | 1,1,0",
        "R | 0 y=2",
        "S | 1 x=2",
        "Dekker | 1,1 C=1",
        "Peterson | 1,1 C=1",
        "Publication | 1,0,1,0,-,-",
        "Publication | 0,-,-,1,1,0",
        "Chain | 1,1,0",
        "DoubleChecked | 1,1,1,0,1,1 D=1",
      })
  void isForbiddenToInterleavingsAndAllowedToRaces(String name, String outcome) {
    Shape shape = Shapes.named(name);
    assertFalse(texts(shape, Model.sequential(shape, true)).contains(outcome));
    assertFalse(texts(shape, Model.sequential(shape, false)).contains(outcome));
    assertEquals(Verdict.WEAK, verdict(shape, Variant.PLAIN, outcome));
    assertEquals(Verdict.WEAK, verdict(shape, Variant.RELEASE, outcome));
    for (Variant variant : Variant.values()) {
      if (!variant.isRacy()) {
        assertEquals(Verdict.FORBIDDEN, verdict(shape, variant, outcome), variant::word);
      }
    }
  }

  /** What not even a race explains. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MP | torn,0",
        "CoWW | 0 x=1",
        "CoWW | 1 x=0",
        "CoRW | 1 x=1",
        "CoWR | 0 x=1",
        "2+2W | x=0 y=1",
        "WordTearing | 1,1 a=1 b=1 c=0 d=1",
        "WordTearing | 0,1 a=1 b=1 c=1 d=1",
        "LongTearing | torn,0 x=1",
        "LongTearing | 0,0 x=torn",
        "LongTearing | 0,0 x=0",
        "Publication | 0,1,1,1,1,1",
        "Dekker | 1,1 C=0",
        "Peterson | 1,- C=0",
        "DoubleChecked | 1,1,1,1,1,1 D=2",
        "DoubleChecked | 1,1,1,1,2,1 D=1",
        "LostUpdate | x=0",
        "LostUpdate | x=4",
      })
  void isForbiddenToAll(String name, String outcome) {
    Shape shape = Shapes.named(name);
    for (Variant variant : Variant.values()) {
      assertEquals(Verdict.FORBIDDEN, verdict(shape, variant, outcome), variant::word);
    }
  }

  @Test
  void additionsAreLostOnlyWhereTheyAreNotOneStep() {
    Shape shape = Shapes.named("LostUpdate");
    assertEquals(Set.of("x=3"), texts(shape, Model.sequential(shape, true)));
    assertEquals(Set.of("x=1", "x=2", "x=3"), texts(shape, Model.sequential(shape, false)));
    assertEquals(Verdict.SEQUENTIAL, verdict(shape, Variant.PLAIN, "x=1"));
    assertEquals(Verdict.SEQUENTIAL, verdict(shape, Variant.VOLATILE, "x=1"));
    assertEquals(Verdict.FORBIDDEN, verdict(shape, Variant.RELEASE, "x=2"));
    assertEquals(Verdict.FORBIDDEN, verdict(shape, Variant.LOCKED, "x=2"));
  }

  @Test
  void allInterleavingsAreFound() {
    Shape mp = Shapes.named("MP");
    assertEquals(Set.of("0,0", "0,1", "1,1"), texts(mp, Model.sequential(mp, true)));
    Shape sb = Shapes.named("SB");
    assertEquals(Set.of("0,1", "1,0", "1,1"), texts(sb, Model.sequential(sb, true)));
    Shape iriw = Shapes.named("IRIW");
    assertEquals(15, Model.sequential(iriw, true).size());
    assertEquals(16, Model.racy(iriw).size());
    Shape checked = Shapes.named("DoubleChecked");
    assertEquals(Set.of("1,1,1,1,1,1 D=1"), texts(checked, Model.sequential(checked, true)));
    Shape peterson = Shapes.named("Peterson");
    assertEquals(
        Set.of("1,1 C=2", "1,- C=1", "-,1 C=1", "-,- C=0"),
        texts(peterson, Model.sequential(peterson, true)));
  }

  @Test
  void interleavingsAreAmongWhatRacesAllow() {
    for (Shape shape : Shapes.all()) {
      if (shape.racy() == null) {
        assertTrue(Model.racy(shape).containsAll(Model.sequential(shape, true)), shape::name);
      }
      assertTrue(shape.places() <= Outcome.PLACES, shape::name);
    }
  }

  /** The verdict on an outcome in words; it need not be one that can be. */
  private static Verdict verdict(Shape shape, Variant variant, String words) {
    long bits = 0;
    int place = 0;
    for (String word : words.split("[, ]")) {
      String value = word.substring(word.indexOf('=') + 1);
      int number =
          switch (value) {
            case "-" -> Outcome.NONE;
            case "torn" -> Outcome.TORN;
            default -> Integer.parseInt(value);
          };
      bits = Outcome.with(bits, place++, number);
    }
    assertEquals(shape.places(), place);
    assertEquals(words, shape.text(new Outcome(bits)));
    return new Row(shape, variant, Placement.SAME).verdict(new Outcome(bits));
  }

  private static Set<String> texts(Shape shape, Set<Long> outcomes) {
    return outcomes.stream().map(Outcome::new).map(shape::text).collect(Collectors.toSet());
  }
}
