package org.dsm4j.samples.litmus;

import org.dsm4j.Consistency;
import org.dsm4j.Dsm;
import org.dsm4j.SharedMemory;

/** Memory of both consistencies, through the typed methods of {@link SharedMemory}. */
final class MemoryBanks {
  private static final int BYTES = 256 * Bank.PAGE_BYTES;

  private MemoryBanks() {}

  static Bank of(Shape.Kind kind, Consistency consistency) {
    SharedMemory memory = Dsm.allocate("litmus." + consistency, BYTES, consistency);
    return switch (kind) {
      case BYTE -> bank(Byte.BYTES, (number, spread) -> new Bytes(memory, number, spread));
      case INT -> bank(Integer.BYTES, (number, spread) -> new Ints(memory, number, spread));
      case LONG -> bank(Long.BYTES, (number, spread) -> new Longs(memory, number, spread));
    };
  }

  private static Bank bank(int elementBytes, Bank.Access access) {
    return new Bank(BYTES / elementBytes, elementBytes, access);
  }

  private record Bytes(SharedMemory memory, int number, Spread spread) implements Variable {
    @Override
    public int get(int instance) {
      return memory.getByte(spread.index(number, instance));
    }

    @Override
    public void put(int instance, int value) {
      memory.putByte(spread.index(number, instance), (byte) value);
    }
  }

  private record Ints(SharedMemory memory, int number, Spread spread) implements Variable {
    private long at(int instance) {
      return (long) spread.index(number, instance) * Integer.BYTES;
    }

    @Override
    public int get(int instance) {
      return Variable.value(memory.getInt(at(instance)));
    }

    @Override
    public void put(int instance, int value) {
      memory.putInt(at(instance), (int) Variable.spread(value));
    }

    @Override
    public void add(int instance) {
      memory.getAndAddInt(at(instance), (int) Variable.spread(1));
    }
  }

  private record Longs(SharedMemory memory, int number, Spread spread) implements Variable {
    private long at(int instance) {
      return (long) spread.index(number, instance) * Long.BYTES;
    }

    @Override
    public int get(int instance) {
      return Variable.value(memory.getLong(at(instance)));
    }

    @Override
    public void put(int instance, int value) {
      memory.putLong(at(instance), Variable.spread(value));
    }
  }
}
