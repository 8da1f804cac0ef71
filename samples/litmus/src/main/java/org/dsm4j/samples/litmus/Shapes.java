package org.dsm4j.samples.litmus;

import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * All shapes.
 *
 * <p>Names and programs of the first thirteen are those of Alglave, Maranget and Tautschnig,
 * "Herding Cats" (TOPLAS 2014); IRIW also of Boehm and Adve, "Foundations of the C++ Concurrency
 * Memory Model" (PLDI 2008). Dekker and Peterson are their algorithms of mutual exclusion around an
 * increment; here a thread gives up after a while instead of waiting for ever. Word tearing is of
 * JLS 17.6, long tearing of 17.7; publication, double-checked locking and the lost update are
 * jcstress's samples of these names.
 */
final class Shapes {
  private static final String PUBLISHED = "r f; if 0 end; r D; r E";
  private static final String DOUBLE_CHECKED =
      "q f; if 1 done; lock; q f; if 1 out; +D; E=1; f=1; out: unlock; done: r D; r E";

  private static final List<Shape> ALL =
      List.of(
          shape("MP", "xy", "", "x=1; y=1", "r y; r x"),
          shape("SB", "xy", "", "x=1; r y", "y=1; r x"),
          shape("LB", "xy", "", "r x; y=1", "r y; x=1"),
          shape("IRIW", "xy", "", "x=1", "y=1", "r x; r y", "r y; r x"),
          shape("CoRR", "x", "", "x=1; x=2", "r x; r x"),
          shape("CoWW", "x", "x", "x=1; x=2", "r x"),
          shape("CoRW", "x", "x", "r x; x=1", "x=2"),
          shape("CoWR", "x", "x", "x=1; r x", "x=2"),
          shape("2+2W", "xy", "xy", "x=1; y=2", "y=1; x=2"),
          shape("WRC", "xy", "", "x=1", "r x; y=1", "r y; r x"),
          shape("ISA2", "xyz", "", "x=1; y=1", "r y; z=1", "r z; r x"),
          shape("R", "xy", "y", "x=1; y=1", "y=2; r x"),
          shape("S", "xy", "x", "x=2; y=1", "r y; x=1"),
          shape("Dekker", "fgtC", "C", Shapes::counted, dekker("f", "g", 0), dekker("g", "f", 1)),
          shape(
              "Peterson",
              "fgtC",
              "C",
              Shapes::counted,
              peterson("f", "g", 0),
              peterson("g", "f", 1)),
          ofKind(Shape.Kind.BYTE, "WordTearing", "abcd", "abcd", "a=1; c=1; r a", "b=1; d=1; r b"),
          ofKind(Shape.Kind.LONG, "LongTearing", "x", "x", "x=1", "x=2", "r x; r x"),
          shape("Publication", "fDE", "", "D=1; E=1; f=1", PUBLISHED, PUBLISHED),
          shape("Chain", "fgD", "", "D=1; f=1", "r f; if 0 end; g=1", "r g; if 0 end; r D"),
          shape(
              "DoubleChecked",
              "fDE",
              "D",
              Shapes::initializedOnce,
              DOUBLE_CHECKED,
              DOUBLE_CHECKED,
              DOUBLE_CHECKED),
          shape("LostUpdate", "x", "x", Shapes::someUpdate, "+!x", "+!x", "+!x"));

  private Shapes() {}

  /** All of them, in the order of the table. */
  static List<Shape> all() {
    return ALL;
  }

  /**
   * The one of a name, in whatever case.
   *
   * @throws IllegalArgumentException if there is none, naming them all
   */
  static Shape named(String name) {
    return ALL.stream()
        .filter(shape -> shape.name().equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no shape '"
                        + name
                        + "'; there are "
                        + String.join(", ", ALL.stream().map(Shape::name).toList())));
  }

  /** Enters if the other's flag is down; with both up, the one whose turn it is waits. */
  private static String dekker(String own, String other, int me) {
    String text =
        "OWN=1; q OTHER; if 0 in; q t; if ME mine; OWN=0; q t~ME; if ME again; go end; again: OWN=1;"
            + " mine: q OTHER~0; if 0 in; OWN=0; go end; in: note; +C; t=NEXT; OWN=0";
    return fill(text, own, other, me);
  }

  /** Gives the turn away, then enters if the other's flag is down or the turn has come back. */
  private static String peterson(String own, String other, int me) {
    return fill(
        "OWN=1; t=NEXT; q OTHER~0; if 0 in; q t; if ME in; OWN=0; go end; in: note; +C; OWN=0",
        own,
        other,
        me);
  }

  private static String fill(String text, String own, String other, int me) {
    return text.replace("OWN", own)
        .replace("OTHER", other)
        .replace("ME", "" + me)
        .replace("NEXT", "" + (1 - me));
  }

  /** Who came in counted; of two at once, one may have been lost. */
  private static boolean counted(Outcome outcome) {
    int entered = (int) IntStream.of(0, 1).filter(place -> outcome.at(place) == 1).count();
    int count = outcome.at(2);
    return count <= entered && count >= Math.min(1, entered);
  }

  /** The lock lets only one initialize; who took no lock may see the flag before the rest. */
  private static boolean initializedOnce(Outcome outcome) {
    return IntStream.range(0, 6).allMatch(place -> outcome.at(place) <= 1) && outcome.at(6) == 1;
  }

  private static boolean someUpdate(Outcome outcome) {
    return outcome.at(0) >= 1 && outcome.at(0) <= 3;
  }

  private static Shape shape(String name, String variables, String finals, String... programs) {
    return ofKind(Shape.Kind.INT, name, variables, finals, programs);
  }

  private static Shape shape(
      String name, String variables, String finals, Predicate<Outcome> racy, String... programs) {
    Shape derived = shape(name, variables, finals, programs);
    return new Shape(name, derived.kind(), variables, derived.programs(), derived.finals(), racy);
  }

  private static Shape ofKind(
      Shape.Kind kind, String name, String variables, String finals, String... programs) {
    return new Shape(
        name,
        kind,
        variables,
        Stream.of(programs).map(text -> Program.parse(text, variables)).toList(),
        finals.chars().mapToObj(letter -> variables.indexOf(letter)).toList(),
        null);
  }
}
