package org.dsm4j.samples.litmus;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A row of the table: a shape in a variant and a placement, and what outcomes of it are.
 * Thread-safe once made.
 */
final class Row {
  private final Shape shape;
  private final Variant variant;
  private final Placement placement;
  private final Set<Long> sequential;
  private final Set<Long> racy;

  Row(Shape shape, Variant variant, Placement placement) {
    this.shape = shape;
    this.variant = variant;
    this.placement = placement;
    this.sequential = Model.sequential(shape, variant.isAtomic());
    this.racy = variant.isRacy() && shape.racy() == null ? Model.racy(shape) : Set.of();
  }

  /** All rows of some shapes and variants, in order; of all if none are named. */
  static List<Row> of(List<Shape> shapes, List<Variant> variants) {
    List<Row> rows = new ArrayList<>();
    for (Shape shape : shapes.isEmpty() ? Shapes.all() : shapes) {
      for (Variant variant : variants.isEmpty() ? List.of(Variant.values()) : variants) {
        for (Placement placement : Placement.values()) {
          rows.add(new Row(shape, variant, placement));
        }
      }
    }
    return rows;
  }

  Shape shape() {
    return shape;
  }

  Variant variant() {
    return variant;
  }

  Placement placement() {
    return placement;
  }

  /** {@code MP/plain/same}. */
  String name() {
    return shape.name() + "/" + variant.word() + "/" + placement.word();
  }

  Verdict verdict(Outcome outcome) {
    if (sequential.contains(outcome.bits())) {
      return Verdict.SEQUENTIAL;
    }
    return isAllowedWithoutOrder(outcome) ? Verdict.WEAK : Verdict.FORBIDDEN;
  }

  private boolean isAllowedWithoutOrder(Outcome outcome) {
    if (!variant.isRacy()) {
      return false;
    }
    if (shape.racy() == null) {
      return racy.contains(outcome.bits());
    }
    // Additions that are one step leave no race in a shape that does nothing else.
    return !(variant.isAtomic() && shape.addsAtomicallyOnly()) && shape.racy().test(outcome);
  }
}
