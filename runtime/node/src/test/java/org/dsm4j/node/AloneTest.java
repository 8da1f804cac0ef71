package org.dsm4j.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.dsm4j.Consistency;
import org.dsm4j.DsmBarrier;
import org.dsm4j.DsmException;
import org.dsm4j.DsmLock;
import org.dsm4j.SharedMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A cluster of one: everything works, without a socket. */
@Timeout(60)
class AloneTest {
  private static final List<String> NOTHING =
      List.of(
          "in-",
          "out-",
          "bytes-",
          "read-faults",
          "write-faults",
          "soft-faults",
          "pages-fetched",
          "pages-served",
          "twins",
          "diffs",
          "releases",
          "noticed",
          "merges",
          "homes-moved");

  private Node node;

  @BeforeEach
  void start() {
    node = Node.start(NodeConfig.builder().base(1).spaceBytes(1L << 30).ownsProcess(false).build());
  }

  @AfterEach
  void close() {
    node.close();
  }

  private SharedMemory memory(long bytes) {
    return node.allocate("m", bytes, Consistency.SEQUENTIAL);
  }

  @Test
  void typedAccess() {
    typedAccess(memory(10_000));
    typedAccess(node.allocate("r", 10_000, Consistency.RELEASE));
  }

  private static void typedAccess(SharedMemory m) {
    for (long offset : new long[] {0, 1, 3, 4093, 4095, 9992}) {
      m.putLong(offset, 0x0123456789abcdefL);
      assertEquals(0x0123456789abcdefL, m.getLong(offset));
      m.putInt(offset, -7);
      assertEquals(-7, m.getInt(offset));
      m.putShort(offset, (short) -9);
      assertEquals(-9, m.getShort(offset));
      m.putChar(offset, 'x');
      assertEquals('x', m.getChar(offset));
      m.putByte(offset, (byte) 200);
      assertEquals((byte) 200, m.getByte(offset));
      m.putFloat(offset, 1.5f);
      assertEquals(1.5f, m.getFloat(offset));
      m.putDouble(offset, Math.PI);
      assertEquals(Math.PI, m.getDouble(offset));
    }
    m.putDouble(0, Double.longBitsToDouble(0x7ff0000000000001L));
    assertEquals(0x7ff0000000000001L, m.getLong(0), "a NaN keeps its bits");
    assertEquals(0, m.getLong(5000), "fresh memory is zero");
  }

  @Test
  void boundsAreChecked() {
    SharedMemory m = memory(100);
    assertThrows(IndexOutOfBoundsException.class, () -> m.getByte(100));
    assertThrows(IndexOutOfBoundsException.class, () -> m.getByte(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> m.putLong(93, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> m.getInt(Long.MAX_VALUE));
    assertThrows(IndexOutOfBoundsException.class, () -> m.getInt(Long.MIN_VALUE));
    assertThrows(IndexOutOfBoundsException.class, () -> m.asByteBuffer(99, 2));
    assertThrows(IndexOutOfBoundsException.class, () -> m.asByteBuffer(0, -1));
    assertThrows(IndexOutOfBoundsException.class, () -> m.touch(1, 100, false));
    assertThrows(IndexOutOfBoundsException.class, () -> m.getAndAddLong(96, 1));
    m.touch(0, 100, true);
    m.touch(100, 0, true);
  }

  @Test
  void atomics() {
    atomics(memory(64));
    atomics(node.allocate("r", 64, Consistency.RELEASE));
  }

  private static void atomics(SharedMemory m) {
    assertEquals(0, m.getAndAddInt(4, 5));
    assertEquals(5, m.getAndAddInt(4, -7));
    assertEquals(-2, m.getInt(4));
    assertTrue(m.compareAndSetLong(8, 0, 3));
    assertFalse(m.compareAndSetLong(8, 0, 4));
    assertEquals(3, m.getAndAddLong(8, 1));
    assertTrue(m.compareAndSetInt(16, 0, 1));
    String message =
        assertThrows(IllegalArgumentException.class, () -> m.getAndAddLong(4, 1)).getMessage();
    assertTrue(message.contains("multiple of 8"), message);
    assertThrows(IllegalArgumentException.class, () -> m.compareAndSetInt(2, 0, 1));
  }

  @Test
  void buffersShowTheSameBytes() {
    SharedMemory m = memory(100);
    ByteBuffer part = m.asByteBuffer(10, 20);
    assertEquals(ByteOrder.nativeOrder(), part.order());
    assertEquals(20, part.capacity());
    part.putInt(0, 77);
    assertEquals(77, m.getInt(10));
    assertThrows(IndexOutOfBoundsException.class, () -> part.get(20));
    ByteBuffer whole = m.as(ByteBuffer.class);
    assertEquals(100, whole.remaining());
    assertEquals(77, whole.getInt(10));
    String message =
        assertThrows(UnsupportedOperationException.class, () -> m.as(String.class)).getMessage();
    assertTrue(message.contains("ByteBuffer") && message.contains("MemorySegment"), message);
  }

  @Test
  void aMemorySegmentOnNewerJvms() throws Exception {
    SharedMemory m = memory(100);
    if (Runtime.version().feature() < 22) {
      return;
    }
    Class<?> type = Class.forName("java.lang.foreign.MemorySegment");
    Object segment = m.as(type);
    assertEquals(100L, type.getMethod("byteSize").invoke(segment));
    assertEquals(m.address(), type.getMethod("address").invoke(segment));
    ByteBuffer buffer = m.asByteBuffer(0, 10);
    node.free(m);
    assertThrows(IllegalStateException.class, () -> buffer.get(0), "views are errors too");
  }

  @Test
  void aNameIsOneBlockUntilItIsFreed() {
    SharedMemory m = memory(100);
    assertSame(m, memory(100));
    String size = assertThrows(DsmException.class, () -> memory(200)).getMessage();
    assertTrue(size.contains("100") && size.contains("200"), size);
    assertThrows(
        DsmException.class, () -> node.allocate("m", 100, Consistency.RELEASE), "another mode");
    m.putInt(0, 5);
    long address = m.address();
    node.free(m);
    assertThrows(IllegalStateException.class, () -> m.getInt(0));
    assertThrows(IllegalStateException.class, () -> m.putInt(0, 1));
    assertThrows(IllegalStateException.class, m::address);
    assertThrows(IllegalStateException.class, () -> m.touch(0, 1, false));
    assertThrows(IllegalStateException.class, () -> m.as(ByteBuffer.class));
    assertThrows(IllegalStateException.class, () -> node.free(m));
    SharedMemory fresh = memory(200);
    assertNotEquals(address, fresh.address());
    assertEquals(0, fresh.getInt(0));
    assertThrows(IllegalArgumentException.class, () -> memory(0));
    assertThrows(DsmException.class, () -> node.allocate("big", 1L << 40, Consistency.SEQUENTIAL));
  }

  @Test
  void pagesComeFromArenaOrManager() {
    long small = node.allocatePages(24, Consistency.RELEASE);
    assertEquals(0, small % 4096);
    assertTrue(small >= node.base() + (1L << 29) && small < node.end());
    assertTrue(node.allocatePages(24, Consistency.RELEASE) >= small + 24);
    long large = node.allocatePages(64 * 4096L, Consistency.RELEASE);
    assertEquals(0, large % 4096);
    assertTrue(large > node.base() && large < node.base() + (1L << 29), "spread over all nodes");
    node.freeHeap(large, 64 * 4096L);
    assertThrows(DsmException.class, () -> node.freeHeap(large, 64 * 4096L), "once");
    node.touch(small, 24, true);
    assertThrows(IllegalArgumentException.class, () -> node.touch(node.end(), 1, false));
    assertThrows(IllegalArgumentException.class, () -> node.touch(5, 1, false));
    assertThrows(DsmException.class, () -> node.allocatePages(1L << 40, Consistency.RELEASE));
  }

  @Test
  void eachConsistencyHasAddressesOfItsOwn() {
    long cut = 1L << 29;
    SharedMemory release = node.allocate("r", 10_000, Consistency.RELEASE);
    assertTrue(inZone(release.address(), cut / 2, cut));
    assertTrue(inZone(memory(10_000).address(), 0, cut / 2));
    assertTrue(inZone(node.allocatePages(8, Consistency.RELEASE), cut + cut / 2, 2 * cut));
    assertTrue(inZone(node.allocatePages(8, Consistency.SEQUENTIAL), cut, cut + cut / 2));
    assertTrue(inZone(node.allocatePages(1 << 20, Consistency.RELEASE), cut / 2, cut));
    assertTrue(inZone(node.allocatePages(1 << 20, Consistency.SEQUENTIAL), 0, cut / 2));
    assertTrue(inZone(node.staticsBlock("Z", 8, "I x", Consistency.RELEASE), cut / 2, cut));
    assertTrue(inZone(node.staticsBlock("Z", 8, "I x", Consistency.SEQUENTIAL), 0, cut / 2));
  }

  private boolean inZone(long address, long from, long to) {
    long offset = address - node.base();
    return from <= offset && offset < to;
  }

  /** Nobody else can want anything: no fault, no twin, no message, in either consistency. */
  @Test
  void aloneCostsNothing() throws Exception {
    DsmLock lock = node.lock("l");
    for (Consistency mode : Consistency.values()) {
      SharedMemory m = node.allocate("alone " + mode, 200 * 4096, mode);
      inThread(
          () -> {
            for (int i = 0; i < 200; i++) {
              lock.lock();
              m.putLong(i * 4096L, i);
              m.getAndAddInt(8, 1);
              lock.unlock();
              node.barrier();
            }
          });
      m.touch(0, m.size(), true);
      for (int i = 0; i < 200; i++) {
        assertEquals(i, m.getLong(i * 4096L));
      }
      assertEquals(200, m.getInt(8));
    }
    Map<String, Long> counters = node.statistics().counters();
    assertEquals(400, counters.get("lock-acquires"));
    counters.forEach(
        (name, value) -> {
          if (NOTHING.stream().anyMatch(name::startsWith)) {
            assertEquals(0, value, name);
          }
        });
  }

  @Test
  void locksAreReentrantAndKnowTheirHolder() throws Exception {
    DsmLock lock = node.lock("l");
    assertSame(lock, node.lock("l"));
    lock.lock();
    lock.lockInterruptibly();
    assertTrue(lock.tryLock());
    AtomicReference<Object> other = new AtomicReference<>();
    inThread(
        () -> {
          other.set(
              lock.tryLock()
                  || lock.isHeldByCurrentThread()
                  || lock.tryLock(5, TimeUnit.MILLISECONDS));
          assertThrows(IllegalMonitorStateException.class, lock::unlock);
        });
    assertEquals(false, other.get());
    lock.unlock();
    lock.unlock();
    assertTrue(lock.isHeldByCurrentThread());
    lock.unlock();
    assertFalse(lock.isHeldByCurrentThread());
    assertThrows(IllegalMonitorStateException.class, lock::unlock);
    inThread(
        () -> {
          assertTrue(lock.tryLock(1, TimeUnit.SECONDS));
          lock.unlock();
        });
  }

  private interface Task {
    void run() throws Exception;
  }

  private static void inThread(Task task) throws Exception {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                task.run();
              } catch (Throwable e) {
                failure.set(e);
              }
            });
    thread.start();
    thread.join();
    if (failure.get() != null) {
      throw new AssertionError(failure.get());
    }
  }

  @Test
  void waitersParkInJavaAndCanBeInterrupted() throws Exception {
    DsmLock lock = node.lock("l");
    lock.lock();
    AtomicReference<Object> result = new AtomicReference<>();
    Thread waiter =
        new Thread(
            () -> {
              try {
                lock.lockInterruptibly();
                result.set("locked");
              } catch (InterruptedException e) {
                result.set(e);
              }
            });
    waiter.start();
    while (waiter.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertTrue(
        Arrays.stream(waiter.getStackTrace())
            .anyMatch(frame -> frame.getClassName().equals("org.dsm4j.node.sync.NodeLock")),
        "a thread dump tells the truth");
    waiter.interrupt();
    waiter.join();
    assertTrue(result.get() instanceof InterruptedException, "" + result.get());
    lock.unlock();
    inThread(() -> assertTrue(lock.tryLock(), "the interrupted waiter is forgotten"));
  }

  @Test
  void manyThreadsExcludeEachOther() throws Exception {
    SharedMemory m = memory(64);
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 500; i++) {
                  node.monitorEnter(77);
                  m.putInt(0, m.getInt(0) + 1);
                  node.monitorExit(77);
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(4000, m.getInt(0));
    assertFalse(node.monitorHeld(77));
    assertThrows(IllegalMonitorStateException.class, () -> node.monitorExit(77));
  }

  @Test
  void barriersOpenBreakAndTimeOut() throws Exception {
    DsmBarrier one = node.barrier("one", 1);
    one.await();
    one.await(1, TimeUnit.SECONDS);
    node.barrier();
    DsmBarrier two = node.barrier("two", 2);
    for (int round = 0; round < 50; round++) {
      CountDownLatch through = new CountDownLatch(1);
      Thread other =
          new Thread(
              () -> {
                try {
                  two.await();
                  through.countDown();
                } catch (InterruptedException | BrokenBarrierException e) {
                  throw new IllegalStateException(e);
                }
              });
      other.start();
      two.await();
      assertTrue(through.await(10, TimeUnit.SECONDS));
    }
    DsmBarrier late = node.barrier("late", 2);
    assertThrows(TimeoutException.class, () -> late.await(20, TimeUnit.MILLISECONDS));
    DsmBarrier interrupted = node.barrier("interrupted", 2);
    Thread.currentThread().interrupt();
    assertThrows(InterruptedException.class, interrupted::await);
    assertThrows(IllegalArgumentException.class, () -> node.barrier("none", 0));
    assertThrows(NullPointerException.class, () -> node.barrier(null, 1));
  }

  @Test
  void aPartyThatGivesUpBreaksTheBarrierForTheOthers() throws Exception {
    DsmBarrier barrier = node.barrier("b", 3);
    AtomicReference<Object> result = new AtomicReference<>();
    Thread patient =
        new Thread(
            () -> {
              try {
                barrier.await();
                result.set("through");
              } catch (InterruptedException | BrokenBarrierException e) {
                result.set(e);
              }
            });
    patient.start();
    while (patient.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    assertThrows(TimeoutException.class, () -> barrier.await(10, TimeUnit.MILLISECONDS));
    patient.join();
    assertTrue(result.get() instanceof BrokenBarrierException, "" + result.get());
  }

  @Test
  void aBrokenBarrierStaysBrokenUntilItIsReset() throws Exception {
    DsmBarrier barrier = node.barrier("b", 2);
    assertFalse(barrier.isBroken());
    assertThrows(TimeoutException.class, () -> barrier.await(5, TimeUnit.MILLISECONDS));
    assertTrue(barrier.isBroken());
    assertThrows(BrokenBarrierException.class, barrier::await, "who is late does not wait");
    assertThrows(BrokenBarrierException.class, () -> node.barrier("b", 2).await(1, TimeUnit.DAYS));
    barrier.reset();
    assertFalse(barrier.isBroken());
    inThread(
        () -> {
          Thread.currentThread().interrupt();
          assertThrows(InterruptedException.class, barrier::await);
        });
    assertThrows(BrokenBarrierException.class, barrier::await);
    barrier.reset();
    AtomicReference<Object> result = new AtomicReference<>();
    Thread patient =
        new Thread(
            () -> {
              try {
                barrier.await();
                result.set("through");
              } catch (InterruptedException | BrokenBarrierException e) {
                result.set(e);
              }
            });
    patient.start();
    while (patient.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    barrier.reset();
    patient.join();
    assertTrue(result.get() instanceof BrokenBarrierException, "" + result.get());
    Thread other =
        new Thread(
            () -> {
              try {
                barrier.await();
                result.set("through");
              } catch (InterruptedException | BrokenBarrierException e) {
                result.set(e);
              }
            });
    other.start();
    barrier.await();
    other.join();
    assertEquals("through", result.get(), "it is whole after a reset");
  }

  @Test
  void initializationAndStatics() {
    assertTrue(node.initializationBegin("A"));
    node.initializationDone("A", null);
    assertFalse(node.initializationBegin("A"));
    assertTrue(node.initializationBegin("B"));
    node.initializationDone("B", "java.lang.Error: boom");
    ExceptionInInitializerError failed =
        assertThrows(ExceptionInInitializerError.class, () -> node.initializationBegin("B"));
    assertTrue(failed.getCause().getMessage().contains("boom"), "as the JVM's has a cause");
    long block = node.staticsBlock("A", 16, "A{J x@0}", Consistency.RELEASE);
    assertEquals(block, node.staticsBlock("A", 16, "A{J x@0}", Consistency.RELEASE));
    assertThrows(
        DsmException.class, () -> node.staticsBlock("A", 16, "A{I x@0}", Consistency.RELEASE));
  }

  @Test
  void statisticsAndOwners() {
    node.lock("l").lock();
    node.lock("l").unlock();
    assertTrue(node.statistics().lockAcquires() >= 1);
    assertEquals(
        node.statistics().counters().keySet(), node.statistics().cluster().counters().keySet());
    SharedMemory m = memory(3 * 4096 + 1);
    assertEquals(4, node.pageOwners(m.address(), m.size()).length);
    assertArrayEquals(new int[0], node.pageOwners(m.address(), 0));
    assertEquals(2, node.pageOwners(m.address() + 4095, 2).length);
    assertEquals(0, node.node());
    assertEquals(1, node.nodes());
  }

  @Test
  void settingsOutOfRangeAreNamed() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> NodeConfig.builder().nodes(2).node(2).manager("h", 1).build())
            .getMessage();
    assertTrue(message.contains("node is 2") && message.contains("0 to 1"), message);
    assertThrows(IllegalArgumentException.class, () -> NodeConfig.builder().nodes(2).build());
    assertThrows(IllegalArgumentException.class, () -> NodeConfig.builder().nodes(0).build());
    assertThrows(IllegalArgumentException.class, () -> NodeConfig.builder().spaceBytes(-1).build());
    assertThrows(
        IllegalArgumentException.class,
        () -> Node.start(NodeConfig.builder().logLevel("LOUD").build()));
  }
}
