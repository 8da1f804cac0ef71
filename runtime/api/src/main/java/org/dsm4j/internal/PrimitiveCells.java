package org.dsm4j.internal;

/**
 * Shared static fields of primitive types at their addresses; call sites bind the address as a
 * constant.
 */
final class PrimitiveCells {
  private PrimitiveCells() {}

  static boolean getBoolean(long address) {
    return Memory.U.getBoolean(null, address);
  }

  static boolean getBooleanVolatile(long address) {
    return Memory.U.getBooleanVolatile(null, address);
  }

  static void putBoolean(long address, boolean value) {
    Memory.U.putBoolean(null, address, value);
  }

  static void putBooleanVolatile(long address, boolean value) {
    Memory.U.putBooleanVolatile(null, address, value);
  }

  static byte getByte(long address) {
    return Memory.U.getByte(null, address);
  }

  static byte getByteVolatile(long address) {
    return Memory.U.getByteVolatile(null, address);
  }

  static void putByte(long address, byte value) {
    Memory.U.putByte(null, address, value);
  }

  static void putByteVolatile(long address, byte value) {
    Memory.U.putByteVolatile(null, address, value);
  }

  static char getChar(long address) {
    return Memory.U.getChar(null, address);
  }

  static char getCharVolatile(long address) {
    return Memory.U.getCharVolatile(null, address);
  }

  static void putChar(long address, char value) {
    Memory.U.putChar(null, address, value);
  }

  static void putCharVolatile(long address, char value) {
    Memory.U.putCharVolatile(null, address, value);
  }

  static short getShort(long address) {
    return Memory.U.getShort(null, address);
  }

  static short getShortVolatile(long address) {
    return Memory.U.getShortVolatile(null, address);
  }

  static void putShort(long address, short value) {
    Memory.U.putShort(null, address, value);
  }

  static void putShortVolatile(long address, short value) {
    Memory.U.putShortVolatile(null, address, value);
  }

  static int getInt(long address) {
    return Memory.U.getInt(null, address);
  }

  static int getIntVolatile(long address) {
    return Memory.U.getIntVolatile(null, address);
  }

  static void putInt(long address, int value) {
    Memory.U.putInt(null, address, value);
  }

  static void putIntVolatile(long address, int value) {
    Memory.U.putIntVolatile(null, address, value);
  }

  static float getFloat(long address) {
    return Memory.U.getFloat(null, address);
  }

  static float getFloatVolatile(long address) {
    return Memory.U.getFloatVolatile(null, address);
  }

  static void putFloat(long address, float value) {
    Memory.U.putFloat(null, address, value);
  }

  static void putFloatVolatile(long address, float value) {
    Memory.U.putFloatVolatile(null, address, value);
  }

  static long getLong(long address) {
    return Memory.U.getLong(null, address);
  }

  static long getLongVolatile(long address) {
    return Memory.U.getLongVolatile(null, address);
  }

  static void putLong(long address, long value) {
    Memory.U.putLong(null, address, value);
  }

  static void putLongVolatile(long address, long value) {
    Memory.U.putLongVolatile(null, address, value);
  }

  static double getDouble(long address) {
    return Memory.U.getDouble(null, address);
  }

  static double getDoubleVolatile(long address) {
    return Memory.U.getDoubleVolatile(null, address);
  }

  static void putDouble(long address, double value) {
    Memory.U.putDouble(null, address, value);
  }

  static void putDoubleVolatile(long address, double value) {
    Memory.U.putDoubleVolatile(null, address, value);
  }
}
