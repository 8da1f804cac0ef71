package org.dsm4j.core.message;

/** Limits and version of the control plane's protocol. */
public final class Protocol {
  /** Compared when joining. */
  public static final int VERSION = 1;

  /** The longest name of a block, class, lock or key, in characters. */
  public static final int MAX_NAME = 16_384;

  /** The longest text (a failure, a fingerprint), in characters. */
  public static final int MAX_TEXT = 262_144;

  /** The most pages that one question about owners may cover. */
  public static final long MAX_PAGES_ASKED = 1L << 18;

  /** The most values that may be published. */
  public static final int MAX_VALUES = 100_000;

  private Protocol() {}
}
