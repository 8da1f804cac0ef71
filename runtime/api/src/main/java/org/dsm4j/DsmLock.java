package org.dsm4j;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A named, re-entrant lock of the whole cluster. First in, first out among nodes. Released by the
 * thread that holds it ({@link IllegalMonitorStateException} otherwise).
 */
public interface DsmLock extends Lock {
  /** The name it was asked for by. */
  String name();

  /** Whether the calling thread holds it. */
  boolean isHeldByCurrentThread();

  /** The condition of that name, the same one on every node. */
  Condition condition(String name);
}
