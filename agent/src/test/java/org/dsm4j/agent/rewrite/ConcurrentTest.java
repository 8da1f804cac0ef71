package org.dsm4j.agent.rewrite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rule 10: java.util.concurrent objects in shared static fields. */
@Timeout(120)
class ConcurrentTest {
  private static final String HEADER =
      "import java.util.concurrent.*; import java.util.concurrent.atomic.*; import java.util.concurrent.locks.*;\n";

  /** What a program does with one object of each class, alone: the same as in Java. */
  private static final String CONTRACT =
      HEADER
          + """
      class C {
        S static final AtomicInteger I = new AtomicInteger(5);
        S static final AtomicLong L = new AtomicLong(5);
        S static final AtomicBoolean B = new AtomicBoolean(true);
        S static final AtomicReference<String> R = new AtomicReference<>("a");
        S static final LongAdder A = new LongAdder();
        S static final CountDownLatch D = new CountDownLatch(2);
        S static final Semaphore P = new Semaphore(2, true);
        S static final CyclicBarrier Y = new CyclicBarrier(1, () -> A.add(100));
        S static final CyclicBarrier Z = new CyclicBarrier(2);
        S static final ReentrantLock K = new ReentrantLock(true);
        S static final Condition N = K.newCondition();
        S static final ReentrantReadWriteLock W = new ReentrantReadWriteLock();
        S static final Lock WR = W.readLock();

        interface Act { Object run() throws Exception; }
        static String all(Act... acts) {
          StringBuilder text = new StringBuilder();
          for (Act act : acts) {
            Object result;
            try { result = act.run(); } catch (Throwable e) { result = e.getClass().getSimpleName() + ":" + (e instanceof NullPointerException ? "" : e.getMessage()); }
            text.append(result).append(Thread.interrupted() ? "! " : " ");
          }
          return text.toString();
        }
        interface Run { void run() throws Exception; }
        static Object v(Run r) throws Exception { r.run(); return "-"; }
        static void interrupt() { Thread.currentThread().interrupt(); }

        static String atomics() {
          IntUnaryOperator twice = x -> 2 * x;
          IntSupplier next = I::incrementAndGet;
          Supplier<Integer> bound = I::get;
          Function<AtomicInteger, Integer> unbound = AtomicInteger::getAndIncrement;
          return all(I::get, () -> I.getAndIncrement(), I::incrementAndGet, I::decrementAndGet, I::getAndDecrement, () -> I.addAndGet(7), () -> I.getAndAdd(-3),
              () -> I.compareAndSet(9, 1), () -> I.compareAndSet(1, 4), () -> I.compareAndExchange(9, 3), () -> I.updateAndGet(twice), () -> I.getAndUpdate(twice),
              () -> I.accumulateAndGet(5, Math::max), () -> I.getAndAccumulate(5, Integer::sum), () -> v(() -> I.set(3)), () -> v(() -> I.lazySet(4)), () -> I.getAndSet(8),
              () -> I.intValue() + I.longValue() + I.doubleValue() + I.floatValue(), () -> "" + I, () -> I.getPlain() + I.getAcquire() + I.getOpaque(), next::getAsInt, bound::get, () -> unbound.apply(I),
              () -> I.updateAndGet(null), () -> I.updateAndGet(x -> { throw new IllegalStateException("u"); }),
              L::get, L::getAndIncrement, () -> L.accumulateAndGet(1L << 40, Long::sum), () -> L.compareAndSet(3, 4), () -> L.weakCompareAndSetVolatile(6 + (1L << 40), 2), () -> "" + L, () -> L.intValue(),
              B::get, () -> B.getAndSet(false), () -> B.compareAndSet(true, false), () -> B.compareAndSet(false, true), () -> "" + B, () -> B.compareAndExchange(true, false), () -> B.weakCompareAndSetPlain(false, true),
              R::get, () -> R.compareAndSet("a", "b"), () -> R.compareAndSet("x", "y"), () -> R.getAndSet(null), R::get, () -> R.compareAndSet(null, "long enough not to fit"), () -> R.updateAndGet(s -> s + 1), () -> "" + R, () -> R.accumulateAndGet("z", String::concat),
              A::sum, () -> v(A::increment), () -> v(() -> A.add(5)), () -> v(A::decrement), () -> "" + A, () -> A.intValue() + A.longValue() + A.doubleValue(), A::sumThenReset, A::sum);
        }
        static String waiting() {
          return all(D::getCount, () -> D.await(5, TimeUnit.MILLISECONDS), () -> D.await(-5, TimeUnit.MILLISECONDS), () -> { interrupt(); return v(() -> D.await()); }, () -> v(D::countDown), () -> { interrupt(); return D.await(1, TimeUnit.DAYS); },
              () -> v(D::countDown), () -> v(D::countDown), D::getCount, () -> v(D::await), () -> D.await(0, TimeUnit.DAYS), () -> { interrupt(); return D.await(0, TimeUnit.DAYS); },
              P::availablePermits, () -> v(P::acquire), P::tryAcquire, P::tryAcquire, () -> P.tryAcquire(5, TimeUnit.MILLISECONDS), () -> { interrupt(); return v(P::acquire); }, () -> { interrupt(); return P.tryAcquire(1, TimeUnit.DAYS); }, () -> v(() -> P.release(3)),
              () -> P.tryAcquire(4), () -> P.tryAcquire(-1), () -> v(() -> P.release(-1)), () -> v(() -> P.acquire(-1)), () -> v(() -> P.release(Integer.MAX_VALUE)), P::drainPermits, P::availablePermits, P::isFair,
              Y::await, Y::getParties, Y::getNumberWaiting, Y::isBroken, () -> A.sum(), () -> Z.await(5, TimeUnit.MILLISECONDS), Z::isBroken, Z::await, () -> v(Z::reset), Z::isBroken, () -> { interrupt(); return Z.await(); }, Z::isBroken, Z::getNumberWaiting,
              () -> Z.await(0, TimeUnit.DAYS), () -> v(Z::reset), () -> Z.await(-1, TimeUnit.DAYS));
        }
        static String locks() {
          return all(() -> v(K::unlock), K::isLocked, () -> v(K::lock), K::tryLock, () -> K.tryLock(1, TimeUnit.DAYS), K::getHoldCount, K::isHeldByCurrentThread, K::isLocked, K::isFair,
              () -> { interrupt(); return v(K::lockInterruptibly); }, () -> N.awaitNanos(1000) <= 0, () -> N.await(1, TimeUnit.MILLISECONDS), K::getHoldCount, () -> { interrupt(); return v(N::await); }, () -> v(N::signal), () -> v(N::signalAll),
              () -> v(K::unlock), () -> v(K::unlock), K::getHoldCount, () -> v(K::unlock), K::getHoldCount, () -> v(N::signal), () -> v(N::await), () -> N.awaitNanos(1), K::isHeldByCurrentThread,
              () -> v(W.readLock()::unlock), () -> v(W.writeLock()::unlock), () -> v(WR::lock), W.readLock()::tryLock, W::getReadHoldCount, W::getReadLockCount, W.writeLock()::tryLock, () -> W.writeLock().tryLock(2, TimeUnit.MILLISECONDS), () -> v(WR::unlock), () -> v(WR::unlock),
              () -> v(W.writeLock()::lock), () -> v(W.writeLock()::lock), W::getWriteHoldCount, W::isWriteLocked, W::isWriteLockedByCurrentThread, WR::tryLock, W::getReadLockCount, () -> v(W.writeLock()::unlock), () -> v(W.writeLock()::unlock), W::isWriteLocked,
              W.writeLock()::tryLock, () -> v(WR::unlock), W.writeLock()::tryLock, () -> W.writeLock().newCondition().await(1, TimeUnit.MILLISECONDS), W::getWriteHoldCount, () -> v(() -> W.writeLock().newCondition().signal()), () -> v(W.writeLock()::unlock), () -> v(() -> W.writeLock().newCondition().signal()), () -> WR.newCondition(),
              () -> { interrupt(); return v(WR::lockInterruptibly); }, () -> W.readLock() == W.readLock(), W::isFair);
        }
      }
      """;

  @Test
  void alone() throws Throwable {
    Map<String, byte[]> plain = Sources.compile(true, CONTRACT.replace("  S static", "  static"));
    Map<String, byte[]> shared =
        Sources.compile(true, CONTRACT.replace("  S static", "  @Shared static"));
    for (String call : List.of("C.atomics", "C.waiting", "C.locks")) {
      Object expected = new PlainRun(plain).call(call);
      assertEquals(expected, new Cluster(1, shared, List.of()).call(0, call), call);
      assertEquals(expected, new Cluster(1, plain, List.of()).call(0, call), call + ", not shared");
    }
  }

  private static final String PROGRAM =
      HEADER
          + """
      class P {
        @Shared static final AtomicInteger I = new AtomicInteger();
        @Shared static final AtomicLong L = new AtomicLong(3);
        @Shared static final AtomicReference<String> R = new AtomicReference<>("");
        @Shared static final LongAdder A = new LongAdder();
        @Shared static final CountDownLatch D = new CountDownLatch(3);
        @Shared static final CyclicBarrier Y = new CyclicBarrier(3, () -> P.A.add(1000));
        @Shared static final Semaphore ONE = new Semaphore(1);
        @Shared static final ReentrantLock K = new ReentrantLock();
        @Shared static final Condition TURN = K.newCondition();
        @Shared static final ReentrantReadWriteLock W = new ReentrantReadWriteLock();
        @Shared static int plain;
        @Shared static int turn;
        @Shared static int other;
        static String run() throws Exception {
          for (int i = 0; i < 300; i++) { I.incrementAndGet(); L.getAndAdd(2); A.increment(); R.updateAndGet(s -> s.length() < 5 ? s + "x" : s); }
          D.countDown();
          D.await();
          for (int i = 0; i < 100; i++) { ONE.acquire(); try { plain++; } finally { ONE.release(); } }
          for (int i = 0; i < 30; i++) {
            K.lock();
            try { while (turn % Dsm.nodes() != Dsm.node()) TURN.await(); turn++; TURN.signalAll(); } finally { K.unlock(); }
          }
          for (int i = 0; i < 50; i++) {
            W.writeLock().lock(); try { other++; } finally { W.writeLock().unlock(); }
            W.readLock().lock(); try { if (other < 0) throw new Error(); } finally { W.readLock().unlock(); }
          }
          int last = 0;
          for (int i = 0; i < 20; i++) last += Y.await() == 0 ? 1 : 0;
          Dsm.barrier();
          return I.get() + " " + L + " " + A.sum() + " " + R.get() + " " + plain + " " + turn + " " + other;
        }
      }
      """;

  @Test
  void onThreeNodes() {
    String right = "900 1803 20900 xxxxx 300 90 150";
    assertEquals(List.of(right, right, right), new Cluster(3, true, PROGRAM).callAll("P.run"));
  }

  @Test
  void inFieldsThatAreNotFinal() {
    String program =
        HEADER
            + """
            class Q {
              @Shared static CyclicBarrier all = new CyclicBarrier(3);
              @Shared static AtomicInteger next = new AtomicInteger(7);
              @Shared static volatile AtomicInteger later;
              @Shared static ReentrantLock lock;
              @Shared static ReadWriteLock both;
              @Shared static AtomicReference<String> text;
              @Shared static int plain;
              @Shared static CountDownLatch phase, before;
              static String run() throws Exception {
                if (Dsm.node() == 1) {
                  lock = new ReentrantLock(); both = new ReentrantReadWriteLock(); text = new AtomicReference<>("t");
                  later = new AtomicInteger(100);
                }
                while (later == null) Thread.onSpinWait();
                later.incrementAndGet();
                all.await();
                for (int i = 0; i < 100; i++) { next.incrementAndGet(); lock.lock(); try { plain++; } finally { lock.unlock(); } }
                both.writeLock().lock(); try { text.set(text.get() + Dsm.nodes()); } finally { both.writeLock().unlock(); }
                for (int p = 0; p < 4; p++) {
                  if (p % 3 == Dsm.node()) { before = phase; phase = new CountDownLatch(3); }
                  all.await();
                  phase.countDown();
                  phase.await();
                  all.await();
                }
                boolean same = later == later && before != phase && before.getCount() == 0;
                all.await();
                if (Dsm.node() == 0) { lock = null; later = next; }
                all.await();
                return next + " " + later.get() + " " + plain + " " + text.get() + " " + same + " " + lock;
              }
              static void refused(int which) {
                AtomicInteger mine = new AtomicInteger();
                if (which == 0) next = mine;
                else if (which == 1) all = new CyclicBarrier(1, () -> plain++);
                else lock = new ReentrantLock() {};
              }
            }
            """;
    Cluster cluster = new Cluster(3, true, program);
    String right = "307 307 300 t333 true null";
    assertEquals(List.of(right, right, right), cluster.callAll("Q.run"));
    for (String field : List.of("next", "all", "lock")) {
      int which = List.of("next", "all", "lock").indexOf(field);
      Throwable refused =
          assertThrows(RuntimeException.class, () -> cluster.call(0, "Q.refused", which));
      assertTrue(
          refused.getMessage().contains("stored in the shared field app.Q." + field),
          refused::getMessage);
    }
  }

  @Test
  void anExpressionWithEffectsIsEvaluatedOnOneNode() {
    Cluster cluster =
        new Cluster(
            3,
            true,
            HEADER
                + """
                @Shared class Node { int n; Node(int n) { this.n = n; P.effects += 10; } }
                class P {
                  static int effects;
                  static int parties() { effects++; return 3; }
                  @Shared static final CountDownLatch D = new CountDownLatch(parties());
                  @Shared static final Semaphore S = new Semaphore(parties(), true);
                  @Shared static final Lock K = parties() > 2 ? new ReentrantLock(true) : new ReentrantReadWriteLock().readLock();
                  @Shared static final AtomicReference<Node> R = new AtomicReference<>(new Node(7));
                  @Shared static final AtomicInteger I = new AtomicInteger(Math.max(2, parties()));
                  @Shared static final ReadWriteLock W = new ReentrantReadWriteLock(parties() == 3);
                  @Shared static final CyclicBarrier Y = new CyclicBarrier(parties());
                  @Shared static final AtomicLong PLAIN = new AtomicLong(Math.abs(-4));
                  @Shared static int total, written;
                  static Object effects() { return effects; }
                  static String run() throws Exception {
                    D.countDown(); D.await(); Y.await();
                    I.incrementAndGet();
                    K.lock(); try { total += R.get().n; } finally { K.unlock(); }
                    W.writeLock().lock(); try { written++; } finally { W.writeLock().unlock(); }
                    Dsm.barrier();
                    return I.get() + " " + total + written + " " + S.availablePermits() + S.isFair() + PLAIN.get() + ((ReentrantLock) K).isFair() + R.get().n;
                  }
                }
                """);
    String right = "6 213 3true4true7";
    assertEquals(List.of(right, right, right), cluster.callAll("P.run"));
    List<Object> effects = cluster.callAll("P.effects");
    assertEquals(16, effects.stream().mapToInt(count -> (int) count).sum(), effects.toString());
  }

  @Test
  void aBarriersActionIsEveryNodes() {
    Cluster cluster =
        new Cluster(
            2,
            true,
            HEADER
                + """
                class N {
                  static int asked;
                  static int n() { asked++; return 2; }
                  @Shared static int acted;
                  @Shared static final CyclicBarrier BARRIER = new CyclicBarrier(n(), () -> acted++);
                  static String run() throws Exception { BARRIER.await(); BARRIER.await(); return acted + " " + asked; }
                }
                """);
    assertEquals(List.of("2 1", "2 1"), cluster.callAll("N.run"));
  }

  @Test
  void whatIsRefused() {
    String notFinal =
        HEADER
            + "class N { @Shared static Condition a = new ReentrantLock().newCondition(); static int f() { return 1; } }";
    Cluster cluster = new Cluster(1, true, notFinal);
    try {
      cluster.call(0, "N.f");
    } catch (LinkageError | RuntimeException refused) {
      // told below
    }
    assertTrue(
        cluster.refusals(0).toString().contains("must be final"), cluster.refusals(0)::toString);
    String subclass =
        HEADER
            + "class N { @Shared static final Lock l = new ReentrantLock() {}; static int f() { return 1; } }";
    try {
      new Cluster(1, true, subclass).call(0, "N.f");
      throw new AssertionError("not refused");
    } catch (ExceptionInInitializerError refused) {
      assertTrue(
          refused.getCause().getMessage().contains("app.N.l"), refused.getCause()::getMessage);
    }
  }
}
