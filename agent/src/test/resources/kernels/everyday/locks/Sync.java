package everyday.locks;

import java.util.*;
import java.util.concurrent.*;
import java.util.concurrent.atomic.*;
import java.util.concurrent.locks.*;
import org.dsm4j.*;

@Shared
class BoundedBuffer<T> {
  private final Object[] items;
  private int putptr, takeptr, count;

  BoundedBuffer(int cap) {
    items = new Object[cap];
  }

  public synchronized void put(T t) throws InterruptedException {
    while (count == items.length) wait();
    items[putptr] = t;
    putptr = (putptr + 1) % items.length;
    count++;
    notifyAll();
  }

  @SuppressWarnings("unchecked")
  public synchronized T take() throws InterruptedException {
    while (count == 0) wait();
    T t = (T) items[takeptr];
    items[takeptr] = null;
    takeptr = (takeptr + 1) % items.length;
    count--;
    notifyAll();
    return t;
  }
}

@Shared
class RWLock {
  private int readers, writers, waiting;

  synchronized void lockRead() throws InterruptedException {
    while (writers > 0 || waiting > 0) wait();
    readers++;
  }

  synchronized void unlockRead() {
    if (--readers == 0) notifyAll();
  }

  synchronized void lockWrite() throws InterruptedException {
    waiting++;
    try {
      while (readers > 0 || writers > 0) wait();
    } finally {
      waiting--;
    }
    writers++;
  }

  synchronized void unlockWrite() {
    if (writers != 1) throw new IllegalMonitorStateException("w");
    writers--;
    notifyAll();
  }
}

@Shared
class Account {
  private long balance;
  private final int id;
  private static int made;

  Account(int id, long b) {
    this.id = id;
    balance = b;
    made++;
  }

  void transfer(Account to, long amount) {
    Account a = id < to.id ? this : to, b = a == this ? to : this;
    synchronized (a) {
      synchronized (b) {
        if (amount > balance) throw new IllegalArgumentException("poor " + id);
        balance -= amount;
        to.balance += amount;
      }
    }
  }

  long balance() {
    return balance;
  }
}

@Shared
class Singleton {
  private static volatile Singleton plain;
  @Shared private static volatile Singleton instance;
  @Shared static int made;
  final int[] data = {1, 2, 3};
  final String name;

  private Singleton() {
    name = "only";
    made++;
  }

  static Singleton get() {
    Singleton s = instance;
    if (s == null)
      synchronized (Singleton.class) {
        s = instance;
        if (s == null) instance = s = new Singleton();
      }
    return s;
  }

  static class Holder {
    @Shared static final Singleton IT = new Singleton();
  }
}

@Shared
class Fork {
  boolean held;

  synchronized void pick() throws InterruptedException {
    while (held) wait();
    held = true;
  }

  synchronized void drop() {
    held = false;
    notify();
  }
}

@Shared
class Deque1 {
  final int[] tasks = new int[256];
  volatile int top, bottom;
  int[] log = {};

  synchronized boolean push(int t) {
    if (bottom - top == tasks.length) return false;
    tasks[bottom++ % tasks.length] = t;
    return true;
  }

  synchronized int pop() {
    return bottom == top ? -1 : tasks[--bottom % tasks.length];
  }

  synchronized int steal() {
    return bottom == top ? -1 : tasks[top++ % tasks.length];
  }
}

public class Sync {
  @Shared static BoundedBuffer<Integer> buf = new BoundedBuffer<>(4);
  @Shared static RWLock rw = new RWLock();
  @Shared static int a, b, bad, produced, eaten;
  @Shared static long consumed;
  @Shared static Account[] accounts = new Account[8];
  @Shared static Fork[] forks = new Fork[5];
  @Shared static Deque1[] deques;
  @Shared static int[] done = new int[300];
  @Shared static final ReentrantLock lock = new ReentrantLock(true);
  @Shared static final Condition turnChanged = lock.newCondition();
  @Shared static int turn;
  @Shared static StringBuilder0 text = new StringBuilder0();

  @Shared
  static class StringBuilder0 {
    String s = "";

    synchronized void append(String t) {
      s += t;
    }
  }

  @Shared static final ReentrantReadWriteLock rrw = new ReentrantReadWriteLock();
  @Shared static final AtomicReference<String> last = new AtomicReference<>("");
  @Shared static final AtomicBoolean once = new AtomicBoolean();

  static synchronized void recurse(int d) {
    if (d > 0) {
      recurse(d - 1);
      eaten++;
    }
  }

  static void thrower(Object l) {
    synchronized (l) {
      throw new IllegalStateException("out of it");
    }
  }

  public static void main(String[] args) throws Exception {
    final int me = Dsm.node(), n = Dsm.nodes();
    if (me == 0) {
      for (int i = 0; i < 8; i++) accounts[i] = new Account(i, 1000);
      Arrays.setAll(forks, i -> new Fork());
      Deque1[] d = new Deque1[n];
      for (int i = 0; i < n; i++) {
        d[i] = new Deque1();
      }
      deques = d;
      for (int i = 0; i < 200; i++) deques[0].push(i);
    }
    Dsm.barrier();
    Thread prod =
        new Thread(
            () -> {
              try {
                for (int i = me; i < 120; i += n) buf.put(i);
              } catch (InterruptedException e) {
                throw new RuntimeException(e);
              }
            });
    Thread cons =
        new Thread() {
          @Override
          public void run() {
            try {
              long s = 0;
              for (int i = me; i < 120; i += n) s += buf.take();
              synchronized (Sync.class) {
                consumed += s;
              }
            } catch (InterruptedException e) {
              throw new RuntimeException(e);
            }
          }
        };
    prod.start();
    cons.start();
    for (int i = 0; i < 40; i++) {
      if (i % 4 == 0) {
        rw.lockWrite();
        try {
          a++;
          b = a * 2;
        } finally {
          rw.unlockWrite();
        }
      } else {
        rw.lockRead();
        try {
          if (b != a * 2)
            synchronized (Sync.class) {
              bad++;
            }
        } finally {
          rw.unlockRead();
        }
      }
    }
    Random r = new Random(me);
    int poor = 0;
    for (int i = 0; i < 60; i++)
      try {
        int f = r.nextInt(8), t = r.nextInt(8);
        if (f != t) accounts[f].transfer(accounts[t], r.nextInt(600));
      } catch (IllegalArgumentException e) {
        poor++;
      }
    for (int p = me; p < 5; p += n)
      for (int k = 0; k < 5; k++) {
        Fork x = forks[Math.min(p, (p + 1) % 5)], y = forks[Math.max(p, (p + 1) % 5)];
        x.pick();
        try {
          y.pick();
          y.drop();
        } finally {
          x.drop();
        }
      }
    outer:
    for (; ; ) {
      int t = deques[me].pop();
      if (t < 0) {
        for (int v = 0; v < n; v++) if (v != me && (t = deques[v].steal()) >= 0) break;
        if (t < 0) break outer;
      }
      synchronized (done) {
        done[t]++;
      }
    }
    for (int i = 0; i < 5; i++) {
      lock.lock();
      try {
        while (turn % n != me) turnChanged.await();
        turn++;
        turnChanged.signalAll();
      } finally {
        lock.unlock();
      }
    }
    recurse(5);
    try {
      thrower(Sync.class);
    } catch (IllegalStateException e) {
      if (Thread.holdsLock(Sync.class)) throw e;
    }
    try {
      thrower(accounts[me % 8]);
    } catch (IllegalStateException e) {
      if (Thread.holdsLock(accounts[me % 8])) throw e;
    }
    try {
      forks[0].notify();
      throw new AssertionError("no monitor");
    } catch (IllegalMonitorStateException e) {
    }
    for (int i = 0; i < 6 / n + 6; i++) text.append("x");
    rrw.writeLock().lock();
    try {
      last.set(last.get() + "w");
    } finally {
      rrw.writeLock().unlock();
    }
    rrw.readLock().lock();
    try {
      if (last.get().isEmpty()) bad++;
    } finally {
      rrw.readLock().unlock();
    }
    boolean first = once.compareAndSet(false, true);
    prod.join();
    cons.join();
    if (Singleton.get() != Singleton.get() || Singleton.get().data[2] != 3) bad++;
    Dsm.barrier();
    if (me == 0) {
      long total = 0;
      for (Account x : accounts) total += x.balance();
      int sum = 0;
      for (int d : done) sum += d;
      System.out.println(
          "consumed "
              + consumed
              + " bad "
              + bad
              + " b "
              + (b == 2 * a)
              + " total "
              + total
              + " done "
              + sum
              + " turn "
              + turn / n
              + " eaten "
              + eaten / n);
      System.out.println(
          Singleton.made
              + " "
              + Singleton.get().name
              + " "
              + (text.s.length() == (6 / n + 6) * n)
              + " "
              + (last.get().length() == n)
              + " "
              + Singleton.Holder.IT.name);
    }
    Dsm.barrier();
  }
}
