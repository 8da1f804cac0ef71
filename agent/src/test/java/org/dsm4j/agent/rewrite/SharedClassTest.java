package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Rule 6: what one node builds out of shared objects is what the others find, and what plain Java
 * makes of the same program. Each program has {@code build}, run on node 0, and {@code show}, run
 * on all.
 */
class SharedClassTest {
  /** Runs the program plain and on nodes; returns what it shows. */
  private static Object same(String... sources) {
    Object plain = null;
    for (boolean debug : new boolean[] {true, false}) {
      var classes = Sources.compile(debug, sources);
      try {
        PlainRun run = new PlainRun(classes);
        run.call("T.build");
        plain = run.call("T.show");
      } catch (Throwable failure) {
        throw new AssertionError(failure);
      }
      Cluster cluster = new Cluster(3, classes, List.of());
      try {
        cluster.call(0, "T.build");
        assertEquals(List.of(plain, plain, plain), cluster.callAll("T.show"));
      } catch (ExceptionInInitializerError refused) {
        throw new AssertionError(cluster.refusals(0).toString(), refused);
      }
    }
    return plain;
  }

  @Test
  void fieldsOfAllTypes() {
    same(
        """
        @Shared class All {
          boolean z = true; byte b = -3; char c = 'ä'; short s = -300; int i = 1 << 30; float f = 1.5f; long l = 1L << 60;
          double d = Math.PI; String text = "a string of some length"; Integer boxed = 77; Object any = 5L; All next;
          Thread.State state = Thread.State.BLOCKED; Class<?> type = All.class; CharSequence letters = "xy";
          volatile int v = 9; final int constant = 12; final long given;
          All(long given) { this.given = given; }
          void change() { z = !z; b += 2; c++; s--; i ^= 5; f *= 2; l >>>= 3; d = -d; v++; boxed++; }
          @Override public String toString() {
            return z + " " + b + " " + c + " " + s + " " + i + " " + f + " " + l + " " + d + " " + text + " " + boxed + " " + any
                + " " + state + " " + type.getSimpleName() + " " + letters + " " + v + " " + constant + " " + given + (next == this);
          }
        }
        """,
        """
        class T {
          @Shared static All all;
          static void build() { All a = new All(8); a.next = a; all = a; a.change(); }
          static String show() { return all.toString() + (all == all.next) + all.next.next.i; }
        }
        """);
  }

  @Test
  void linkedStructures() {
    same(
        """
        @Shared class Node<K extends Comparable<K>, V> {
          final K key; V value; Node<K, V> left, right;
          Node(K key, V value) { this.key = key; this.value = value; }
          Node<K, V> put(K k, V v) {
            int order = k.compareTo(key);
            if (order == 0) { value = v; return this; }
            if (order < 0) { if (left == null) return left = new Node<>(k, v); return left.put(k, v); }
            if (right == null) return right = new Node<>(k, v);
            return right.put(k, v);
          }
          void each(BiConsumer<K, V> to) {
            if (left != null) left.each(to);
            to.accept(key, value);
            if (right != null) right.each(to);
          }
        }
        """,
        """
        class T {
          @Shared static Node<String, Integer> root;
          static void build() {
            root = new Node<>("m", 0);
            Random random = new Random(3);
            for (int i = 0; i < 500; i++) root.put("key number " + random.nextInt(200), i);
          }
          static String show() {
            StringBuilder text = new StringBuilder();
            root.each((k, v) -> text.append(k).append('=').append(v).append(' '));
            return text.toString();
          }
        }
        """);
  }

  @Test
  void inheritanceAnonymousAndInnerClasses() {
    same(
        """
        interface Area { double area(); default String name() { return getClass().getSimpleName() + area(); } }
        abstract class Named { Named() { hook(); } abstract void hook(); }
        @Shared abstract class Shape extends Named implements Area, Comparable<Area> {
          protected int id; int hooked; private String secret = "s";
          Shape(int id) { this.id = id; init(); }
          void hook() { hooked = 41; }
          void init() {}
          String secret() { return secret; }
          public int compareTo(Area other) { return Double.compare(area(), other.area()); }
          @Shared class Part { int n; Part(int n) { this.n = n; } int sum() { return n + id; } }
          Part part;
        }
        class Circle extends Shape {
          double r; int inited;
          int id;
          Circle(double r) { super(7); this.r = r; part = new Part(30); super.id += 100; this.id = 5; }
          @Override void init() { inited = 3; }
          public double area() { return 3 * r * r; }
        }
        class Ring extends Circle {
          double inner; byte tag = 4; char after = 'z';
          Ring(double r, double inner) { super(r); this.inner = inner; }
          Ring() { this(4, 1); }
          @Override public double area() { return super.area() - 3 * inner * inner; }
        }
        """,
        """
        class T {
          @Shared static Shape a, b, c;
          @Shared static Area area;
          static void build() {
            a = new Circle(2);
            b = new Ring();
            double side = 9;
            String label = "square of nine";
            c = new Shape(3) {
              long extra = 5;
              public double area() { return side * side + extra; }
              @Override void init() { id += label.length(); }
              @Override public String name() { return label + area() + id; }
            };
            area = c;
          }
          static String show() {
            StringBuilder text = new StringBuilder();
            for (Shape s : new Shape[] {a, b, c}) {
              text.append(s.name()).append(' ').append(s.id).append(' ').append(s.secret()).append(' ').append(s.compareTo(a))
                  .append(s instanceof Circle).append(s.part == null ? -1 : s.part.sum()).append(' ').append(s.hooked).append(';');
            }
            Circle circle = (Circle) b;
            return text.toString() + circle.r + circle.id + circle.inited + ((Ring) b).inner + ((Ring) b).tag + ((Ring) b).after + area.name();
          }
        }
        """);
  }

  @Test
  void recordsLambdasAndClone() {
    same(
        """
        @Shared record Point(int x, double y, String name, Point next) {
          static int made;
          Point { made++; if (x < 0) throw new IllegalArgumentException("negative"); }
          Point(int x) { this(x, 0, "from one", null); }
          Supplier<Integer> twice() { return () -> x * 2; }
        }
        @Shared class Copied implements Cloneable {
          int[] none; int n; long wide; Copied other;
          @Override public Copied clone() { try { return (Copied) super.clone(); } catch (CloneNotSupportedException e) { throw new AssertionError(e); } }
        }
        """,
        """
        class T {
          @Shared static Point p, q;
          @Shared static Copied one, two;
          static void build() {
            q = new Point(3);
            p = new Point(1, 2.5, "a long name of a point", q);
            one = new Copied(); one.n = 4; one.wide = 1L << 40; one.other = one;
            two = one.clone(); two.n = 5;
          }
          static String show() {
            String refused = "";
            try { new Point(-1); } catch (IllegalArgumentException e) { refused = e.getMessage(); }
            return p + " " + p.equals(new Point(1, 2.5, "a long name of a point", q)) + p.equals(q) + p.twice().get()
                + (p.hashCode() == new Point(1, 2.5, "a long name of a point", q).hashCode()) + refused
                + one.n + two.n + two.wide + (two.other == one) + (one == two);
          }
        }
        """);
  }

  @Test
  void aHashMapOfItsOwn() {
    same(
        """
        @Shared class Table<K, V> implements Iterable<Table.Entry<K, V>> {
          @Shared static class Entry<K, V> implements Map.Entry<K, V> {
            final K key; V value; Entry<K, V> next;
            Entry(K key, V value, Entry<K, V> next) { this.key = key; this.value = value; this.next = next; }
            public K getKey() { return key; }
            public V getValue() { return value; }
            public V setValue(V v) { V old = value; value = v; return old; }
          }
          enum State { EMPTY, FILLING, FULL }
          private Entry<K, V>[] buckets;
          private int size;
          State state = State.EMPTY;
          @SuppressWarnings("unchecked") Table(int n) { buckets = (Entry<K, V>[]) new Entry[n]; }
          private int slot(Object key) { return (key.hashCode() & 0x7fffffff) % buckets.length; }
          V get(Object key) {
            for (Entry<K, V> e = buckets[slot(key)]; e != null; e = e.next) if (e.key.equals(key)) return e.value;
            return null;
          }
          V put(K key, V value) {
            int i = slot(key);
            for (Entry<K, V> e = buckets[i]; e != null; e = e.next) if (e.key.equals(key)) return e.setValue(value);
            buckets[i] = new Entry<>(key, value, buckets[i]);
            switch (state) { case EMPTY: state = State.FILLING; break; case FILLING: if (size > 50) state = State.FULL; default: }
            if (++size > buckets.length * 2) grow();
            return null;
          }
          @SuppressWarnings("unchecked") private void grow() {
            Entry<K, V>[] old = buckets;
            buckets = (Entry<K, V>[]) new Entry[old.length * 2];
            for (Entry<K, V> e : old) while (e != null) { Entry<K, V> next = e.next; int i = slot(e.key); e.next = buckets[i]; buckets[i] = e; e = next; }
          }
          int size() { return size; }
          public Iterator<Entry<K, V>> iterator() {
            return new Iterator<>() {
              int bucket = -1; Entry<K, V> at;
              { advance(); }
              private void advance() { while (at == null && ++bucket < buckets.length) at = buckets[bucket]; }
              public boolean hasNext() { return at != null; }
              public Entry<K, V> next() { Entry<K, V> e = at; at = e.next; advance(); return e; }
            };
          }
        }
        """,
        """
        class T {
          @Shared static Table<String, Integer> table;
          @Shared static Table<Integer, Table<Integer, String>> nested;
          static void build() {
            table = new Table<>(4);
            for (int i = 0; i < 300; i++) table.put("word" + i * i % 97, i);
            nested = new Table<>(3);
            for (int i = 0; i < 9; i++) { nested.put(i, new Table<>(2)); nested.get(i).put(i * 1000, "v" + i); }
          }
          static String show() {
            TreeMap<String, Integer> sorted = new TreeMap<>();
            for (Table.Entry<String, Integer> e : table) sorted.put(e.getKey(), e.getValue());
            StringBuilder inner = new StringBuilder();
            for (var e : nested) for (var f : e.value) inner.append(e.key).append(f.key).append(f.value);
            return sorted + " " + table.size() + table.state + inner;
          }
        }
        """);
  }

  @Test
  void assignmentsOfAllShapes() {
    same(
        """
        @Shared class Cell {
          int i, j; long l; double d; byte b; short s; char c = 'a'; boolean z; String text = ""; Integer boxed = 1; Cell left, right; int[] array; Object o;
          static int made; int serial = ++made;
          static Cell of(int... values) { Cell c = new Cell(); c.array = new int[values.length]; System.arraycopy(values, 0, c.array, 0, values.length); return c; }
          Cell with(int n) { i = n; return this; }
          { j = 5; }
          Cell() { this(2); }
          Cell(long l) { this.l = l; if (l < 0) throw new IllegalArgumentException("l"); }
        }
        """,
        """
        class T {
          @Shared static Cell cell;
          static int calls;
          static Cell next() { calls++; return cell; }
          static void build() {
            cell = Cell.of(1, 2, 3).with(4);
            cell.left = cell.right = new Cell(7);
            next().i += 3; next().l <<= 40; next().d /= 0.5; next().b -= 200; next().s *= 3; next().c++; next().z |= true;
            int x = next().i++ + ++next().j; long y = next().l-- - --next().l;
            next().text += x + "-" + y; next().boxed++; next().array[next().i++ % 3] += 40;
            cell.left.i = cell.right.j = cell.i = 9;
            cell.d = cell.l = cell.j;
            cell.o = cell.i > 3 ? cell.array : cell.left;
            cell.left.left = (cell.right.right = cell).left;
            Runnable change = () -> { cell.j *= 2; cell.left.with(cell.j); };
            change.run();
            try { cell.left.l = 1 / (cell.i - 9); } catch (ArithmeticException e) { cell.left.text = e.getMessage(); } finally { cell.left.z = !cell.left.z; }
            try { new Cell(-1); } catch (IllegalArgumentException e) { cell.text += e.getMessage(); }
          }
          static String show() {
            Cell c = cell, l = c.left;
            String kind = c.o instanceof int[] a && a.length == 3 ? "array" + a[1] : "other";
            return c.i + " " + c.j + " " + c.l + " " + c.d + " " + c.b + c.s + c.c + c.z + c.text + c.boxed + Arrays.toString(c.array) + kind
                + l.i + l.j + l.l + l.z + l.text + (l == c.right) + (l.left == l) + (l.right == c) + (c.o == c.array) + c.serial + l.serial;
          }
        }
        """);
  }

  @Test
  void monitorsOfInstancesAreTheClusters() {
    Cluster cluster =
        new Cluster(
            3,
            true,
            """
            @Shared class Account { long balance; }
            class Bank { @Shared static Account[] accounts = {new Account(), new Account()}; }
            class T {
              static void locked(Object lock, Runnable r) { synchronized (lock) { r.run(); } }
              static long run() {
                Account a = Bank.accounts[0];
                for (int i = 0; i < 300; i++) { locked(a, () -> a.balance++); synchronized (Bank.accounts[1]) { Bank.accounts[1].balance += 2; } }
                Dsm.barrier();
                return a.balance + Bank.accounts[1].balance;
              }
            }
            """);
    assertEquals(List.of(2700L, 2700L, 2700L), cluster.callAll("T.run"));
    assertEquals(1800L, cluster.shared.get("entered"));
  }

  @Test
  void singletonsNamesAndInterfaces() {
    Cluster cluster =
        new Cluster(
            2,
            true,
            """
            @Shared class Config {
              @Shared static final Config ONE = new Config("one");
              @Shared static Config[] all = {ONE, new Config("two")};
              static final List<String> HERE = new ArrayList<>();
              static int made;
              final String name; int used; Config self = this;
              Config(String name) { this.name = name; made++; }
              static Config other() { return all[1]; }
            }
            interface Names { @Shared Config FIRST = new Config("interface"); String PLAIN = "p"; }
            class Other { @Shared(name = "board") static Config posted; @Shared static Object any = "text", none; @Shared static Number n = 5; }
            class Third { @Shared(name = "board") static Config read; }
            class T {
              static void build() { Other.posted = new Config("posted"); Config.ONE.used = 8; Config.HERE.add("x"); Other.none = Config.class; }
              static String show() {
                return Config.ONE.name + Config.ONE.used + (Config.all[0] == Config.ONE) + Config.other().name + (Config.ONE.self == Config.all[0])
                    + Names.FIRST.name + Names.PLAIN + Third.read.name + (Third.read == Other.posted) + Other.any + Other.none + Other.n + Config.HERE.size();
              }
              static int made() { return Config.made; }
            }
            """);
    cluster.call(0, "T.build");
    String all = "one8truetwotrueinterfacepposted" + "truetextclass app.Config5";
    assertEquals(List.of(all + "1", all + "0"), cluster.callAll("T.show"));
    assertEquals(List.of(4, 0), cluster.callAll("T.made"));
  }

  @Test
  void numericKernelsOverObjects() {
    same(
        """
        @Shared class Body {
          double x, y, z, vx, vy, vz; final double mass;
          static final double SOLAR = 4 * Math.PI * Math.PI;
          Body(double x, double y, double z, double mass) { this.x = x; this.y = y; this.z = z; this.mass = mass * SOLAR; }
        }
        @Shared final class Complex {
          final double re, im;
          Complex(double re, double im) { this.re = re; this.im = im; }
          Complex plus(Complex o) { return new Complex(re + o.re, im + o.im); }
          Complex times(Complex o) { return new Complex(re * o.re - im * o.im, re * o.im + im * o.re); }
          double norm() { return Math.hypot(re, im); }
        }
        """,
        """
        class T {
          @Shared static Body[] bodies;
          @Shared static Complex[][] plane;
          static void advance(Body[] all, double dt) {
            for (int i = 0; i < all.length; ++i) {
              Body a = all[i];
              for (int j = i + 1; j < all.length; ++j) {
                Body b = all[j];
                double dx = a.x - b.x, dy = a.y - b.y, dz = a.z - b.z;
                double d2 = dx * dx + dy * dy + dz * dz, mag = dt / (d2 * Math.sqrt(d2));
                a.vx -= dx * b.mass * mag; a.vy -= dy * b.mass * mag; a.vz -= dz * b.mass * mag;
                b.vx += dx * a.mass * mag; b.vy += dy * a.mass * mag; b.vz += dz * a.mass * mag;
              }
            }
            for (Body b : all) { b.x += dt * b.vx; b.y += dt * b.vy; b.z += dt * b.vz; }
          }
          static void build() {
            bodies = new Body[4];
            for (int i = 0; i < 4; i++) bodies[i] = new Body(i * 3 + 1, i - 2, 0.5 * i, 1.0 / (1 + i));
            for (int i = 0; i < 200; i++) advance(bodies, 0.01);
            plane = new Complex[3][4];
            for (int r = 0; r < 3; r++) for (int c = 0; c < 4; c++) {
              Complex z = new Complex(0, 0), k = new Complex(r * 0.1, c * 0.1);
              for (int i = 0; i < 20; i++) z = z.times(z).plus(k);
              plane[r][c] = z;
            }
          }
          static String show() {
            StringBuilder text = new StringBuilder();
            for (Body b : bodies) text.append(b.x).append(' ').append(b.vy).append(' ').append(b.mass).append(' ');
            for (Complex[] row : plane) for (Complex z : row) text.append(z.norm()).append(' ');
            return text.toString();
          }
        }
        """);
  }

  @Test
  void handlesAreCanonicalAndIdentityIsTheClusters() {
    Cluster cluster =
        new Cluster(
            2,
            true,
            """
            @Shared class Node { Node next; int id; }
            class T {
              @Shared static Node head;
              static final Map<Node, Integer> SEEN = new HashMap<>();
              static void build() { head = new Node(); head.next = new Node(); head.next.next = head; }
              static String show() {
                Node a = head, b = head.next;
                SEEN.put(a, 1); SEEN.put(b, 2);
                ToIntFunction<Object> identity = System::identityHashCode;
                return (a == b.next) + " " + (a == b) + (a.next == b) + SEEN.get(b.next) + SEEN.get(head.next) + a.equals(b.next)
                    + (a.hashCode() == System.identityHashCode(a)) + (identity.applyAsInt(b) == b.hashCode()) + (a.hashCode() == b.hashCode());
              }
              static String identity() { return head.hashCode() + head.toString() + System.identityHashCode(head.next); }
            }
            """);
    cluster.call(0, "T.build");
    assertEquals(
        List.of("true falsetrue12truetruetruefalse", "true falsetrue12truetruetruefalse"),
        cluster.callAll("T.show"));
    List<Object> identities = cluster.callAll("T.identity");
    assertEquals(identities.get(0), identities.get(1));
    assertTrue(identities.get(0).toString().contains("app.Node@"), identities.toString());
  }

  @Test
  void transientFieldsAreEachNodesOwn() {
    Cluster cluster =
        new Cluster(
            2,
            true,
            """
            @Shared class Cache {
              int shared = 1; transient int mine = 7; transient long wide; transient List<String> list;
              int add(int n) { mine += n; wide -= n; if (list == null) list = new ArrayList<>(); list.add("x"); return mine; }
            }
            class T {
              @Shared static Cache cache;
              static void build() { cache = new Cache(); }
              static String show() { System.gc(); return cache.shared + " " + cache.add(5) + " " + cache.wide + cache.list; }
            }
            """);
    cluster.call(0, "T.build");
    assertEquals("1 12 -5[x]", cluster.call(0, "T.show"));
    assertEquals("1 5 -5[x]", cluster.call(1, "T.show"));
    assertEquals("1 10 -10[x, x]", cluster.call(1, "T.show"));
    assertEquals("1 17 -10[x, x]", cluster.call(0, "T.show"));
  }

  @Test
  void initializersBuildOnce() {
    Cluster cluster =
        new Cluster(
            2,
            true,
            """
            @Shared class Node { int n; Node next; Node(int n) { this.n = n; T.made++; } }
            class T {
              static int made;
              @Shared static Node head = new Node(4);
              @Shared static final Node last = new Node(5);
              static { head.next = last; head.n += 10; Node own = new Node(1); own.n = 2; }
              static String show() { return head.n + " " + head.next.n + (head.next == last) + made; }
              static void change() { head.n = 99; }
            }
            """);
    assertEquals("14 5true3", cluster.call(0, "T.show"));
    cluster.call(0, "T.change");
    assertEquals("99 5true1", cluster.call(1, "T.show"));
  }

  @Test
  void freedObjectsAreErrorsEverywhere() {
    Cluster cluster =
        new Cluster(
            2,
            true,
            """
            @Shared class Node { int n = 3; Node next; }
            class T {
              @Shared static Node head;
              static Node kept;
              static void build() { head = new Node(); head.next = new Node(); }
              static int read() { kept = head.next; return kept.n; }
              static void free() { Node gone = head.next; Dsm.free(gone); }
              static void freeAgain() { Dsm.free(kept); }
              static int use() { return kept.n; }
              static int find() { return head.next.n; }
              static void store() { head.next = kept; }
            }
            """);
    cluster.call(0, "T.build");
    assertEquals(3, cluster.call(0, "T.read"));
    assertEquals(3, cluster.call(1, "T.read"));
    cluster.call(0, "T.free");
    for (String use : List.of("T.use", "T.find", "T.store", "T.freeAgain")) {
      IllegalStateException failed =
          assertThrows(IllegalStateException.class, () -> cluster.call(0, use), use);
      assertTrue(failed.getMessage().contains("freed"), failed.getMessage());
    }
    assertThrows(IllegalStateException.class, () -> cluster.call(1, "T.find"));
  }

  @Test
  void heapObjectsAreRefusedAtTheStore() {
    Cluster cluster =
        new Cluster(
            1,
            true,
            """
            class Plain {}
            @Shared class Box { Object any; Comparable<?> some; int[] numbers; }
            class T {
              static Object plain() { return new Plain(); }
              static int[] array = {1};
              static void any() { new Box().any = plain(); }
              static void some() { Object o = new java.math.BigInteger("5"); new Box().some = (Comparable<?>) o; }
              static void numbers() { new Box().numbers = array; }
              static void copies() { new Box().numbers = Dsm.share(array); }
              static int makes() { Box b = new Box(); b.numbers = new int[] {4, 5}; return b.numbers[1] + b.numbers.length; }
              static String nulls() { Box b = null; try { b.any = 1; return "no"; } catch (NullPointerException e) { return "npe"; } }
            }
            """);
    for (String store : List.of("T.any", "T.numbers", "T.some")) {
      RuntimeException refused =
          assertThrows(RuntimeException.class, () -> cluster.call(0, store), store);
      assertEquals("org.dsm4j.NotShareableException", refused.getClass().getName());
      assertTrue(refused.getMessage().contains("app.Box."), refused.getMessage());
    }
    cluster.call(0, "T.copies");
    assertEquals(7, cluster.call(0, "T.makes"));
    assertEquals("npe", cluster.call(0, "T.nulls"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "@Shared interface X {}",
        "@Shared enum X { A }",
        "@Shared class X { List<String> l = new ArrayList<>(); }",
        "@Shared class X { ArrayList<String> l; }",
        "@Shared class X { final Object lock = new Object(); }",
        "@Shared class X { java.util.concurrent.atomic.AtomicInteger n; }",
        "@Shared class X extends Thread {}",
        "@Shared class X extends ArrayList<String> {}",
        "class B { int n; } @Shared class X extends B {}",
        "final class B {} @Shared class X { B b; }",
        "class B { int n; } @Shared class X { B b; }",
        "class B { int n; } @Shared class X { B[] b; }",
        "@Shared class X { protected void finalize() {} }",
        "class B { int n; @Shared class X { int f() { return n; } } static class Y {} }",
        "class B { @Shared static StringBuilder s; }",
        "class B { @Shared static Object s = new Object(); }",
        "class B { @Shared int n; }",
        "@Shared class X { Runnable r = () -> {}; }",
        "@Shared class X { Object o; X(int n) { Supplier<Integer> s = n > 2 ? () -> n : () -> 2; o = s; } }",
        "class B { @Shared static Supplier<String> s = String::new; }",
        "class B { @Shared static Object[] o = new Object[1]; static void f() { o[0] = (Runnable) () -> {}; } }",
      })
  void refusesAtLoad(String source) {
    Cluster cluster = new Cluster(1, true, source);
    String name =
        source.contains("X")
            ? (source.contains("{ int n; @Shared class X") ? "B$X.x" : "X.x")
            : "B.x";
    Throwable failed = assertThrows(Throwable.class, () -> cluster.call(0, name));
    assertEquals(ExceptionInInitializerError.class, failed.getClass(), failed.toString());
    assertEquals(1, cluster.refusals(0).size());
  }

  @Test
  void lambdasAreRefusedAtLoadWhereTheCodeTellsAndElseAtTheStore() {
    Cluster cluster =
        new Cluster(
            1,
            true,
            """
            @Shared class Tells {
              Runnable task;
              static void f() {
                new Tells().task = () -> {};
              }
            }
            @Shared class Task implements Runnable { int n; public void run() { n++; } }
            @Shared class Later { Runnable task; void set(Runnable given) { task = given; } }
            class T {
              static int fine() { Later l = new Later(); Task t = new Task(); l.set(t); l.task.run(); return t.n; }
              static void refused() { new Later().set(() -> {}); }
            }
            """);
    assertThrows(ExceptionInInitializerError.class, () -> cluster.call(0, "Tells.f"));
    String message = cluster.refusals(0).get(0);
    for (String part :
        List.of("app.Tells", "method f", "line 5", "field app.Tells.task", "java.lang.Runnable")) {
      assertTrue(message.contains(part), message);
    }
    assertEquals(1, cluster.call(0, "T.fine"));
    RuntimeException refused =
        assertThrows(RuntimeException.class, () -> cluster.call(0, "T.refused"));
    assertEquals("org.dsm4j.NotShareableException", refused.getClass().getName());
    assertTrue(refused.getMessage().contains("app.Later.task"), refused.getMessage());
  }

  @Test
  void allProblemsOfAClassAreToldAtOnce() {
    Cluster cluster =
        new Cluster(
            1,
            true,
            """
            class B { int n; }
            @Shared class X extends B {
              ArrayList<String> list;
              java.util.concurrent.locks.ReentrantLock lock;
              B b;
              List<Integer> other;
              void f() {
                other = new LinkedList<>();
              }
              static int x() { return 1; }
            }
            """);
    assertThrows(ExceptionInInitializerError.class, () -> cluster.call(0, "X.x"));
    String message = cluster.refusals(0).get(0);
    for (String part : List.of("extends app.B", "field list:", "field lock:", "field b:")) {
      assertTrue(message.contains(part), message);
    }
  }

  @Test
  void reflectionAndSerializationAreRefused() {
    Cluster cluster =
        new Cluster(
            1,
            true,
            """
            @Shared class Box implements java.io.Serializable { volatile int n = 3; transient int t = 4; }
            class T {
              static Object named() throws Exception { return Box.class.getDeclaredField("n"); }
              static Object all() { return Box.class.getDeclaredFields(); }
              static Object handle() throws Exception { return java.lang.invoke.MethodHandles.lookup().findVarHandle(Box.class, "n", int.class); }
              static Object updater() { return java.util.concurrent.atomic.AtomicIntegerFieldUpdater.newUpdater(Box.class, "n"); }
              static void write() throws Exception { new java.io.ObjectOutputStream(new java.io.ByteArrayOutputStream()).writeObject(new Box()); }
              static Object own() throws Exception { java.lang.reflect.Field f = Box.class.getDeclaredField("t"); f.setAccessible(true); return f.get(new Box()); }
              static Object made() throws Exception { return Box.class.getDeclaredConstructor().newInstance().n; }
            }
            """);
    for (String use : List.of("T.named", "T.all", "T.handle", "T.updater", "T.write")) {
      RuntimeException refused =
          assertThrows(RuntimeException.class, () -> cluster.call(0, use), use);
      assertEquals("org.dsm4j.DsmException", refused.getClass().getName());
      assertTrue(refused.getMessage().contains("app.Box"), refused.getMessage());
    }
    assertEquals(4, cluster.call(0, "T.own"));
    assertEquals(3, cluster.call(0, "T.made"));
  }

  @Test
  void layoutsThatDifferAreRefusedAtFirstUse() {
    String user =
        "class T { @Shared static Node head; static void build() { head = new Node(); } static int show() { return head.n; } }";
    Cluster cluster =
        new Cluster(
            List.of(
                Sources.compile(true, "@Shared class Node { int n = 4; }", user),
                Sources.compile(true, "@Shared class Node { long m; int n = 4; }", user)));
    cluster.call(0, "T.build");
    RuntimeException refused =
        assertThrows(RuntimeException.class, () -> cluster.call(1, "T.show"));
    assertTrue(refused.getMessage().contains("layout"), refused.getMessage());
  }
}
