package everyday.containers;

import java.util.*;
import java.util.function.*;
import org.dsm4j.*;

interface Dict<K, V> extends Iterable<Dict.Entry<K, V>> {
  V get(K k);

  V put(K k, V v);

  int size();

  default V getOrDefault(K k, V d) {
    V v = get(k);
    return v == null ? d : v;
  }

  default V merge(K k, V v, BinaryOperator<V> f) {
    V o = get(k);
    V n = o == null ? v : f.apply(o, v);
    put(k, n);
    return n;
  }

  interface Entry<K, V> {
    K key();

    V value();
  }
}

@Shared
class HashDict<K, V> implements Dict<K, V> {
  @Shared
  static final class Node<K, V> implements Dict.Entry<K, V> {
    final K key;
    V value;
    Node<K, V> next;
    final int hash;

    Node(int hash, K key, V value, Node<K, V> next) {
      this.hash = hash;
      this.key = key;
      this.value = value;
      this.next = next;
    }

    public K key() {
      return key;
    }

    public V value() {
      return value;
    }
  }

  private Node<K, V>[] table;
  private int size;
  private float load = .75f;

  @SuppressWarnings("unchecked")
  HashDict() {
    table = (Node<K, V>[]) new Node[4];
  }

  private static int spread(Object k) {
    int h = k.hashCode();
    return h ^ h >>> 16;
  }

  public synchronized V get(K k) {
    int h = spread(k);
    for (Node<K, V> n = table[h & table.length - 1]; n != null; n = n.next)
      if (n.hash == h && n.key.equals(k)) return n.value;
    return null;
  }

  public synchronized V put(K k, V v) {
    int h = spread(k), at = h & table.length - 1;
    for (Node<K, V> n = table[at]; n != null; n = n.next)
      if (n.hash == h && n.key.equals(k)) {
        V o = n.value;
        n.value = v;
        return o;
      }
    table[at] = new Node<>(h, k, v, table[at]);
    if (++size > load * table.length) grow();
    return null;
  }

  @Override
  public synchronized V merge(K k, V v, BinaryOperator<V> f) {
    return Dict.super.merge(k, v, f);
  }

  @SuppressWarnings("unchecked")
  private void grow() {
    Node<K, V>[] old = table, t = (Node<K, V>[]) new Node[old.length << 1];
    for (Node<K, V> head : old)
      for (Node<K, V> n = head, next; n != null; n = next) {
        next = n.next;
        int at = n.hash & t.length - 1;
        n.next = t[at];
        t[at] = n;
      }
    table = t;
  }

  public int size() {
    return size;
  }

  public Iterator<Dict.Entry<K, V>> iterator() {
    return new Iterator<Dict.Entry<K, V>>() {
      int b = -1;
      Node<K, V> n;

      {
        advance();
      }

      private void advance() {
        n = n == null ? null : n.next;
        while (n == null && ++b < table.length) n = table[b];
      }

      public boolean hasNext() {
        return n != null;
      }

      public Dict.Entry<K, V> next() {
        if (n == null) throw new NoSuchElementException();
        Node<K, V> r = n;
        advance();
        return r;
      }
    };
  }
}

@Shared
class Tree<T extends Comparable<T>> {
  enum Color {
    RED,
    BLACK {
      @Override
      boolean black() {
        return true;
      }
    };

    boolean black() {
      return false;
    }
  }

  @Shared
  private class Node {
    T v;
    Node l, r;
    Color c = Color.RED;
    int count = 1;

    Node(T v) {
      this.v = v;
    }
  }

  private Node root;
  int size;

  synchronized boolean add(T v) {
    int s = size;
    root = insert(root, v);
    return size > s;
  }

  private Node insert(Node n, T v) {
    if (n == null) {
      size++;
      return new Node(v);
    }
    int c = v.compareTo(n.v);
    if (c == 0) {
      n.count++;
      return n;
    }
    if (c < 0) n.l = insert(n.l, v);
    else n.r = insert(n.r, v);
    n.c = n.c == Color.RED ? Color.BLACK : Color.RED;
    return n;
  }

  void inOrder(Consumer<? super T> f) {
    walk(root, f);
  }

  private void walk(Node n, Consumer<? super T> f) {
    if (n != null) {
      walk(n.l, f);
      f.accept(n.v);
      walk(n.r, f);
    }
  }

  int depth() {
    class D {
      int of(Node n) {
        return n == null ? 0 : 1 + Math.max(of(n.l), of(n.r));
      }
    }
    return new D().of(root);
  }

  int blacks() {
    int[] k = {0};
    new Object() {
      void go(Node n) {
        if (n == null) return;
        if (n.c.black()) k[0]++;
        go(n.l);
        go(n.r);
      }
    }.go(root);
    return k[0];
  }
}

@Shared
class MinHeap { // of long pairs
  private long[] keys = new long[2];
  private Object[] vals = new Object[2];
  private int n;

  synchronized void push(long k, Object v) {
    if (n == keys.length) {
      keys = Arrays.copyOf(keys, n << 1);
      vals = Arrays.copyOf(vals, n << 1);
    }
    int i = n++;
    for (; i > 0 && keys[(i - 1) / 2] > k; i = (i - 1) / 2) {
      keys[i] = keys[(i - 1) / 2];
      vals[i] = vals[(i - 1) / 2];
    }
    keys[i] = k;
    vals[i] = v;
  }

  synchronized Object pop() {
    if (n == 0) return null;
    Object top = vals[0];
    long k = keys[--n];
    Object v = vals[n];
    vals[n] = null;
    int i = 0;
    for (int c; (c = 2 * i + 1) < n; i = c) {
      if (c + 1 < n && keys[c + 1] < keys[c]) c++;
      if (keys[c] >= k) break;
      keys[i] = keys[c];
      vals[i] = vals[c];
    }
    if (n > 0) {
      keys[i] = k;
      vals[i] = v;
    }
    return top;
  }
}

sealed interface Shape permits Circle, Square, Group {}

@Shared
record Circle(double r) implements Shape {}

@Shared
record Square(double side, String tag) implements Shape {}

@Shared
record Group(Shape a, Shape b, int... weights) implements Shape {}

public class Containers {
  @Shared static HashDict<String, Integer> words = new HashDict<>();
  @Shared static Tree<Integer> tree = new Tree<>();
  @Shared static MinHeap heap = new MinHeap();
  @Shared static Shape[] shapes;
  @Shared static Deque0<Long> deque = new Deque0<>();
  @Shared static Map.Entry<String, Integer> none;

  @Shared
  static class Deque0<E> {
    @Shared
    private class Link {
      E e;
      Link prev, next;

      Link(E e) {
        this.e = e;
      }
    }

    private final Link end = new Link(null);
    private int n;

    {
      end.prev = end.next = end;
    }

    synchronized void push(E e) {
      Link l = new Link(e);
      l.prev = end;
      l.next = end.next;
      end.next.prev = l;
      end.next = l;
      n++;
      notifyAll();
    }

    synchronized E poll() {
      if (n == 0) return null;
      Link l = end.prev;
      l.prev.next = end;
      end.prev = l.prev;
      n--;
      return l.e;
    }
  }

  static double area(Shape s) {
    if (s instanceof Circle c) return c.r() * c.r() * 3;
    if (s instanceof Square q && q.side() > 0) return q.side() * q.side() + q.tag().length();
    if (s instanceof Group g) {
      double t = area(g.a()) + area(g.b());
      for (int w : g.weights()) t += w;
      return t;
    }
    return -1;
  }

  static String kind(String s) {
    switch (s) {
      case "the":
      case "a":
        return "article";
      case "of":
        return "prep";
      default:
        return s.isEmpty() ? "none" : "noun";
    }
  }

  public static void main(String[] args) {
    int me = Dsm.node(), n = Dsm.nodes();
    String text =
        "the quick brown fox of the north jumps over a lazy dog of a very long"
            + " name-that-does-not-fit-into-eight-bytes the end";
    String[] split = text.split(" ");
    for (int round = 0; round < 12; round++)
      if (round % n == me)
        for (String w : split) {
          words.merge(w, 1, Integer::sum);
          words.merge(kind(w) + "#" + round, w.length(), (a, b) -> a + b);
        }
    for (int i = me; i < 200; i += n) {
      tree.add((i * 7919) % 151);
      heap.push((i * 31L) % 1000, i);
      deque.push((long) i);
    }
    if (me == 0)
      shapes =
          new Shape[] {
            new Circle(2),
            new Square(3, "tag"),
            new Group(new Circle(1), new Square(1, ""), new @Shared int[] {1, 2, 3}),
            null
          };
    Dsm.barrier();
    if (me == n - 1) {
      StringBuilder sb = new StringBuilder();
      TreeMap<String, Integer> sorted = new TreeMap<>();
      for (Dict.Entry<String, Integer> e : words) sorted.put(e.key(), e.value());
      System.out.println(sorted + " " + words.size() + " " + words.getOrDefault("cat", -1));
      tree.inOrder(v -> sb.append(v).append(' '));
      System.out.println(
          sb + " " + tree.size + " " + (tree.depth() > 7) + " " + (tree.blacks() >= 0));
      long s = 0;
      Object o;
      int last = -1;
      boolean ordered = true;
      while ((o = heap.pop()) != null) {
        int k = (Integer) o;
        int key = k * 31 % 1000;
        ordered &= key >= last;
        last = key;
        s += k;
      }
      System.out.println("heap " + s + " " + ordered);
      long t = 0;
      for (Long l; (l = deque.poll()) != null; ) t += l;
      System.out.println("deque " + t);
      double area = 0;
      for (Shape x : shapes) area += area(x);
      System.out.println(
          area
              + " "
              + shapes[1]
              + " "
              + shapes[0].equals(new Circle(2))
              + " "
              + ((Group) shapes[2]).weights().length
              + " "
              + none);
    }
    Dsm.barrier();
  }
}
