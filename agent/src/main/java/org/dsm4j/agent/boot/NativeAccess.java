package org.dsm4j.agent.boot;

import jdk.internal.access.SharedSecrets;

/**
 * Lets our libraries load native code without the warnings of JDK 24 and later, which a user could
 * only avoid by a flag. The permission is the module's that this class is in.
 */
public final class NativeAccess {
  private static final int FIRST_THAT_WARNS = 24;

  private NativeAccess() {}

  /** Gives the permission, where there is such a thing. */
  public static void enable() {
    if (Runtime.version().feature() < FIRST_THAT_WARNS) {
      return;
    }
    SharedSecrets.getJavaLangAccess().addEnableNativeAccess(NativeAccess.class.getModule());
  }
}
