package org.dsm4j;

import java.nio.ByteBuffer;

/**
 * A named block of the cluster's memory: the same name on every node is the same bytes. Fresh
 * memory is zero. Integers and floats are in native byte order; any alignment is allowed for plain
 * get and put, natural alignment is required by the atomic operations. Thread-safe in the sense of
 * the memory's {@link Consistency}: get and put of {@code SEQUENTIAL} memory are volatile accesses,
 * those of {@code RELEASE} memory plain ones, like the elements of an array. The atomic operations
 * are atomic among all nodes in both, and order like a volatile read and write.
 *
 * <p>Offsets are bytes from the start of the block. An access that leaves the block throws {@link
 * IndexOutOfBoundsException}; one after {@link Dsm#free(SharedMemory)} throws {@link
 * IllegalStateException}.
 */
public interface SharedMemory {
  /** The name it was allocated under. */
  String name();

  /** Its size in bytes. */
  long size();

  /** Its address in this process; the same on every node. */
  long address();

  /** A view of a part, in native byte order. Its accesses are plain ones. */
  ByteBuffer asByteBuffer(long offset, int length);

  /**
   * A view of the whole block.
   *
   * @param view {@code ByteBuffer.class}, or {@code MemorySegment.class} on Java 22 and later
   * @throws UnsupportedOperationException for any other class, naming what is supported
   */
  <T> T as(Class<T> view);

  /**
   * Brings the pages of a range to this node in bulk, in native state (no safepoint waits for it).
   * Call it before a system call reads or writes the range.
   */
  void touch(long offset, long length, boolean write);

  byte getByte(long offset);

  void putByte(long offset, byte value);

  short getShort(long offset);

  void putShort(long offset, short value);

  char getChar(long offset);

  void putChar(long offset, char value);

  int getInt(long offset);

  void putInt(long offset, int value);

  long getLong(long offset);

  void putLong(long offset, long value);

  float getFloat(long offset);

  void putFloat(long offset, float value);

  double getDouble(long offset);

  void putDouble(long offset, double value);

  /** Atomically adds; returns the value before. */
  int getAndAddInt(long offset, int delta);

  /** Atomically adds; returns the value before. */
  long getAndAddLong(long offset, long delta);

  /** Atomically sets {@code value} if the current value is {@code expected}; true if it did. */
  boolean compareAndSetInt(long offset, int expected, int value);

  /** Atomically sets {@code value} if the current value is {@code expected}; true if it did. */
  boolean compareAndSetLong(long offset, long expected, long value);
}
