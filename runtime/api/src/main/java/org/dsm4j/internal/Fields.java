package org.dsm4j.internal;

/**
 * Access to the fields of shared instances: what the accessors call that the rewriting gives each
 * shared class. They pass the handle's address, so that all that is left in compiled code is one
 * test and one access.
 */
public final class Fields {
  private Fields() {}

  private static long at(long address, SharedInstance handle, int offset) {
    return (address > 0 ? address : Instances.absent(handle)) + offset;
  }

  public static boolean getBoolean(long address, SharedInstance handle, int offset) {
    return Memory.U.getBoolean(null, at(address, handle, offset));
  }

  public static void putBoolean(long address, SharedInstance handle, int offset, boolean value) {
    Memory.U.putBoolean(null, at(address, handle, offset), value);
  }

  public static boolean getBooleanVolatile(long address, SharedInstance handle, int offset) {
    return Memory.U.getBooleanVolatile(null, at(address, handle, offset));
  }

  public static void putBooleanVolatile(
      long address, SharedInstance handle, int offset, boolean value) {
    Memory.U.putBooleanVolatile(null, at(address, handle, offset), value);
  }

  public static byte getByte(long address, SharedInstance handle, int offset) {
    return Memory.U.getByte(null, at(address, handle, offset));
  }

  public static void putByte(long address, SharedInstance handle, int offset, byte value) {
    Memory.U.putByte(null, at(address, handle, offset), value);
  }

  public static byte getByteVolatile(long address, SharedInstance handle, int offset) {
    return Memory.U.getByteVolatile(null, at(address, handle, offset));
  }

  public static void putByteVolatile(long address, SharedInstance handle, int offset, byte value) {
    Memory.U.putByteVolatile(null, at(address, handle, offset), value);
  }

  public static char getChar(long address, SharedInstance handle, int offset) {
    return Memory.U.getChar(null, at(address, handle, offset));
  }

  public static void putChar(long address, SharedInstance handle, int offset, char value) {
    Memory.U.putChar(null, at(address, handle, offset), value);
  }

  public static char getCharVolatile(long address, SharedInstance handle, int offset) {
    return Memory.U.getCharVolatile(null, at(address, handle, offset));
  }

  public static void putCharVolatile(long address, SharedInstance handle, int offset, char value) {
    Memory.U.putCharVolatile(null, at(address, handle, offset), value);
  }

  public static short getShort(long address, SharedInstance handle, int offset) {
    return Memory.U.getShort(null, at(address, handle, offset));
  }

  public static void putShort(long address, SharedInstance handle, int offset, short value) {
    Memory.U.putShort(null, at(address, handle, offset), value);
  }

  public static short getShortVolatile(long address, SharedInstance handle, int offset) {
    return Memory.U.getShortVolatile(null, at(address, handle, offset));
  }

  public static void putShortVolatile(
      long address, SharedInstance handle, int offset, short value) {
    Memory.U.putShortVolatile(null, at(address, handle, offset), value);
  }

  public static int getInt(long address, SharedInstance handle, int offset) {
    return Memory.U.getInt(null, at(address, handle, offset));
  }

  public static void putInt(long address, SharedInstance handle, int offset, int value) {
    Memory.U.putInt(null, at(address, handle, offset), value);
  }

  public static int getIntVolatile(long address, SharedInstance handle, int offset) {
    return Memory.U.getIntVolatile(null, at(address, handle, offset));
  }

  public static void putIntVolatile(long address, SharedInstance handle, int offset, int value) {
    Memory.U.putIntVolatile(null, at(address, handle, offset), value);
  }

  public static float getFloat(long address, SharedInstance handle, int offset) {
    return Memory.U.getFloat(null, at(address, handle, offset));
  }

  public static void putFloat(long address, SharedInstance handle, int offset, float value) {
    Memory.U.putFloat(null, at(address, handle, offset), value);
  }

  public static float getFloatVolatile(long address, SharedInstance handle, int offset) {
    return Memory.U.getFloatVolatile(null, at(address, handle, offset));
  }

  public static void putFloatVolatile(
      long address, SharedInstance handle, int offset, float value) {
    Memory.U.putFloatVolatile(null, at(address, handle, offset), value);
  }

  public static long getLong(long address, SharedInstance handle, int offset) {
    return Memory.U.getLong(null, at(address, handle, offset));
  }

  public static void putLong(long address, SharedInstance handle, int offset, long value) {
    Memory.U.putLong(null, at(address, handle, offset), value);
  }

  public static long getLongVolatile(long address, SharedInstance handle, int offset) {
    return Memory.U.getLongVolatile(null, at(address, handle, offset));
  }

  public static void putLongVolatile(long address, SharedInstance handle, int offset, long value) {
    Memory.U.putLongVolatile(null, at(address, handle, offset), value);
  }

  public static double getDouble(long address, SharedInstance handle, int offset) {
    return Memory.U.getDouble(null, at(address, handle, offset));
  }

  public static void putDouble(long address, SharedInstance handle, int offset, double value) {
    Memory.U.putDouble(null, at(address, handle, offset), value);
  }

  public static double getDoubleVolatile(long address, SharedInstance handle, int offset) {
    return Memory.U.getDoubleVolatile(null, at(address, handle, offset));
  }

  public static void putDoubleVolatile(
      long address, SharedInstance handle, int offset, double value) {
    Memory.U.putDoubleVolatile(null, at(address, handle, offset), value);
  }

  /** What a reference names, if the field referred to the same when it was last read; or null. */
  public static Object seen(Seen last, long reference) {
    return last != null && SharedSpace.isOf(reference, last.address) ? last.get() : null;
  }

  /** The same, of a field whose values refer to nothing. */
  public static Object seen(Kept last, long reference) {
    return last != null && last.reference == reference ? last.value : null;
  }

  /**
   * What a reference names.
   *
   * @param place the field, as messages name it
   */
  public static Object decode(long reference, String place) {
    return References.decode(reference, place);
  }

  /** What to remember of a reference that was decoded; null if there is nothing. */
  public static Seen remember(Object value, long reference) {
    return value instanceof SharedInstance ? Handles.entry(SharedSpace.address(reference)) : null;
  }

  /** The same, of a field whose values refer to nothing. */
  public static Kept keep(Object value, long reference) {
    return new Kept(reference, value);
  }

  /**
   * Stores a reference.
   *
   * @param place the field, as messages name it
   */
  public static void putReference(
      long address, SharedInstance handle, int offset, Object value, String place) {
    long reference = References.encode(value, place);
    Memory.U.putLong(null, at(address, handle, offset), reference);
  }

  /** The same for a volatile field. */
  public static void putReferenceVolatile(
      long address, SharedInstance handle, int offset, Object value, String place) {
    long reference = References.encode(value, place);
    Memory.U.putLongVolatile(null, at(address, handle, offset), reference);
  }
}
