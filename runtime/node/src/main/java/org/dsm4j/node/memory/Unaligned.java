package org.dsm4j.node.memory;

import static org.dsm4j.node.engine.Memory.UNSAFE;

/** Accesses that are not naturally aligned, between two full fences. */
final class Unaligned {
  private Unaligned() {}

  static short getShort(long at) {
    UNSAFE.fullFence();
    short value = UNSAFE.getShortUnaligned(null, at);
    UNSAFE.fullFence();
    return value;
  }

  static void putShort(long at, short value) {
    UNSAFE.fullFence();
    UNSAFE.putShortUnaligned(null, at, value);
    UNSAFE.fullFence();
  }

  static int getInt(long at) {
    UNSAFE.fullFence();
    int value = UNSAFE.getIntUnaligned(null, at);
    UNSAFE.fullFence();
    return value;
  }

  static void putInt(long at, int value) {
    UNSAFE.fullFence();
    UNSAFE.putIntUnaligned(null, at, value);
    UNSAFE.fullFence();
  }

  static long getLong(long at) {
    UNSAFE.fullFence();
    long value = UNSAFE.getLongUnaligned(null, at);
    UNSAFE.fullFence();
    return value;
  }

  static void putLong(long at, long value) {
    UNSAFE.fullFence();
    UNSAFE.putLongUnaligned(null, at, value);
    UNSAFE.fullFence();
  }
}
