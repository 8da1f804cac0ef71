package everyday.arrays;

import java.util.*;
import java.util.function.*;
import java.util.stream.*;
import org.dsm4j.*;

public class ArraysMisc {
  @Shared static final int N = 1 << 10;
  @Shared static int[] data = new int[N], hist = new int[16], primes;
  @Shared static boolean[][] life = new boolean[34][34], next = new boolean[34][34];

  @Shared
  static char[] chars = Dsm.share("the quick brown fox jumps over the lazy dog".toCharArray());

  @Shared static String[] names = {"b", "a", null, "c"};
  @Shared static short[] sh = {3, 1, 2};
  @Shared static byte[] by = {1, -1};
  @Shared static float[] fl = {1.5f};
  @Shared static long[] lo = {Long.MAX_VALUE};
  @Shared static double[][][] cube = new double[3][4][];
  @Shared static Integer[] boxed = {5, 3, 9};
  @Shared static long[][] best;
  @Shared static int solutions;

  enum Op implements IntBinaryOperator {
    ADD {
      public int applyAsInt(int a, int b) {
        return a + b;
      }
    },
    MAX {
      public int applyAsInt(int a, int b) {
        return Math.max(a, b);
      }
    }
  }

  @Shared static Op op = Op.ADD;
  @Shared static Op[] ops = Dsm.share(Op.values());
  @Shared static Class<?> cls = String.class;
  @Shared static Object any = "str";
  @Shared static volatile Integer box;

  static int sum(@Shared int... xs) {
    int s = 0;
    for (int x : xs) s += x;
    return s;
  }

  @SafeVarargs
  static <T> int count(T... ts) {
    return ts.length;
  }

  static @Shared int[] row(int n) {
    int[] r = new int[n];
    for (int i = 0; i < n; i++) r[i] = n - i;
    return r;
  }

  static int queens(int n, int row, int cols, int d1, int d2) {
    if (row == n) return 1;
    int c = 0;
    for (int free = ~(cols | d1 | d2) & (1 << n) - 1; free != 0; free &= free - 1) {
      int bit = free & -free;
      c += queens(n, row + 1, cols | bit, (d1 | bit) << 1, (d2 | bit) >> 1);
    }
    return c;
  }

  public static void main(String[] args) throws Exception {
    int me = Dsm.node(), n = Dsm.nodes();
    for (int i = me; i < N; i += n) data[i] = (i * 2654435 >>> 3) & 1023;
    if (me == 0) {
      for (int i = 0; i < 34; i++) for (int j = 0; j < 34; j++) life[i][j] = (i * j + i) % 3 == 0;
    }
    Dsm.barrier();
    int[] mine = new int[16];
    for (int i = N * me / n; i < N * (me + 1) / n; i++) mine[data[i] >> 6]++;
    synchronized (hist) {
      for (int i = 0; i < 16; i++) hist[i] += mine[i];
    }
    boolean[][] cur = life, nxt = next;
    for (int gen = 0; gen < 6; gen++) {
      for (int i = 1 + 32 * me / n; i < 1 + 32 * (me + 1) / n; i++)
        for (int j = 1; j < 33; j++) {
          int c = 0;
          for (int di = -1; di <= 1; di++)
            for (int dj = -1; dj <= 1; dj++) if ((di | dj) != 0 && cur[i + di][j + dj]) c++;
          nxt[i][j] = c == 3 || c == 2 && cur[i][j];
        }
      boolean[][] t = cur;
      cur = nxt;
      nxt = t;
      Dsm.barrier();
    }
    for (int first = me; first < 8; first += n) {
      int bit = 1 << first, c = queens(8, 1, bit, bit << 1, bit >> 1);
      synchronized (ArraysMisc.class) {
        solutions += c;
      }
    }
    if (me == 0) {
      best = new long[6][6];
    }
    Dsm.barrier();
    int[] dims = {30, 35, 15, 5, 10, 20, 25};
    for (int len = 2; len <= 6; len++) {
      for (int i = 0; i + len <= 6; i++)
        if (i % n == me) {
          int j = i + len - 1;
          best[i][j] = Long.MAX_VALUE;
          for (int k = i; k < j; k++)
            best[i][j] =
                Math.min(
                    best[i][j],
                    best[i][k] + best[k + 1][j] + (long) dims[i] * dims[k + 1] * dims[j + 1]);
        }
      Dsm.barrier();
    }
    if (me == n - 1) {
      int[] sorted = data.clone();
      Arrays.sort(sorted);
      int[] copy = Arrays.copyOfRange(data, 5, 10);
      @Shared int[] sh2 = new int[N];
      System.arraycopy(data, 0, sh2, 0, N);
      Arrays.sort(sh2, 0, N);
      System.out.println(
          Arrays.equals(sorted, sh2)
              + " "
              + Arrays.toString(copy)
              + " "
              + Arrays.hashCode(sh2)
              + " "
              + Arrays.toString(hist)
              + " "
              + sum(hist)
              + " "
              + sum()
              + " "
              + sum(1, 2));
      System.out.println(
          Arrays.stream(data.clone()).sum()
              + " "
              + IntStream.range(0, 16).map(i -> hist[i]).max().getAsInt());
      int alive = 0;
      for (boolean[] r : cur) for (boolean x : r) if (x) alive++;
      System.out.println("alive " + alive + " queens " + solutions + " chain " + best[0][5]);
      System.out.println(
          new String(chars.clone()).indexOf("fox")
              + " "
              + chars.length
              + " "
              + String.valueOf(chars[4])
              + " "
              + Arrays.asList(names.clone())
              + " "
              + count(names)
              + " "
              + count(1, 2L));
      System.out.println(
          sh[0]
              + by[1]
              + fl[0]
              + lo[0]
              + " "
              + (by[1] & 0xff)
              + " "
              + (sh[0] += 5)
              + " "
              + sh[0]++
              + " "
              + --sh[0]
              + " "
              + (chars[0] += 1)
              + " "
              + (lo[0] ^= 5)
              + " "
              + (fl[0] /= 2));
      cube[1][2] = new double[5];
      cube[1][2][4] = 7;
      cube[2] = new double[][] {{1}, {2, 3}, null};
      System.out.println(
          cube[1][2][4]
              + " "
              + cube[2].length
              + " "
              + cube[2][1][1]
              + " "
              + cube[0][0]
              + " "
              + Arrays.deepToString(cube));
      Arrays.sort(boxed);
      System.out.println(Arrays.toString(boxed) + " " + Arrays.binarySearch(boxed, 5));
      Arrays.sort(boxed, Comparator.reverseOrder());
      System.out.println(Arrays.toString(boxed));
      System.out.println(
          op
              + " "
              + op.applyAsInt(2, 3)
              + " "
              + ops[1].applyAsInt(2, 3)
              + " "
              + cls
              + " "
              + any
              + " "
              + ops.length
              + " "
              + (op == Op.ADD));
      switch (op) {
        case ADD:
          System.out.println("add");
          break;
        case MAX:
          System.out.println("max");
      }
      any = 5;
      System.out.println(any.equals(5));
      any = data;
      System.out.println(any == data);
      any = new int[0].length;
      box = 127;
      box++;
      System.out.println(box);
      String s =
          switch (box) {
            case 128 -> "yes";
            default -> {
              yield "no";
            }
          };
      System.out.println(s);
      int[] r = row(5);
      r[2] *= 10;
      System.out.println(
          r[2] + r.length + " " + (r instanceof int[]) + " " + r.getClass().getSimpleName());
      Supplier<int[]> sup = () -> data;
      IntUnaryOperator f = i -> data[i];
      System.out.println(
          sup.get()[3] + f.applyAsInt(3) + Stream.of(1, 2, 3).mapToInt(i -> data[i]).sum());
      for (Runnable bad :
          new Runnable[] {
            () -> data[N] = 1,
            () -> data[-1]++,
            () -> {
              int[] x = null;
              x[0] = 1;
            },
            () -> {
              Object[] o = names;
              o[0] = 1;
            },
            () -> {
              int[] z = new @Shared int[-1];
            },
            () -> System.arraycopy(data, 0, hist, 0, 17),
            () -> {
              Object o = data;
              String q = (String) o;
            }
          })
        try {
          bad.run();
          System.out.println("nothing");
        } catch (RuntimeException e) {
          System.out.println(
              e.getClass().getName()
                  + " "
                  + (e instanceof NullPointerException
                      ? ""
                      : e instanceof ClassCastException ? "" : e.getMessage()));
        }
      List<int[]> list = new ArrayList<>();
      list.add(data);
      list.add(hist);
      System.out.println(list.get(1)[0] + " " + list.indexOf(hist) + " " + list.contains(data));
      Iterator<Integer> it =
          new Iterator<>() {
            int i;

            public boolean hasNext() {
              return i < 3;
            }

            public Integer next() {
              return data[i++];
            }
          };
      int q = 0;
      while (it.hasNext()) q += it.next();
      System.out.println(q);
      StringBuilder sb = new StringBuilder();
      lbl:
      for (int i = 0; ; i++) {
        for (int j = 0; j < 5; j++) {
          if (j == 3) continue lbl;
          if (i == 3) break lbl;
          try {
            if (data[i] < 0) return;
            sb.append(data[i + j] & 7);
          } finally {
            sb.append(';');
          }
        }
      }
      System.out.println(sb);
      int[] arr = (box > 100 ? data : hist);
      arr[0] = 99;
      System.out.println(data[0] + " " + (arr == data));
      String joined = "";
      for (String x : names) joined += x;
      System.out.println(joined + " " + String.join("-", names[0], names[1]));
      primes =
          IntStream.rangeClosed(2, 50)
                      .filter(i -> IntStream.range(2, i).noneMatch(k -> i % k == 0))
                      .collect(() -> new ArrayList<Integer>(), ArrayList::add, ArrayList::addAll)
                      .size()
                  > 3
              ? new int[] {2, 3, 5}
              : null;
      System.out.println(
          primes[2]
              + " "
              + Arrays.equals(primes, new int[] {2, 3, 5})
              + " "
              + Arrays.mismatch(primes, hist));
    }
    Dsm.barrier();
  }
}
