package org.dsm4j.core.message;

import java.util.List;

/** Limits and version of the control plane's protocol. */
public final class Protocol {
  /** Compared when joining. */
  public static final int VERSION = 3;

  /** The longest name of a block, class, lock or key, in characters. */
  public static final int MAX_NAME = 16_384;

  /** The longest text (a failure, a fingerprint), in characters. */
  public static final int MAX_TEXT = 262_144;

  /** The most pages that one question about owners may cover. */
  public static final long MAX_PAGES_ASKED = 1L << 18;

  /** The most values that may be published. */
  public static final int MAX_VALUES = 100_000;

  /** The most ranges that one message of a node may name. */
  public static final int MAX_SPANS = 65_536;

  private Protocol() {}

  /**
   * Ranges that may be sent: offset, bytes, offset, bytes ...
   *
   * @throws IllegalArgumentException if they are missing, too many or no ranges
   */
  static List<Long> spans(List<Long> spans) {
    if (spans == null || spans.size() % 2 != 0 || spans.size() / 2 > MAX_SPANS) {
      throw new IllegalArgumentException("spans: 0 to " + MAX_SPANS + " pairs are allowed");
    }
    for (Long number : spans) {
      if (number == null || number <= 0) {
        throw new IllegalArgumentException("spans: " + number + " is no offset or size");
      }
    }
    return List.copyOf(spans);
  }

  /** A name that may be sent. @throws IllegalArgumentException if it is missing or too long */
  static String name(String what, String name) {
    return bounded(what, name, MAX_NAME);
  }

  /** A text that may be sent. @throws IllegalArgumentException if it is missing or too long */
  static String text(String what, String text) {
    return bounded(what, text, MAX_TEXT);
  }

  /** A text that may be sent and may be missing. */
  static String textOrNull(String what, String text) {
    return text == null ? null : bounded(what, text, MAX_TEXT);
  }

  private static String bounded(String what, String text, int limit) {
    if (text == null) {
      throw new IllegalArgumentException(what + " is missing");
    }
    if (text.length() > limit) {
      throw new IllegalArgumentException(
          what + " has " + text.length() + " characters; " + limit + " are allowed");
    }
    return text;
  }
}
