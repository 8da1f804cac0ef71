package everyday.graphs;

import java.util.*;
import org.dsm4j.*;

public class Graph {
  @Shared
  static class Vertex {
    final int id;
    double rank = 1, next;
    Edge first;
    int dist = Integer.MAX_VALUE;
    volatile boolean seen;

    Vertex(int id) {
      this.id = id;
    }

    Edge edgeTo(Vertex v, int w) {
      Edge e = new Edge(v, w, first);
      first = e;
      return e;
    }

    @Override
    public boolean equals(Object o) {
      return o instanceof Vertex v && v.id == id;
    }

    @Override
    public int hashCode() {
      return id;
    }

    @Override
    public String toString() {
      return "v" + id;
    }
  }

  @Shared
  static class Edge {
    final Vertex to;
    final int weight;
    final Edge next;

    Edge(Vertex to, int w, Edge next) {
      this.to = to;
      weight = w;
      this.next = next;
    }
  }

  @Shared static Vertex[] vs;
  @Shared static int[][] adj; // ragged
  @Shared static long[][] fw;
  @Shared static boolean changed;
  @Shared static int[] level;
  @Shared static long sum;

  static void build(int n) {
    Random r = new Random(42);
    Vertex[] v = new Vertex[n];
    for (int i = 0; i < n; i++) v[i] = new Vertex(i);
    int[][] ragged = new int[n][];
    for (int i = 0; i < n; i++) {
      ragged[i] = new int[1 + i % 4];
      for (int k = 0; k < ragged[i].length; k++) {
        int t = r.nextInt(n);
        ragged[i][k] = t;
        v[i].edgeTo(v[t], 1 + r.nextInt(9));
      }
    }
    vs = v;
    adj = ragged;
    long[][] f = new long[40][40];
    for (long[] row : f) Arrays.fill(row, 1 << 20);
    for (int i = 0; i < 40; i++) {
      f[i][i] = 0;
      for (Edge e = v[i].first; e != null; e = e.next)
        if (e.to.id < 40) f[i][e.to.id] = Math.min(f[i][e.to.id], e.weight);
      f[i][(i + 1) % 40] = 5;
    }
    fw = f;
    level = new int[n];
    Arrays.fill(level, -1);
    level[0] = 0;
  }

  public static void main(String[] args) {
    int me = Dsm.node(), p = Dsm.nodes(), n = 300;
    if (me == 0) build(n);
    Dsm.barrier();
    int lo = n * me / p, hi = n * (me + 1) / p;
    for (int it = 0; it < 10; it++) {
      for (int i = lo; i < hi; i++) {
        int deg = adj[i].length;
        double share = vs[i].rank / deg;
        for (int t : adj[i])
          synchronized (vs[t]) {
            vs[t].next += Math.round(share * 1e6) / 1e6;
          }
      }
      Dsm.barrier();
      for (int i = lo; i < hi; i++) {
        Vertex v = vs[i];
        v.rank = .15 + .85 * v.next;
        v.next = 0;
      }
      Dsm.barrier();
    }
    for (int d = 0; ; d++) { // BFS by level
      boolean any = false;
      for (int i = lo; i < hi; i++)
        if (level[i] == d)
          for (int t : adj[i])
            if (level[t] < 0) {
              level[t] = d + 1;
              any = true;
            }
      synchronized (Graph.class) {
        changed |= any;
      }
      Dsm.barrier();
      boolean go = changed;
      Dsm.barrier();
      if (me == 0) changed = false;
      Dsm.barrier();
      if (!go) break;
    }
    for (int k = 0; k < 40; k++) { // Floyd
      long[] rk = fw[k];
      for (int i = 40 * me / p; i < 40 * (me + 1) / p; i++) {
        long[] ri = fw[i];
        long d = ri[k];
        for (int j = 0; j < 40; j++) if (d + rk[j] < ri[j]) ri[j] = d + rk[j];
      }
      Dsm.barrier();
    }
    if (me == p - 1) { // Dijkstra, a JDK queue over shared vertices
      PriorityQueue<Vertex> q =
          new PriorityQueue<>(
              Comparator.comparingInt((Vertex v) -> v.dist).thenComparing(v -> v.id));
      vs[0].dist = 0;
      q.add(vs[0]);
      Set<Vertex> settled = new HashSet<>();
      while (!q.isEmpty()) {
        Vertex v = q.poll();
        if (!settled.add(v)) continue;
        for (Edge e = v.first; e != null; e = e.next)
          if (v.dist + e.weight < e.to.dist) {
            q.remove(e.to);
            e.to.dist = v.dist + e.weight;
            q.add(e.to);
          }
      }
      for (Vertex v : vs) if (v.dist < Integer.MAX_VALUE) sum += v.dist;
    }
    Dsm.barrier();
    if (me == 0) {
      double total = 0;
      for (Vertex v : vs) total += v.rank;
      long f = 0;
      for (long[] r : fw) for (long x : r) f = f * 31 + x;
      System.out.printf(
          "%.4f %d %d %d%n",
          total, Arrays.stream(level.clone()).filter(x -> x >= 0).count(), f, sum);
      System.out.println(Arrays.toString(Arrays.copyOf(level, 12)) + " " + vs[3]);
    }
    Dsm.barrier();
  }
}
