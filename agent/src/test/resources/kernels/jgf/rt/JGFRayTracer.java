package jgf.rt;

import java.util.*;
import org.dsm4j.*;

@Shared
final class Vec implements java.io.Serializable {
  public double x, y, z;

  public Vec(double a, double b, double c) {
    x = a;
    y = b;
    z = c;
  }

  public Vec() {
    this(0, 0, 0);
  }

  public Vec(Vec a) {
    x = a.x;
    y = a.y;
    z = a.z;
  }

  public final void add(Vec a) {
    x += a.x;
    y += a.y;
    z += a.z;
  }

  public static Vec adds(double s, Vec a, Vec b) {
    return new Vec(s * a.x + b.x, s * a.y + b.y, s * a.z + b.z);
  }

  public static Vec sub(Vec a, Vec b) {
    return new Vec(a.x - b.x, a.y - b.y, a.z - b.z);
  }

  public final void sub2(Vec a, Vec b) {
    x = a.x - b.x;
    y = a.y - b.y;
    z = a.z - b.z;
  }

  public static double dot(Vec a, Vec b) {
    return a.x * b.x + a.y * b.y + a.z * b.z;
  }

  public static Vec comb(double A, Vec a, double B, Vec b) {
    return new Vec(A * a.x + B * b.x, A * a.y + B * b.y, A * a.z + B * b.z);
  }

  public static Vec mult(Vec a, Vec b) {
    return new Vec(a.x * b.x, a.y * b.y, a.z * b.z);
  }

  public final double normalize() {
    double len = Math.sqrt(x * x + y * y + z * z);
    if (len > 0) {
      x /= len;
      y /= len;
      z /= len;
    }
    return len;
  }

  @Override
  public String toString() {
    return "<" + x + "," + y + "," + z + ">";
  }
}

@Shared
class Surface {
  public Vec color = new Vec(1, 1, 1);
  public double kd = 1, ks, shine, kt, ior = 1;
}

@Shared
abstract class Primitive {
  public Surface surf = new Surface();

  public void setColor(double r, double g, double b) {
    surf.color = new Vec(r, g, b);
  }

  public abstract Vec normal(Vec pnt);

  public abstract Isect intersect(Ray ry);

  public abstract Vec getCenter();
}

@Shared
class Sphere extends Primitive {
  Vec c;
  double r, r2;
  Vec v, b;

  public Sphere(Vec center, double radius) {
    c = center;
    r = radius;
    r2 = r * r;
    v = new Vec();
    b = new Vec();
  }

  public Isect intersect(Ray ry) {
    Vec v = Vec.sub(c, ry.P);
    double b = Vec.dot(v, ry.D);
    double disc = b * b - Vec.dot(v, v) + r2;
    if (disc < 0) return null;
    disc = Math.sqrt(disc);
    double t = b - disc < 1e-6 ? b + disc : b - disc;
    if (t < 1e-6) return null;
    Isect ip = new Isect();
    ip.t = t;
    ip.enter = Vec.dot(v, v) > r2 + 1e-6 ? 1 : 0;
    ip.prim = this;
    ip.surf = surf;
    return ip;
  }

  public Vec normal(Vec p) {
    Vec r = Vec.sub(p, c);
    r.normalize();
    return r;
  }

  public Vec getCenter() {
    return c;
  }

  public String toString() {
    return "Sphere {" + c + "," + r + "}";
  }
}

class Ray {
  Vec P, D;

  Ray(Vec p, Vec d) {
    P = new Vec(p);
    D = new Vec(d);
    D.normalize();
  }

  Vec point(double t) {
    return new Vec(P.x + D.x * t, P.y + D.y * t, P.z + D.z * t);
  }
}

class Isect {
  double t;
  int enter;
  Primitive prim;
  Surface surf;
}

@Shared
record Light(Vec pos, double brightness) {}

@Shared
class View {
  final Vec from, at, up;
  final double dist, angle, aspect;

  View(Vec f, Vec a, Vec u, double d, double an, double as) {
    from = f;
    at = a;
    up = u;
    dist = d;
    angle = an;
    aspect = as;
  }
}

@Shared
class Scene {
  private SList<Light> lights = new SList<>();
  private SList<Primitive> objects = new SList<>();
  private View view;

  void addLight(Light l) {
    lights.add(l);
  }

  void addObject(Primitive p) {
    objects.add(p);
  }

  void setView(View v) {
    view = v;
  }

  View getView() {
    return view;
  }

  SList<Light> lights() {
    return lights;
  }

  SList<Primitive> objects() {
    return objects;
  }
}

@Shared
class SList<E> implements Iterable<E> {
  @Shared
  static class Node<E> {
    E item;
    Node<E> next;

    Node(E e) {
      item = e;
    }
  }

  Node<E> head, tail;
  int size;

  void add(E e) {
    Node<E> n = new Node<>(e);
    if (head == null) head = tail = n;
    else {
      tail.next = n;
      tail = n;
    }
    size++;
  }

  class It implements Iterator<E> {
    Node<E> at = head;

    public boolean hasNext() {
      return at != null;
    }

    public E next() {
      E e = at.item;
      at = at.next;
      return e;
    }
  }

  public Iterator<E> iterator() {
    return new It();
  }
}

@Shared
class Interval {
  final int number, width, height, yfrom, yto, total;

  Interval(int n, int w, int h, int f, int t, int tot) {
    number = n;
    width = w;
    height = h;
    yfrom = f;
    yto = t;
    total = tot;
  }
}

public class JGFRayTracer {
  @Shared static Scene scene;
  @Shared static int[][] image;
  @Shared static long checksum1;
  static final int size = 100, alpha = 255 << 24;
  Primitive[] prim;
  Light[] lights;
  long checksum;
  final Vec L = new Vec();

  static Scene createScene() {
    Scene s = new Scene();
    for (int i = 0; i < 4; i++)
      for (int j = 0; j < 4; j++)
        for (int k = 0; k < 4; k++) {
          Primitive p =
              new Sphere(new Vec(20.0 / 3 * i - 10, 20.0 / 3 * j - 10, 20.0 / 3 * k - 10), 3);
          p.setColor((i + j) / 6.0, 0, (k + j) / 6.0);
          p.surf.shine = 15;
          p.surf.ks = 1.5 - 1.0;
          s.addObject(p);
        }
    s.addLight(new Light(new Vec(100, 100, -50), 1.0));
    s.addLight(new Light(new Vec(-100, 100, -50), 1.0));
    s.addLight(new Light(new Vec(0, 100, 50), .5));
    s.setView(
        new View(
            new Vec(0, 20, -30), new Vec(0, 0, 0), new Vec(0, 1, 0), 1, 35 * 3.14159265 / 180, 1));
    return s;
  }

  void setScene(Scene s) {
    lights = new Light[s.lights().size];
    prim = new Primitive[s.objects().size];
    int l = 0, o = 0;
    for (Light x : s.lights()) lights[l++] = x;
    for (Primitive p : s.objects()) prim[o++] = p;
  }

  Isect intersect(Ray r, double maxt) {
    Isect inter = null;
    double best = maxt;
    for (int i = 0; i < prim.length; i++) {
      Isect tp = prim[i].intersect(r);
      if (tp != null && tp.t < best) {
        best = tp.t;
        inter = tp;
      }
    }
    return inter;
  }

  Vec trace(int level, double weight, Ray r) {
    if (level > 3) return new Vec();
    Isect i = intersect(r, 1e6);
    if (i == null) return new Vec(0.1, 0.1, 0.2);
    Vec p = r.point(i.t), n = i.prim.normal(p);
    if (Vec.dot(r.D, n) >= 0) n = Vec.comb(-1, n, 0, n);
    Vec c = Vec.comb(0.1, i.surf.color, 0, n);
    for (Light l : lights) {
      Vec d = Vec.sub(l.pos(), p);
      double t = d.normalize(), diff = Vec.dot(n, d);
      if (diff > 0 && intersect(new Ray(p, d), t) == null)
        c.add(Vec.comb(diff * l.brightness() * i.surf.kd, i.surf.color, 0, n));
    }
    if (i.surf.ks * weight > 0.01) {
      Vec refl = Vec.adds(-2 * Vec.dot(r.D, n), n, r.D);
      c.add(Vec.comb(i.surf.ks, trace(level + 1, weight * i.surf.ks, new Ray(p, refl)), 0, n));
    }
    return c;
  }

  void render(Interval in) {
    View v = scene.getView();
    Vec dir = Vec.sub(v.at, v.from);
    dir.normalize();
    for (int y = in.yfrom; y < in.yto; y++) {
      @Shared int[] row = image[y];
      for (int x = 0; x < in.width; x++) {
        Ray r =
            new Ray(
                v.from,
                new Vec(
                    (x - in.width / 2.0) / in.width + dir.x,
                    (y - in.height / 2.0) / in.height + dir.y,
                    dir.z));
        Vec col = trace(0, 1, r);
        int red = Math.min(255, (int) (col.x * 255)),
            green = Math.min(255, (int) (col.y * 255)),
            blue = Math.min(255, (int) (col.z * 255));
        checksum += red + green + blue;
        row[x] = alpha | red << 16 | green << 8 | blue;
      }
    }
  }

  public static void main(String[] args) {
    if (Dsm.node() == 0) {
      scene = createScene();
      image = new int[size][size];
    }
    Dsm.barrier();
    JGFRayTracer t = new JGFRayTracer();
    t.setScene(scene);
    int n = Dsm.nodes(), id = Dsm.node();
    t.render(new Interval(id, size, size, size * id / n, size * (id + 1) / n, n));
    synchronized (JGFRayTracer.class) {
      checksum1 += t.checksum;
    }
    Dsm.barrier();
    if (id == 0) {
      long h = 0;
      for (int[] row : image) h = h * 31 + Arrays.hashCode(row);
      System.out.println(checksum1 + " " + h + " " + t.prim[5]);
    }
    Dsm.barrier();
  }
}
