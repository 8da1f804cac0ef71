package org.dsm4j.samples.litmus;

import java.util.List;
import org.dsm4j.Shared;

/**
 * Volatile shared statics. Java has no volatile elements of arrays, so each cell is a field; the
 * fields of one class lie in one page, those of two classes in two.
 */
final class VolatileCells {
  /** How many cells there are in each class. */
  static final int CELLS = 16;

  private static final List<Cells> INTS = List.of(new A(), new B(), new C(), new D());
  private static final List<Cells> LONGS = List.of(new Longs());
  private static final List<Cells> BYTES = List.of(new Bytes());

  private VolatileCells() {}

  /** The cells of one class. */
  private interface Cells {
    long get(int cell);

    void put(int cell, long value);
  }

  /** How many instances a batch may have. */
  static int instances(Placement placement, int variables) {
    return placement == Placement.SAME ? CELLS / variables : CELLS;
  }

  /**
   * A variable of a shape. Only ints lie apart; longs are those of one class always.
   *
   * @param variables how many an instance has
   */
  static Variable variable(Shape.Kind kind, Placement placement, int number, int variables) {
    if (kind == Shape.Kind.LONG || placement == Placement.SAME) {
      return new Side(kind, classes(kind).get(0), number, variables);
    }
    return new Apart(number, variables == 1 ? 1 : 0);
  }

  private static List<Cells> classes(Shape.Kind kind) {
    return switch (kind) {
      case BYTE -> BYTES;
      case INT -> INTS;
      case LONG -> LONGS;
    };
  }

  private record Side(Shape.Kind kind, Cells cells, int number, int variables) implements Variable {
    private int cell(int instance) {
      return instance * variables + number;
    }

    @Override
    public int get(int instance) {
      long found = cells.get(cell(instance));
      return switch (kind) {
        case BYTE -> (int) found;
        case INT -> Variable.value((int) found);
        case LONG -> Variable.value(found);
      };
    }

    @Override
    public void put(int instance, int value) {
      cells.put(cell(instance), kind == Shape.Kind.BYTE ? value : Variable.spread(value));
    }
  }

  /** Each variable, or of a single one each instance, in another class than the one before. */
  private record Apart(int number, int instanceStep) implements Variable {
    private Cells cells(int instance) {
      return INTS.get((number + instance * instanceStep) % INTS.size());
    }

    @Override
    public int get(int instance) {
      return Variable.value((int) cells(instance).get(instance));
    }

    @Override
    public void put(int instance, int value) {
      cells(instance).put(instance, Variable.spread(value));
    }
  }

  private static final class A implements Cells {
    @Shared private static volatile int v0, v1, v2, v3, v4, v5, v6, v7;
    @Shared private static volatile int v8, v9, v10, v11, v12, v13, v14, v15;

    @Override
    public long get(int cell) {
      return switch (cell) {
        case 0 -> v0;
        case 1 -> v1;
        case 2 -> v2;
        case 3 -> v3;
        case 4 -> v4;
        case 5 -> v5;
        case 6 -> v6;
        case 7 -> v7;
        case 8 -> v8;
        case 9 -> v9;
        case 10 -> v10;
        case 11 -> v11;
        case 12 -> v12;
        case 13 -> v13;
        case 14 -> v14;
        case 15 -> v15;
        default -> throw new IndexOutOfBoundsException(cell);
      };
    }

    @Override
    public void put(int cell, long value) {
      switch (cell) {
        case 0 -> v0 = (int) value;
        case 1 -> v1 = (int) value;
        case 2 -> v2 = (int) value;
        case 3 -> v3 = (int) value;
        case 4 -> v4 = (int) value;
        case 5 -> v5 = (int) value;
        case 6 -> v6 = (int) value;
        case 7 -> v7 = (int) value;
        case 8 -> v8 = (int) value;
        case 9 -> v9 = (int) value;
        case 10 -> v10 = (int) value;
        case 11 -> v11 = (int) value;
        case 12 -> v12 = (int) value;
        case 13 -> v13 = (int) value;
        case 14 -> v14 = (int) value;
        case 15 -> v15 = (int) value;
        default -> throw new IndexOutOfBoundsException(cell);
      }
    }
  }

  private static final class B implements Cells {
    @Shared private static volatile int v0, v1, v2, v3, v4, v5, v6, v7;
    @Shared private static volatile int v8, v9, v10, v11, v12, v13, v14, v15;

    @Override
    public long get(int cell) {
      return switch (cell) {
        case 0 -> v0;
        case 1 -> v1;
        case 2 -> v2;
        case 3 -> v3;
        case 4 -> v4;
        case 5 -> v5;
        case 6 -> v6;
        case 7 -> v7;
        case 8 -> v8;
        case 9 -> v9;
        case 10 -> v10;
        case 11 -> v11;
        case 12 -> v12;
        case 13 -> v13;
        case 14 -> v14;
        case 15 -> v15;
        default -> throw new IndexOutOfBoundsException(cell);
      };
    }

    @Override
    public void put(int cell, long value) {
      switch (cell) {
        case 0 -> v0 = (int) value;
        case 1 -> v1 = (int) value;
        case 2 -> v2 = (int) value;
        case 3 -> v3 = (int) value;
        case 4 -> v4 = (int) value;
        case 5 -> v5 = (int) value;
        case 6 -> v6 = (int) value;
        case 7 -> v7 = (int) value;
        case 8 -> v8 = (int) value;
        case 9 -> v9 = (int) value;
        case 10 -> v10 = (int) value;
        case 11 -> v11 = (int) value;
        case 12 -> v12 = (int) value;
        case 13 -> v13 = (int) value;
        case 14 -> v14 = (int) value;
        case 15 -> v15 = (int) value;
        default -> throw new IndexOutOfBoundsException(cell);
      }
    }
  }

  private static final class C implements Cells {
    @Shared private static volatile int v0, v1, v2, v3, v4, v5, v6, v7;
    @Shared private static volatile int v8, v9, v10, v11, v12, v13, v14, v15;

    @Override
    public long get(int cell) {
      return switch (cell) {
        case 0 -> v0;
        case 1 -> v1;
        case 2 -> v2;
        case 3 -> v3;
        case 4 -> v4;
        case 5 -> v5;
        case 6 -> v6;
        case 7 -> v7;
        case 8 -> v8;
        case 9 -> v9;
        case 10 -> v10;
        case 11 -> v11;
        case 12 -> v12;
        case 13 -> v13;
        case 14 -> v14;
        case 15 -> v15;
        default -> throw new IndexOutOfBoundsException(cell);
      };
    }

    @Override
    public void put(int cell, long value) {
      switch (cell) {
        case 0 -> v0 = (int) value;
        case 1 -> v1 = (int) value;
        case 2 -> v2 = (int) value;
        case 3 -> v3 = (int) value;
        case 4 -> v4 = (int) value;
        case 5 -> v5 = (int) value;
        case 6 -> v6 = (int) value;
        case 7 -> v7 = (int) value;
        case 8 -> v8 = (int) value;
        case 9 -> v9 = (int) value;
        case 10 -> v10 = (int) value;
        case 11 -> v11 = (int) value;
        case 12 -> v12 = (int) value;
        case 13 -> v13 = (int) value;
        case 14 -> v14 = (int) value;
        case 15 -> v15 = (int) value;
        default -> throw new IndexOutOfBoundsException(cell);
      }
    }
  }

  private static final class D implements Cells {
    @Shared private static volatile int v0, v1, v2, v3, v4, v5, v6, v7;
    @Shared private static volatile int v8, v9, v10, v11, v12, v13, v14, v15;

    @Override
    public long get(int cell) {
      return switch (cell) {
        case 0 -> v0;
        case 1 -> v1;
        case 2 -> v2;
        case 3 -> v3;
        case 4 -> v4;
        case 5 -> v5;
        case 6 -> v6;
        case 7 -> v7;
        case 8 -> v8;
        case 9 -> v9;
        case 10 -> v10;
        case 11 -> v11;
        case 12 -> v12;
        case 13 -> v13;
        case 14 -> v14;
        case 15 -> v15;
        default -> throw new IndexOutOfBoundsException(cell);
      };
    }

    @Override
    public void put(int cell, long value) {
      switch (cell) {
        case 0 -> v0 = (int) value;
        case 1 -> v1 = (int) value;
        case 2 -> v2 = (int) value;
        case 3 -> v3 = (int) value;
        case 4 -> v4 = (int) value;
        case 5 -> v5 = (int) value;
        case 6 -> v6 = (int) value;
        case 7 -> v7 = (int) value;
        case 8 -> v8 = (int) value;
        case 9 -> v9 = (int) value;
        case 10 -> v10 = (int) value;
        case 11 -> v11 = (int) value;
        case 12 -> v12 = (int) value;
        case 13 -> v13 = (int) value;
        case 14 -> v14 = (int) value;
        case 15 -> v15 = (int) value;
        default -> throw new IndexOutOfBoundsException(cell);
      }
    }
  }

  private static final class Longs implements Cells {
    @Shared private static volatile long v0, v1, v2, v3, v4, v5, v6, v7;
    @Shared private static volatile long v8, v9, v10, v11, v12, v13, v14, v15;

    @Override
    public long get(int cell) {
      return switch (cell) {
        case 0 -> v0;
        case 1 -> v1;
        case 2 -> v2;
        case 3 -> v3;
        case 4 -> v4;
        case 5 -> v5;
        case 6 -> v6;
        case 7 -> v7;
        case 8 -> v8;
        case 9 -> v9;
        case 10 -> v10;
        case 11 -> v11;
        case 12 -> v12;
        case 13 -> v13;
        case 14 -> v14;
        case 15 -> v15;
        default -> throw new IndexOutOfBoundsException(cell);
      };
    }

    @Override
    public void put(int cell, long value) {
      switch (cell) {
        case 0 -> v0 = value;
        case 1 -> v1 = value;
        case 2 -> v2 = value;
        case 3 -> v3 = value;
        case 4 -> v4 = value;
        case 5 -> v5 = value;
        case 6 -> v6 = value;
        case 7 -> v7 = value;
        case 8 -> v8 = value;
        case 9 -> v9 = value;
        case 10 -> v10 = value;
        case 11 -> v11 = value;
        case 12 -> v12 = value;
        case 13 -> v13 = value;
        case 14 -> v14 = value;
        case 15 -> v15 = value;
        default -> throw new IndexOutOfBoundsException(cell);
      }
    }
  }

  private static final class Bytes implements Cells {
    @Shared private static volatile byte v0, v1, v2, v3, v4, v5, v6, v7;
    @Shared private static volatile byte v8, v9, v10, v11, v12, v13, v14, v15;

    @Override
    public long get(int cell) {
      return switch (cell) {
        case 0 -> v0;
        case 1 -> v1;
        case 2 -> v2;
        case 3 -> v3;
        case 4 -> v4;
        case 5 -> v5;
        case 6 -> v6;
        case 7 -> v7;
        case 8 -> v8;
        case 9 -> v9;
        case 10 -> v10;
        case 11 -> v11;
        case 12 -> v12;
        case 13 -> v13;
        case 14 -> v14;
        case 15 -> v15;
        default -> throw new IndexOutOfBoundsException(cell);
      };
    }

    @Override
    public void put(int cell, long value) {
      switch (cell) {
        case 0 -> v0 = (byte) value;
        case 1 -> v1 = (byte) value;
        case 2 -> v2 = (byte) value;
        case 3 -> v3 = (byte) value;
        case 4 -> v4 = (byte) value;
        case 5 -> v5 = (byte) value;
        case 6 -> v6 = (byte) value;
        case 7 -> v7 = (byte) value;
        case 8 -> v8 = (byte) value;
        case 9 -> v9 = (byte) value;
        case 10 -> v10 = (byte) value;
        case 11 -> v11 = (byte) value;
        case 12 -> v12 = (byte) value;
        case 13 -> v13 = (byte) value;
        case 14 -> v14 = (byte) value;
        case 15 -> v15 = (byte) value;
        default -> throw new IndexOutOfBoundsException(cell);
      }
    }
  }
}
