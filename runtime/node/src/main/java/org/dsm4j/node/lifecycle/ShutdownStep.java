package org.dsm4j.node.lifecycle;

import jdk.internal.access.SharedSecrets;

/**
 * A step of the JVM's shutdown that comes after the application's own shutdown hooks. The JDK has
 * ten slots, of which it uses the first three (1 is the application's hooks).
 */
final class ShutdownStep {
  private static final int LAST_SLOT = 9;
  private static final int FIRST_SLOT = 3;

  private ShutdownStep() {}

  /**
   * Registers a step, in the last slot that is free.
   *
   * @throws IllegalStateException if none is
   */
  static void register(Runnable step) {
    for (int slot = LAST_SLOT; slot >= FIRST_SLOT; slot--) {
      try {
        SharedSecrets.getJavaLangAccess().registerShutdownHook(slot, true, step);
        return;
      } catch (InternalError taken) {
        // Somebody else's; the one before it also comes after the application's hooks.
        continue;
      }
    }
    throw new IllegalStateException("no slot of the JVM's shutdown sequence is free");
  }
}
