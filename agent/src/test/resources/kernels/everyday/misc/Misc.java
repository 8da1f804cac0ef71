package everyday.misc;

import java.util.*;
import java.util.concurrent.*;
import java.util.function.*;
import java.util.stream.*;
import org.dsm4j.*;

interface Config {
  @Shared int[] TABLE = {1, 2, 3};
  @Shared String NAME = "conf".concat("ig");
  int LIMIT = 5;
}

class Base {
  @Shared protected static int counter;
  @Shared static long[] totals = new long[4];
  @Shared protected static Item first;
  static int unshared = 7;
}

class Derived extends Base implements Config {
  int read() {
    return counter + TABLE[1] + TABLE.length;
  }

  void bump() {
    Derived.counter++;
    super.hashCode();
    totals[1] += 2;
  }
}

@Shared
class Item implements Cloneable, Comparable<Item>, AutoCloseable {
  private static int seq;
  final int id;
  final int[] data = new int[4];
  String label = "item";
  Item parent;
  final List0 kids = new List0();
  double w;

  {
    w = 1.5;
    data[0] = 9;
  }

  transient int cache;
  char c = 'x';
  byte b = -1;
  short s = 3;
  float f = 2.5f;
  boolean closed;
  Object any;
  Number num = 3;
  Comparable<?> cmp = "z";
  int[][] grid = {{1}, {2, 3}};

  Item(int id) {
    this(id, null);
  }

  Item(int id, Item parent) {
    this.id = id;
    this.parent = parent;
    if (parent != null) parent.kids.add(this);
    any = this;
  }

  @Override
  public Item clone() {
    try {
      return (Item) super.clone();
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  public int compareTo(Item o) {
    return Integer.compare(id, o.id);
  }

  @Override
  public void close() {
    closed = true;
  }

  int depth() {
    return parent == null ? 0 : 1 + parent.depth();
  }

  static Item tree(int d, Item p) {
    Item i = new Item(d, p);
    if (d > 0) {
      tree(d - 1, i);
      tree(d - 1, i);
    }
    return i;
  }

  int size() {
    int n = 1;
    for (Item k : kids) n += k.size();
    return n;
  }

  Supplier<String> namer() {
    return () -> label + id;
  }

  synchronized int waitFor(long ms) throws InterruptedException {
    int n = 0;
    while (n < 2) {
      wait(ms);
      n++;
    }
    return n;
  }
}

@Shared
class List0 implements Iterable<Item> {
  private Item[] items = new Item[2];
  private int n;

  void add(Item i) {
    if (n == items.length) items = Arrays.copyOf(items, n * 2);
    items[n++] = i;
  }

  public Iterator<Item> iterator() {
    return new Iterator<>() {
      private int at;

      @Override
      public boolean hasNext() {
        return at < n;
      }

      @Override
      public Item next() {
        return items[at++];
      }
    };
  }
}

class Sorter { // a class of its own, quick and merge sort
  static void swap(@Shared int[] a, int i, int j) {
    int t = a[i];
    a[i] = a[j];
    a[j] = t;
  }

  static void quick(@Shared int[] a, int lo, int hi) {
    if (lo >= hi) return;
    int p = a[lo + hi >>> 1], i = lo, j = hi;
    while (i <= j) {
      while (a[i] < p) i++;
      while (a[j] > p) j--;
      if (i <= j) swap(a, i++, j--);
    }
    quick(a, lo, j);
    quick(a, i, hi);
  }

  static <T extends Comparable<T>> void insertion(@Shared T[] a) {
    for (int i = 1; i < a.length; i++) {
      T t = a[i];
      int j = i - 1;
      for (; j >= 0 && a[j].compareTo(t) > 0; j--) a[j + 1] = a[j];
      a[j + 1] = t;
    }
  }
}

class SumTask extends RecursiveTask<Long> {
  final int[] a;
  final int lo, hi;

  SumTask(@Shared int[] a, int lo, int hi) {
    this.a = a;
    this.lo = lo;
    this.hi = hi;
  }

  @Override
  protected Long compute() {
    if (hi - lo < 64) {
      long s = 0;
      for (int i = lo; i < hi; i++) s += a[i];
      return s;
    }
    int m = lo + hi >>> 1;
    SumTask l = new SumTask(a, lo, m), r = new SumTask(a, m, hi);
    l.fork();
    return r.compute() + l.join();
  }
}

class AppException extends RuntimeException {
  final Item item;

  AppException(Item i) {
    super("bad " + i.id);
    item = i;
  }
}

public class Misc extends Derived {
  enum Kind {
    A(1) {
      int f(int x) {
        return x + 1;
      }
    },
    B(2) {
      int f(int x) {
        return x * n;
      }
    };
    final int n;

    Kind(int n) {
      this.n = n;
    }

    abstract int f(int x);
  }

  @Shared static int[] nums = new int[500];
  @Shared static String[] strs = {"pear", "fig", "apple", "kiwi"};
  @Shared static Item root;
  @Shared static Item[][] matrix;
  @Shared static char[][] board = new char[3][3];
  @Shared static double[][] m = {{1, 2, 3}, {4, 5, 6}, {7, 8, 10}};
  @Shared static byte[] bytes = new byte[8];
  @Shared static short[] shorts = new short[8];
  @Shared static Kind[] kinds = {Kind.B, Kind.A};
  @Shared static String log = "";
  @Shared static volatile boolean flag;
  @Shared static volatile double vd = 1;
  @Shared static float ff = 1f;
  @Shared static char cc = 'a';
  @Shared static byte bb = 127;
  @Shared static boolean[] flags = new boolean[9];
  @Shared static long[][][] cube = new long[2][3][4];
  @Shared static Function0 fn;
  @Shared static Object lockee = new int0();

  @Shared
  static class int0 {
    int v;
  }

  @Shared
  static class Function0 implements IntUnaryOperator {
    int k;

    Function0(int k) {
      this.k = k;
    }

    public int applyAsInt(int x) {
      return x * k;
    }
  }

  static int fin(int x) {
    try {
      if (x > 0) return nums[x];
      throw new AppException(root);
    } catch (AppException e) {
      return -e.item.id;
    } finally {
      synchronized (Misc.class) {
        counter++;
      }
    }
  }

  static String sw(Object o) {
    return o instanceof Integer i && i > 3
        ? "big"
        : o instanceof String s
            ? "s" + s.length()
            : o instanceof int[] a
                ? "arr" + a.length + a[1]
                : o instanceof Item it ? it.label : String.valueOf(o);
  }

  public static void main(String[] args) throws Exception {
    int me = Dsm.node(), n = Dsm.nodes();
    Misc self = new Misc();
    if (me == 0) {
      for (int i = 0; i < nums.length; i++) nums[i] = (i * 7919) % 1009;
      root = Item.tree(4, null);
      matrix = new Item[][] {{root, null}, {new Item(42)}};
      fn = new Function0(3);
      first = root;
      for (char[] row : board) Arrays.fill(row, '.');
      board[1][1] = 'X';
      board[2][0] |= 1;
      board[0][2]++;
      bytes[0] += 200;
      bytes[1]--;
      bytes[2] = (byte) (bytes[0] >> 1);
      bytes[3] |= 0x80;
      shorts[0] = (short) 40000;
      shorts[1] += shorts[0]++;
      shorts[2] = shorts[0] = 5;
      double[] t = m[0];
      m[0] = m[2];
      m[2] = t;
      m[1] = m[0].clone();
      m[1][1] += m[2][1] *= 2;
      cube[1][2][3] = 5;
      cube[0] = cube[1];
      cube[1] = new long[][] {{1, 2}, {3}};
      cube[0][2][3] <<= 2;
      log += "a" + 1;
      log += 'c';
      strs[0] += "s";
      bb++;
      cc += 1;
      ff *= 1.5;
      vd /= 4;
      flags[3] = !flags[3];
      flags[4] ^= true;
      flags[5] |= flags[3] & flags[4];
    }
    Dsm.barrier();
    for (int i = 0; i < 3; i++)
      synchronized (lockee) {
        ((int0) lockee).v++;
        self.bumpSafe();
      }
    Dsm.barrier();
    if (me == n - 1) {
      System.out.println(
          self.read()
              - counter
              + " "
              + counter / n
              + " "
              + totals[1] / n
              + " "
              + NAME
              + " "
              + Derived.TABLE[2]
              + " "
              + ((int0) lockee).v / n
              + " "
              + first.id
              + unshared);
      int[] copy = nums.clone();
      Arrays.sort(copy);
      Sorter.quick(nums, 0, nums.length - 1);
      System.out.println(Arrays.equals(copy, nums) + " " + nums[3] + " " + nums[499]);
      int[] heap = {5, 2, 8};
      Sorter.quick(heap, 0, 2);
      System.out.println(Arrays.toString(heap));
      Sorter.insertion(strs);
      System.out.println(Arrays.toString(strs) + " " + strs[0].length());
      System.out.println(
          new ForkJoinPool(3).invoke(new SumTask(nums, 0, nums.length))
              + " "
              + IntStream.range(0, 500).parallel().map(i -> nums[i]).sum());
      ExecutorService ex = Executors.newFixedThreadPool(3);
      List<Future<Integer>> fs = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        final int tt = t;
        fs.add(
            ex.submit(
                () -> {
                  int s = 0;
                  for (int i = tt; i < nums.length; i += 4) s += nums[i];
                  synchronized (root) {
                    root.w += s;
                  }
                  return s;
                }));
      }
      int sum = 0;
      for (Future<Integer> f : fs) sum += f.get();
      ex.shutdown();
      System.out.println(sum + " " + root.w);
      System.out.println(
          root.size()
              + " "
              + root.kids.iterator().next().kids.iterator().next().depth()
              + " "
              + root.namer().get()
              + " "
              + matrix[1][0].id
              + " "
              + matrix[0][1]
              + " "
              + matrix[0].length);
      Item c = root.clone();
      c.label = "copy";
      c.data[0] = 77;
      System.out.println(
          root.label
              + " "
              + c.label
              + " "
              + root.data[0]
              + " "
              + (c.data == root.data)
              + (c != root)
              + (c.any == root)
              + c.c
              + c.b
              + c.s
              + c.f
              + c.num
              + c.cmp
              + c.grid[1][1]
              + c.cache);
      try (Item i = new Item(9)) {
        i.cache = 4;
        if (i.cache != 4) throw new Error();
        c = i;
      }
      System.out.println(
          c.closed
              + " "
              + (c.toString().startsWith("everyday.misc.Item@"))
              + " "
              + c.equals(c)
              + (c.hashCode() == System.identityHashCode(c)));
      Map<Item, String> map = new HashMap<>();
      map.put(root, "root");
      map.put(c, "c");
      System.out.println(map.get(matrix[0][0]) + new TreeSet<>(List.of(c, root)).first().id);
      System.out.println(
          fin(3)
              + " "
              + fin(0)
              + " "
              + sw(5)
              + sw("four")
              + sw(nums)
              + sw(root)
              + sw(null)
              + sw(2));
      StringBuilder sb = new StringBuilder();
      for (char[] row : board) {
        for (char x : row) sb.append(x);
        sb.append('|');
      }
      System.out.println(sb);
      System.out.println(
          Arrays.toString(bytes.clone())
              + Arrays.toString(shorts)
              + Arrays.deepToString(m)
              + Arrays.deepToString(cube));
      System.out.println(log + strs[2] + bb + cc + ff + vd + Arrays.toString(flags));
      for (Kind k : kinds) {
        System.out.print(k + ":" + k.f(5) + " ");
        switch (k) {
          case A -> System.out.print("first ");
          case B -> System.out.print("second ");
        }
      }
      System.out.println(new EnumMap<Kind, Integer>(Map.of(kinds[0], 3)));
      System.out.println(
          fn.applyAsInt(4)
              + IntStream.of(1, 2).map(fn).sum()
              + " "
              + Stream.of(strs[0], strs[1])
                  .map(String::toUpperCase)
                  .collect(Collectors.joining(",")));
      int i = 0;
      nums[i++] = nums[i++] + (i = 7);
      nums[i] = i = 3;
      int[] ref;
      (ref = nums)[2] = ref[1] = 11;
      System.out.println(
          nums[0] + " " + nums[7] + " " + nums[1] + nums[2] + i + (nums[4]++ - --nums[4]));
      try {
        Object[] o = strs;
        o[0] = root;
      } catch (ArrayStoreException e) {
        System.out.println(e.getMessage());
      }
      try {
        matrix[1][1] = root;
      } catch (ArrayIndexOutOfBoundsException e) {
        System.out.println(e.getMessage());
      }
      try {
        root.parent.depth();
      } catch (NullPointerException e) {
        System.out.println("npe");
      }
      try {
        synchronized (root) {
          root.wait(1, 0);
        }
        root.waitFor(1);
        root.notifyAll();
      } catch (IllegalMonitorStateException e) {
        System.out.println("imse " + Thread.holdsLock(root));
      }
      Thread th =
          new Thread(
              () -> {
                synchronized (root) {
                  try {
                    root.wait();
                  } catch (InterruptedException e) {
                    System.out.println(
                        "interrupted "
                            + Thread.holdsLock(root)
                            + Thread.currentThread().isInterrupted());
                  }
                }
              });
      th.start();
      th.interrupt();
      th.join();
      BiFunction<int[], Integer, Integer> at = (a, k) -> a[k];
      Function<Integer, int[]> mk = int[]::new;
      UnaryOperator<int[]> id = a -> a;
      System.out.println(
          at.apply(nums, 2)
              + mk.apply(3).length
              + " "
              + (id.apply(nums) == nums)
              + Optional.of(nums).map(a -> a[2]).get());
      int[][] jag = new int[3][];
      jag[0] = nums;
      jag[1] = new int[] {4};
      System.out.println(
          jag[0][2] + jag[1][0] + " " + Objects.requireNonNull(nums).length + Objects.hash(1, 2));
      List<Item> items = new ArrayList<>(List.of(root, c));
      items.sort(Comparator.comparing((Item x) -> x.label).thenComparingInt(x -> -x.id));
      System.out.println(items.get(0).id + " " + items.stream().filter(x -> x.closed).count());
      var local =
          new Object() {
            int hits;

            void hit(@Shared int[] a) {
              for (int v : a) if (v % 2 == 0) hits++;
            }
          };
      local.hit(nums);
      System.out.println(local.hits > 0);
      long h = 0;
      for (int r = 0, q = m.length - 1; r < q; r++, q--) {
        double[] t = m[r];
        m[r] = m[q];
        m[q] = t;
      }
      for (double[] row : m) for (double d : row) h = h * 31 + (long) d;
      System.out.println(h + " " + (m[0] == m[0]) + " " + (m[0] != m[1]));
      do {
        counter -= 1000;
      } while (counter > 0);
      System.out.println(counter < 0 ? "neg" : "pos");
      assert nums.length > 3;
    }
    Dsm.barrier();
  }

  void bumpSafe() {
    synchronized (Base.class) {
      bump();
    }
  }
}
