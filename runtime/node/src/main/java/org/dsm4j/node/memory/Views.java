package org.dsm4j.node.memory;

import com.kenai.jffi.MemoryIO;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Views of a block for code that knows nothing of this project. From Java 22 on they are made of a
 * memory segment, whose arena is closed when the block is freed, so that a later use of a view is
 * an error too; before, a buffer is a plain direct one.
 */
final class Views {
  private final long address;
  private final Segments segments;

  private Views(long address, Segments segments) {
    this.address = address;
    this.segments = segments;
  }

  static Views of(long address, long size) {
    return new Views(address, Segments.AVAILABLE ? new Segments(address, size) : null);
  }

  /** The caller has checked the range. */
  ByteBuffer buffer(long offset, int length) {
    ByteBuffer buffer =
        segments != null
            ? segments.buffer(offset, length)
            : MemoryIO.getInstance().newDirectByteBuffer(address + offset, length);
    return buffer.order(ByteOrder.nativeOrder());
  }

  /** The whole block as a {@code MemorySegment}, or null before Java 22. */
  Object segment() {
    return segments == null ? null : segments.segment();
  }

  void close() {
    if (segments != null) {
      segments.close();
    }
  }
}
