package org.dsm4j.node.memory;

import static org.dsm4j.node.engine.Memory.UNSAFE;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.dsm4j.Consistency;
import org.dsm4j.SharedMemory;
import org.dsm4j.node.engine.Atomics;
import org.dsm4j.node.engine.Engine;

/**
 * A named block. In SEQUENTIAL memory, its typed accesses are volatile ones to the compiler and the
 * processor, which together with the engine's protocol makes them sequentially consistent; one that
 * is not naturally aligned is a plain one between two full fences: in order, but possibly in two
 * parts. In RELEASE memory they are plain accesses, whole if naturally aligned; atomic operations
 * there are the engine's.
 */
public final class SharedBlock implements SharedMemory {
  private final Engine engine;
  private final String name;
  private final long address;
  private final long size;
  private final Consistency mode;
  private final boolean plain;
  private final Atomics atomics;
  private final Views views;
  private volatile boolean freed;

  /** The block at that address. */
  public SharedBlock(Engine engine, String name, long address, long size, Consistency mode) {
    this.engine = engine;
    this.name = name;
    this.address = address;
    this.size = size;
    this.mode = mode;
    this.plain = mode == Consistency.RELEASE;
    this.atomics = engine.atomics();
    this.views = Views.of(address, size);
  }

  /** From now on every use is an error. */
  public void markFreed() {
    freed = true;
    views.close();
  }

  /** Whether it was freed. */
  public boolean isFreed() {
    return freed;
  }

  /** The protocol that was asked for. */
  public Consistency mode() {
    return mode;
  }

  /** Throws if it was freed. */
  public void requireLive() {
    if (freed) {
      throw new IllegalStateException(
          this + " was freed; allocate the name again for fresh memory");
    }
  }

  private long at(long offset, int bytes) {
    requireLive();
    if (offset < 0 || offset > size - bytes) {
      throw outOfBounds(offset, bytes);
    }
    return address + offset;
  }

  private long atomicAt(long offset, int bytes) {
    long at = at(offset, bytes);
    if ((at & (bytes - 1)) != 0) {
      throw new IllegalArgumentException(
          this
              + ": atomic access to "
              + bytes
              + " bytes at offset "
              + offset
              + "; it must be a multiple of "
              + bytes);
    }
    return at;
  }

  private IndexOutOfBoundsException outOfBounds(long offset, long bytes) {
    return new IndexOutOfBoundsException(
        this + ": " + bytes + " bytes at offset " + offset + " leave its " + size + " bytes");
  }

  private void checkRange(long offset, long length) {
    requireLive();
    if (offset < 0 || length < 0 || offset > size - length) {
      throw outOfBounds(offset, length);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public long address() {
    requireLive();
    return address;
  }

  @Override
  public ByteBuffer asByteBuffer(long offset, int length) {
    checkRange(offset, length);
    return views.buffer(offset, length);
  }

  @Override
  public <T> T as(Class<T> view) {
    Objects.requireNonNull(view, "view");
    requireLive();
    if (view == ByteBuffer.class) {
      if (size > Integer.MAX_VALUE) {
        throw new UnsupportedOperationException(
            this
                + " has "
                + size
                + " bytes, more than a ByteBuffer can have; use asByteBuffer(offset, length)"
                + " for a part");
      }
      return view.cast(asByteBuffer(0, (int) size));
    }
    if (view.getName().equals("java.lang.foreign.MemorySegment") && views.segment() != null) {
      return view.cast(views.segment());
    }
    throw new UnsupportedOperationException(
        this
            + " cannot be seen as "
            + view.getName()
            + "; supported: java.nio.ByteBuffer"
            + (views.segment() != null
                ? ", java.lang.foreign.MemorySegment"
                : " (and java.lang.foreign.MemorySegment on Java 22 and later)"));
  }

  @Override
  public void touch(long offset, long length, boolean write) {
    checkRange(offset, length);
    if (length > 0) {
      engine.touch(address - engine.base() + offset, length, write);
    }
  }

  @Override
  public byte getByte(long offset) {
    long at = at(offset, 1);
    return plain ? UNSAFE.getByte(null, at) : UNSAFE.getByteVolatile(null, at);
  }

  @Override
  public void putByte(long offset, byte value) {
    long at = at(offset, 1);
    if (plain) {
      UNSAFE.putByte(null, at, value);
    } else {
      UNSAFE.putByteVolatile(null, at, value);
    }
  }

  @Override
  public short getShort(long offset) {
    long at = at(offset, 2);
    if (plain) {
      return UNSAFE.getShortUnaligned(null, at);
    }
    return (at & 1) == 0 ? UNSAFE.getShortVolatile(null, at) : Unaligned.getShort(at);
  }

  @Override
  public void putShort(long offset, short value) {
    long at = at(offset, 2);
    if (plain) {
      UNSAFE.putShortUnaligned(null, at, value);
    } else if ((at & 1) == 0) {
      UNSAFE.putShortVolatile(null, at, value);
    } else {
      Unaligned.putShort(at, value);
    }
  }

  @Override
  public char getChar(long offset) {
    return (char) getShort(offset);
  }

  @Override
  public void putChar(long offset, char value) {
    putShort(offset, (short) value);
  }

  @Override
  public int getInt(long offset) {
    long at = at(offset, 4);
    if (plain) {
      return UNSAFE.getIntUnaligned(null, at);
    }
    return (at & 3) == 0 ? UNSAFE.getIntVolatile(null, at) : Unaligned.getInt(at);
  }

  @Override
  public void putInt(long offset, int value) {
    long at = at(offset, 4);
    if (plain) {
      UNSAFE.putIntUnaligned(null, at, value);
    } else if ((at & 3) == 0) {
      UNSAFE.putIntVolatile(null, at, value);
    } else {
      Unaligned.putInt(at, value);
    }
  }

  @Override
  public long getLong(long offset) {
    long at = at(offset, 8);
    if (plain) {
      return UNSAFE.getLongUnaligned(null, at);
    }
    return (at & 7) == 0 ? UNSAFE.getLongVolatile(null, at) : Unaligned.getLong(at);
  }

  @Override
  public void putLong(long offset, long value) {
    long at = at(offset, 8);
    if (plain) {
      UNSAFE.putLongUnaligned(null, at, value);
    } else if ((at & 7) == 0) {
      UNSAFE.putLongVolatile(null, at, value);
    } else {
      Unaligned.putLong(at, value);
    }
  }

  @Override
  public float getFloat(long offset) {
    return Float.intBitsToFloat(getInt(offset));
  }

  @Override
  public void putFloat(long offset, float value) {
    putInt(offset, Float.floatToRawIntBits(value));
  }

  @Override
  public double getDouble(long offset) {
    return Double.longBitsToDouble(getLong(offset));
  }

  @Override
  public void putDouble(long offset, double value) {
    putLong(offset, Double.doubleToRawLongBits(value));
  }

  @Override
  public int getAndAddInt(long offset, int delta) {
    long at = atomicAt(offset, 4);
    return plain ? atomics.getAndAddInt(at, delta) : UNSAFE.getAndAddInt(null, at, delta);
  }

  @Override
  public long getAndAddLong(long offset, long delta) {
    long at = atomicAt(offset, 8);
    return plain ? atomics.getAndAddLong(at, delta) : UNSAFE.getAndAddLong(null, at, delta);
  }

  @Override
  public boolean compareAndSetInt(long offset, int expected, int value) {
    long at = atomicAt(offset, 4);
    return plain
        ? atomics.compareAndSetInt(at, expected, value)
        : UNSAFE.compareAndSetInt(null, at, expected, value);
  }

  @Override
  public boolean compareAndSetLong(long offset, long expected, long value) {
    long at = atomicAt(offset, 8);
    return plain
        ? atomics.compareAndSetLong(at, expected, value)
        : UNSAFE.compareAndSetLong(null, at, expected, value);
  }

  @Override
  public String toString() {
    return "SharedMemory \"" + name + "\"";
  }
}
