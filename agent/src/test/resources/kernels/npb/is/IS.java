package npb.is;

import org.dsm4j.*;

// Integer sort: bucket counts per worker, prefix sums by the master.
@Shared
abstract class ISBase implements Runnable {
  static final int MAX_KEY_LOG = 11,
      KEYS_LOG = 14,
      MAX_KEY = 1 << MAX_KEY_LOG,
      NUM_KEYS = 1 << KEYS_LOG,
      MAX_ITER = 6,
      TEST = 5;
  protected int[] key_array, master_hist, partial_verify;
  protected int[][] all_hist;
  protected int nthreads;
  protected final int[] test_index = {48427, 17148, 23627, 62548, 4431}, rank = new int[TEST];
  protected double amult = 1220703125.0;
}

@Shared
public class IS extends ISBase {
  @Shared static IS is;
  RankThread[] rankthreads;
  boolean ok = true;
  int passed;

  static class Gen { // the plain generator
    long s = 314159265L;

    double next() {
      s = (s * 1220703125L) & ((1L << 46) - 1);
      return s * Math.pow(2, -46);
    }
  }

  IS(int n) {
    nthreads = n;
    key_array = new int[NUM_KEYS];
    master_hist = new int[MAX_KEY];
    all_hist = new int[n][MAX_KEY];
    Gen g = new Gen();
    int k = MAX_KEY / 4;
    for (int i = 0; i < NUM_KEYS; i++) {
      double x = g.next();
      x += g.next();
      x += g.next();
      x += g.next();
      key_array[i] = (int) (x * k);
    }
    rankthreads = new RankThread[n];
    for (int i = 0; i < n; i++)
      rankthreads[i] = new RankThread(this, i, i * NUM_KEYS / n, (i + 1) * NUM_KEYS / n);
  }

  public static void main(String... args) throws InterruptedException {
    synchronized (IS.class) {
      if (is == null) is = new IS(Dsm.nodes());
    }
    RankThread mine = is.rankthreads[Dsm.node()];
    Thread t = new Thread(mine, "rank-" + mine.id);
    t.start();
    if (Dsm.node() == 0) is.run();
    t.join();
  }

  public void run() {
    for (int i = 1; i <= MAX_ITER; i++) rank(i);
    full_verify();
    for (RankThread r : rankthreads) r.quit();
    System.out.println("passed " + passed + " ok " + ok);
  }

  void rank(int iteration) {
    key_array[iteration] = iteration;
    key_array[iteration + MAX_ITER] = MAX_KEY - iteration;
    for (int i = 0; i < nthreads; i++) rankthreads[i].begin();
    synchronized (this) {
      for (int i = 0; i < nthreads; i++)
        while (!rankthreads[i].done) {
          try {
            wait();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        }
    }
    int sum = 0;
    for (int b = 0; b < MAX_KEY; b++) {
      int s = 0;
      for (int[] h : all_hist) s += h[b];
      master_hist[b] = (sum += s);
    }
    for (int i = 0; i < TEST; i++) {
      int k = key_array[test_index[i] % NUM_KEYS];
      rank[i] = k > 0 ? master_hist[k - 1] : 0;
      passed += rank[i] % 7;
    }
  }

  void full_verify() {
    int[] next = java.util.Arrays.copyOf(master_hist, MAX_KEY);
    int[] sorted = new int[NUM_KEYS];
    for (int i = 0; i < NUM_KEYS; i++) sorted[--next[key_array[i]]] = key_array[i];
    for (int i = 1; i < NUM_KEYS; i++) if (sorted[i - 1] > sorted[i]) ok = false;
    int[] byJdk = key_array.clone();
    java.util.Arrays.sort(byJdk);
    ok &= java.util.Arrays.equals(byJdk, sorted);
  }
}

@Shared
class RankThread extends ISBase {
  final IS main;
  final int id, start, end;
  boolean done = true, stop;

  RankThread(IS m, int id, int s, int e) {
    main = m;
    this.id = id;
    start = s;
    end = e;
  }

  void begin() {
    synchronized (this) {
      done = false;
      notify();
    }
  }

  synchronized void quit() {
    stop = true;
    notifyAll();
  }

  @Override
  public void run() {
    for (; ; ) {
      synchronized (this) {
        while (done && !stop) {
          try {
            wait();
          } catch (InterruptedException e) {
            return;
          }
        }
        if (stop) break;
      }
      int[] hist = main.all_hist[id];
      for (int i = 0; i < hist.length; i++) hist[i] = 0;
      for (int i = start; i < end; i++) hist[main.key_array[i]]++;
      synchronized (main) {
        synchronized (this) {
          done = true;
        }
        main.notifyAll();
      }
    }
  }
}
