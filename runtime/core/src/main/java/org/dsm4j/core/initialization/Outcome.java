package org.dsm4j.core.initialization;

/** What a thread that is about to initialize a class's shared statics shall do. */
public enum Outcome {
  /** Run the initializer, then tell. */
  RUN,
  /** It has run; its results are there. */
  DONE,
  /** It failed where it ran. */
  FAILED,
  /**
   * It is being run by this thread itself, or by one that waits for this one: go on with what is
   * there, as the recursive request of JVMS 5.5 step 3 does.
   */
  RECURSIVE,
  /** It was being run for longer than the bound; the text names class, node and thread. */
  TIMED_OUT
}
