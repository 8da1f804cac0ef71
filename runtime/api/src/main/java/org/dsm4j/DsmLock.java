package org.dsm4j;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;

/**
 * A named, re-entrant lock of the whole cluster. First in, first out among nodes. Released by the
 * thread that holds it ({@link IllegalMonitorStateException} otherwise).
 *
 * <p>Its conditions keep to the contract of {@link Condition}, with waiters and signallers on any
 * nodes. Signals wake those who waited longest. A thread that is signalled and interrupted at once
 * either returns normally with its interrupt flag set, or throws {@link InterruptedException} and
 * the signal goes to another.
 */
public interface DsmLock extends Lock {
  /** The name it was asked for by. */
  String name();

  /** Whether the calling thread holds it. */
  boolean isHeldByCurrentThread();

  /**
   * A condition without a name: the n-th that is made on a node is the same one as the n-th made on
   * another.
   */
  @Override
  Condition newCondition();

  /** The condition of that name, the same one on every node. */
  Condition condition(String name);
}
