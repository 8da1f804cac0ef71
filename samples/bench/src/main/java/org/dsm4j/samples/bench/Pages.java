package org.dsm4j.samples.bench;

import java.util.Random;
import org.dsm4j.Consistency;
import org.dsm4j.Dsm;
import org.dsm4j.SharedMemory;

/** A block of pages that node 0 writes and another node then touches in random order. */
final class Pages {
  private static final long SEED = 4096;

  private final SharedMemory memory;
  private final long[] offsets;

  /** The block of that name; random order, the same in every run. */
  Pages(String name, int count, Consistency mode) {
    memory = Dsm.allocate(name, (long) count * Lab.PAGE_BYTES, mode);
    offsets = new long[count];
    Random random = new Random(SEED);
    for (int i = 0; i < count; i++) {
      int other = random.nextInt(i + 1);
      offsets[i] = offsets[other];
      offsets[other] = (long) i * Lab.PAGE_BYTES;
    }
  }

  SharedMemory memory() {
    return memory;
  }

  int count() {
    return offsets.length;
  }

  /** Makes this node the exclusive owner of all pages. */
  void writeAll(byte value) {
    for (int i = 0; i < offsets.length; i++) {
      memory.putByte((long) i * Lab.PAGE_BYTES, value);
    }
  }

  /** Reads a byte of each page and takes the time of each; checks that it is {@code expected}. */
  void read(Samples times, byte expected) {
    for (long offset : offsets) {
      long start = System.nanoTime();
      byte value = memory.getByte(offset);
      times.add(System.nanoTime() - start);
      check(value, expected, offset);
    }
  }

  /** Checks a byte of each page. */
  void expectAll(byte expected) {
    for (int i = 0; i < offsets.length; i++) {
      long offset = (long) i * Lab.PAGE_BYTES;
      check(memory.getByte(offset), expected, offset);
    }
  }

  /** Writes a byte of each page and takes the time of each. */
  void write(Samples times, byte value) {
    for (long offset : offsets) {
      long start = System.nanoTime();
      memory.putByte(offset, value);
      times.add(System.nanoTime() - start);
    }
  }

  /** Reads every {@code step}-th page in random order, from {@code first} on. */
  void readShare(int first, int step, byte expected) {
    for (int i = first; i < offsets.length; i += step) {
      check(memory.getByte(offsets[i]), expected, offsets[i]);
    }
  }

  private static void check(byte value, byte expected, long offset) {
    if (value != expected) {
      throw new AssertionError(
          "byte at offset " + offset + " is " + value + ", but " + expected + " was written");
    }
  }

  void free() {
    if (Dsm.node() == 0) {
      Dsm.free(memory);
    }
  }
}
