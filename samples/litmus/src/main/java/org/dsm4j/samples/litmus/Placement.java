package org.dsm4j.samples.litmus;

import java.util.Locale;

/** Where the variables of one instance of a shape lie. */
enum Placement {
  /** Side by side, in one page. */
  SAME,
  /** Each in pages of its own. */
  APART;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
