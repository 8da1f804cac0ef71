package org.dsm4j;

/** The coherence protocol of a memory region. */
public enum Consistency {
  /**
   * Home-based lazy release consistency: what happened before an acquire is visible after it. The
   * default of {@link Dsm#allocate(String, long)}.
   */
  RELEASE,
  /**
   * Sequential consistency: single writer or many readers, invalidation (IVY; Li and Hudak 1989).
   */
  SEQUENTIAL
}
